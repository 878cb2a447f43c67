import assert from 'node:assert/strict';
import { testCounts } from '../../src/enrich/testCounts';

/** What the usual runners print: name, output, passed, failed, skipped. */
const printed: readonly (readonly [string, string, number, number, number])[] = [
	[
		'node --test, TAP',
		'TAP version 13\nok 1 - a\nnot ok 2 - b\n1..2\n# tests 3\n# suites 0\n# pass 1\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n# duration_ms 50',
		1,
		1,
		1,
	],
	['node --test, tree', '✔ a (0.5ms)\nℹ tests 2\nℹ suites 0\nℹ pass 2\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n', 2, 0, 0],
	['TAP', 'ok 1 - a\nok 2 - b # SKIP later\nnot ok 3 - c\n1..3\n', 1, 1, 1],
	['mocha', '  Array\n    ✔ works\n\n  5 passing (12ms)\n  2 pending\n  1 failing\n\n  1) Array\n', 5, 1, 2],
	['jest', 'Test Suites: 1 failed, 2 passed, 3 total\nTests:       1 failed, 2 skipped, 5 passed, 8 total\nSnapshots:   0 total\n', 5, 1, 2],
	['vitest', ' Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 5 passed | 1 skipped (7)\n   Start at  10:00:00\n', 5, 1, 1],
	['vitest in colours', '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m5 passed\u001b[39m\u001b[22m\u001b[90m (5)\u001b[39m\n', 5, 0, 0],
	['pytest', 'collected 7 items\n=== 2 failed, 3 passed, 1 skipped, 1 error in 0.12s ===\n', 3, 3, 1],
	['pytest -q', '..F\n1 failed, 2 passed in 0.05s\n', 2, 1, 0],
	['unittest', '.F\n------\nRan 4 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)\n', 1, 2, 1],
	['go test -v', '=== RUN   TestA\n--- PASS: TestA (0.00s)\n--- FAIL: TestB (0.00s)\n    --- SKIP: TestC/x (0.00s)\nFAIL\nFAIL\texample/x\t0.01s\n', 1, 1, 1],
	['go test', 'ok  \texample/a\t0.010s\nok  \texample/b\t(cached)\nFAIL\texample/c\t0.02s\n', 2, 1, 0],
	[
		'cargo test',
		'test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n',
		4,
		2,
		1,
	],
	['cargo nextest', '     Summary [   0.1s] 5 tests run: 4 passed, 1 failed, 2 skipped\n', 4, 1, 2],
	[
		'Maven',
		'[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in A\n[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1\n',
		2,
		2,
		1,
	],
	['JUnit 4', 'Time: 0.01\n\nOK (7 tests)\n', 7, 0, 0],
	[
		'JUnit 5 console',
		'[         5 tests found           ]\n[         1 tests skipped         ]\n[         3 tests successful      ]\n[         1 tests failed          ]\n',
		3,
		1,
		1,
	],
	['Gradle', '> Task :test FAILED\n\n5 tests completed, 1 failed, 1 skipped\n', 3, 1, 1],
	['dotnet test', 'Failed!  - Failed:     1, Passed:     4, Skipped:     2, Total:     7, Duration: 3 ms - a.dll\n', 4, 1, 2],
	['dotnet test, newer', 'Test summary: total: 5, failed: 1, succeeded: 4, skipped: 0, duration: 1.0s\n', 4, 1, 0],
	['rspec', 'Finished in 0.1 seconds\n5 examples, 1 failure, 1 pending\n', 3, 1, 1],
	['minitest', '5 runs, 6 assertions, 1 failures, 1 errors, 1 skips\n', 2, 2, 1],
	['phpunit, well', 'OK (5 tests, 6 assertions)\n', 5, 0, 0],
	['phpunit, not well', 'FAILURES!\nTests: 5, Assertions: 6, Errors: 1, Failures: 1, Skipped: 1.\n', 2, 2, 1],
	['ctest', '80% tests passed, 1 tests failed out of 5\n', 4, 1, 0],
	['deno test', 'ok | 5 passed | 0 failed (12ms)\n', 5, 0, 0],
	['bun test', ' 5 pass\n 1 fail\n 6 expect() calls\n', 5, 1, 0],
	['the editor', '<summary passed=5 failed=1 />\n', 5, 1, 0],
];

describe('testCounts', () => {
	for (const [runner, output, passed, failed, skipped] of printed)
		it(`reads ${runner}`, () => assert.deepEqual(testCounts(`some words\n${output}`), { passed, failed, skipped }));

	it('finds nothing where nothing was counted', () => {
		for (const output of ['', 'Done in 0.5s', 'src/a.ts(1,2): error TS2322', '1 file changed, 2 insertions(+)', 'BUILD SUCCESSFUL in 3s'])
			assert.equal(testCounts(output), undefined, output);
	});

	it('takes no long time over hostile output', () => {
		const start = performance.now();
		for (const part of ['1 passed ', '\n', ' ', 'Tests  ', '# pass 1\n', '=== ', 'ok 1 ', 'Tests run:  ', '1 pass\n'])
			testCounts(part.repeat(200_000 / part.length));
		assert.ok(performance.now() - start < 3_000, String(performance.now() - start));
	});
});
