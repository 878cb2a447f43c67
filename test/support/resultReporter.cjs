const fs = require('node:fs');
const path = require('node:path');
const Mocha = require('mocha');

/**
 * Mocha's spec reporter that also writes what happened as JSON to the file in CODELEARN_TEST_RESULT, so that a caller sums up from data.
 * The file appears at the end: without it, the tests did not run to their end.
 */
class ResultReporter extends Mocha.reporters.Spec {
	constructor(runner, options) {
		super(runner, options);
		const tests = [];
		const note = (outcome) => (test, cause) =>
			tests.push({ title: test.fullTitle(), outcome, ms: test.duration ?? 0, ...(cause === undefined ? {} : { error: String(cause.stack ?? cause) }) });
		runner.on('pass', note('passed'));
		runner.on('fail', note('failed'));
		runner.on('pending', note('skipped'));
		runner.once('end', () => writeResult(tests));
	}
}

function writeResult(tests) {
	const file = process.env.CODELEARN_TEST_RESULT;
	if (file === undefined) return;
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, JSON.stringify({ tests }, null, 1));
}

module.exports = ResultReporter;
