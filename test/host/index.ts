import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { takeCoverage } from 'node:v8';
import Mocha from 'mocha';

/**
 * What extensionTestsPath names: VS Code's extension host calls it once the extension under test is known, and ends when it settles.
 * The results lie in the file of CODELEARN_TEST_RESULT; the text for people goes to the file of CODELEARN_TEST_OUTPUT, because the
 * console of an extension host reaches nobody but the workbench.
 */
export async function run(): Promise<void> {
	const output = process.env['CODELEARN_TEST_OUTPUT'];
	if (output !== undefined) {
		Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => {
			appendFileSync(output, `${format(...parts)}\n`);
		};
	}
	const only = process.env['CODELEARN_TEST_GREP'];
	const mocha = new Mocha({
		...(only !== undefined && { grep: only }),
		timeout: 60_000,
		color: false,
		reporter: path.join(packageRoot(), 'test/support/resultReporter.cjs'),
	});
	for (const name of readdirSync(__dirname).filter((name) => name.endsWith('.test.js'))) mocha.addFile(path.join(__dirname, name));
	const failures = await new Promise<number>((resolve) => mocha.run(resolve));
	takeCoverage(); // the host may be ended without the chance to write it
	if (failures > 0) throw new Error(`${failures} tests failed`);
}

/** The bundle lies in out/host. */
function packageRoot(): string {
	return path.resolve(__dirname, '../..');
}
