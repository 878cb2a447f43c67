import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Attribution } from '../../../src/app/attribution';
import { Fingerprints } from '../../../src/app/fingerprints';
import type { AppPorts } from '../../../src/app/ports';
import { DerivedDb } from '../../../src/store/sqlite/derivedDb';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';
import { runHistory } from './history';

/** More of them: `CODELEARN_FUZZ=1000 npx mocha test/attribute/fuzz/fuzz.test.ts`; one again: `CODELEARN_FUZZ_SEED=<seed>`. */
const histories = Number(process.env['CODELEARN_FUZZ'] ?? 40);
const only = process.env['CODELEARN_FUZZ_SEED'];
const first = only === undefined ? 1 : Number(only);

describe('Attribution of lines in random histories', function () {
	this.timeout(histories * 10_000);
	const folder = temporaryFolder('fuzz');
	const derived = DerivedDb.open(join(folder.path, 'derived.db'), silentLog);
	const attribution = new Attribution(new Fingerprints({ derived } as AppPorts));

	after(() => {
		derived.close();
		folder.remove();
	});

	it('names the writer of every line that still stands, and nobody else', async () => {
		const failed: string[] = [];
		let [lines, owned] = [0, 0];
		for (let seed = first; seed < first + (only === undefined ? histories : 1); seed++) {
			const place = join(folder.path, String(seed));
			const report = await runHistory(seed, place, derived, attribution);
			lines += report.lines;
			owned += report.owned;
			if (report.problems.length > 0) failed.push(`seed ${seed}: ${report.problems.length} after\n${report.done.join('\n')}\n${report.problems.join('\n')}`);
			rmSync(place, { recursive: true, force: true });
		}
		if (histories > 40)
			console.log(`      ${histories} histories, ${lines} lines compared, ${owned} of known writers, ${failed.length} histories with violations`);
		assert.ok(owned > lines / 4, 'too few lines have a writer to say anything');
		assert.equal(failed.length, 0, failed.join('\n\n'));
	});
});
