import type { TestCounts } from '../core/check';

/** Outputs are looked at over this many characters from their end, where summaries stand; longer lines than these are no summaries. */
const farthest = 8_192;
const longestLine = 300;

/**
 * How many tests passed, failed and were skipped, out of what a runner printed; undefined when it says nothing of it. Where several
 * runs are printed (a run a package, say), their counts are added.
 */
export function testCounts(output: string): TestCounts | undefined {
	const text = withoutColours(output.slice(-farthest))
		.split('\n')
		.filter((one) => one.length <= longestLine)
		.join('\n');
	for (const read of readers) {
		const found = read(text);
		if (found !== undefined) return found;
	}
	return undefined;
}

function withoutColours(text: string): string {
	return text.replace(/\u001b\[[\d;]*[A-Za-z]/g, '').replaceAll('\r', '');
}

type Counts = Record<keyof TestCounts, number>;

interface Reader {
	(text: string): TestCounts | undefined;
}

type Words = Readonly<Record<keyof TestCounts, RegExp>>;

/** Summary lines in which each count stands beside its word: `Tests: 1 failed, 5 passed`. */
function line(summary: RegExp, words: Words): Reader {
	return (text) => {
		const lines = [...text.matchAll(summary)].map((match) => match[0]);
		return lines.length === 0
			? undefined
			: summed(lines.map((one) => ({ passed: sum(one, words.passed), failed: sum(one, words.failed), skipped: sum(one, words.skipped) })));
	};
}

/** Summaries that tell how many ran and how many of these did not pass. */
function ofTotal(summary: RegExp, total: RegExp, failed: RegExp, skipped: RegExp): Reader {
	return (text) => {
		const lines = [...text.matchAll(summary)].map((match) => match[0]);
		if (lines.length === 0) return undefined;
		return summed(
			lines.map((one) => {
				const bad = sum(one, failed);
				const left = sum(one, skipped);
				return { passed: Math.max(0, sum(one, total) - bad - left), failed: bad, skipped: left };
			}),
		);
	};
}

/** Runners that print a line a test. */
function lines(passed: RegExp, failed: RegExp, skipped: RegExp): Reader {
	return (text) => {
		const counts = { passed: [...text.matchAll(passed)].length, failed: [...text.matchAll(failed)].length, skipped: [...text.matchAll(skipped)].length };
		return counts.passed + counts.failed === 0 ? undefined : counts;
	};
}

function sum(text: string, pattern: RegExp): number {
	return [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1] ?? 0), 0);
}

function summed(counts: readonly Counts[]): Counts {
	return counts.reduce((total, one) => ({ passed: total.passed + one.passed, failed: total.failed + one.failed, skipped: total.skipped + one.skipped }), {
		passed: 0,
		failed: 0,
		skipped: 0,
	});
}

const never = /(?!)/g;
const plain: Words = {
	passed: /(\d+) (?:passed|passing|successful)\b/g,
	failed: /(\d+) (?:failed|failing|errors?)\b/g,
	skipped: /(\d+) (?:skipped|pending|todo|ignored|xfailed|deselected)\b/g,
};

/** In this order: what is unmistakable first. */
const readers: readonly Reader[] = [
	// node --test, in TAP or as a tree.
	line(/^(?:#|ℹ) pass \d+\n(?:(?:#|ℹ) \w+ \d+\n?)*/gm, { passed: /pass (\d+)/g, failed: /(?:fail|cancelled) (\d+)/g, skipped: /(?:skipped|todo) (\d+)/g }),
	// vitest, then jest: their files are counted on a line of their own.
	line(/^[ \t]*Tests {2,}[^\n]*(?:passed|failed|skipped|todo)[^\n]*\(\d+\)/gm, plain),
	line(/^Tests: {2,}[^\n]*\d+ total/gm, plain),
	// cargo test, cargo nextest.
	line(/^test result: [^\n]*/gm, plain),
	line(/^[ \t]*Summary \[[^\n]*tests? run:[^\n]*/gm, plain),
	// pytest, with and without its frame.
	line(/^(?:=+ )?\d+ (?:passed|failed|error|errors|skipped|xfailed|xpassed|deselected)\b[^\n]* in [\d.]+ ?s[^\n]*/gm, plain),
	// Python's unittest.
	(text) => {
		const ran = /^Ran (\d+) tests? in [^\n]*\n[ \t]*\n?(OK|FAILED)([^\n]*)/m.exec(text);
		if (ran === null) return undefined;
		const failed = sum(ran[3] ?? '', /(?:failures|errors)=(\d+)/g);
		const skipped = sum(ran[3] ?? '', /(?:skipped)=(\d+)/g);
		return { passed: Math.max(0, Number(ran[1]) - failed - skipped), failed, skipped };
	},
	// Maven, JUnit: the summary has no time; without one, the classes are added.
	ofTotal(
		/^(?:\[(?:INFO|ERROR|WARNING)\] +)?Tests run: +\d+, +Failures: +\d+(?:, +Errors: +\d+)?(?:, +Skipped: +\d+)?[ \t]*$/gm,
		/Tests run: +(\d+)/g,
		/(?:Failures|Errors): +(\d+)/g,
		/Skipped: +(\d+)/g,
	),
	ofTotal(/Tests run: +\d+, +Failures: +\d+[^\n]*/g, /Tests run: +(\d+)/g, /(?:Failures|Errors): +(\d+)/g, /Skipped: +(\d+)/g),
	line(/^\[ +\d+ tests (?:successful|failed|skipped) +\]/gm, {
		passed: /(\d+) tests successful/g,
		failed: /(\d+) tests failed/g,
		skipped: /(\d+) tests skipped/g,
	}),
	// PHPUnit when not all is well; both it and JUnit 4 when it is.
	ofTotal(/^Tests: \d+, Assertions: \d+[^\n]*/gm, /Tests: (\d+)/g, /(?:Failures|Errors): (\d+)/g, /(?:Skipped|Incomplete): (\d+)/g),
	ofTotal(/^OK \(\d+ tests?\b[^\n)]*\)/gm, /\((\d+)/g, never, never),
	// Gradle tells only what went wrong.
	ofTotal(/^\d+ tests? completed(?:, \d+ \w+)*/gm, /(\d+) tests? completed/g, /(\d+) failed/g, /(\d+) skipped/g),
	// dotnet: one line an assembly, the summary of newer versions, the block of older ones.
	line(/^Test summary: total: \d+[^\n]*/gm, { passed: /succeeded: (\d+)/g, failed: /failed: (\d+)/g, skipped: /skipped: (\d+)/g }),
	line(/(?:Passed|Failed)! +- Failed: +\d+[^\n]*/g, { passed: /Passed: +(\d+)/g, failed: /Failed: +(\d+)/g, skipped: /Skipped: +(\d+)/g }),
	line(/^Total tests: \d+\n(?:\s+\w+: \d+\n?)+/gm, { passed: /Passed: (\d+)/g, failed: /Failed: (\d+)/g, skipped: /Skipped: (\d+)/g }),
	// rspec, minitest, ctest, swift.
	ofTotal(/^\d+ examples?, \d+ failures?[^\n]*/gm, /(\d+) examples?/g, /(\d+) (?:failures?|errors?)/g, /(\d+) pending/g),
	ofTotal(/^\d+ (?:runs|tests), \d+ assertions, \d+ failures, \d+ errors[^\n]*/gm, /(\d+) (?:runs|tests),/g, /(\d+) (?:failures|errors)/g, /(\d+) skips/g),
	ofTotal(/\d+% tests passed, \d+ tests? failed out of \d+/g, /out of (\d+)/g, /(\d+) tests? failed/g, never),
	// deno and bun; the editor's own test tool.
	line(/^(?:ok|FAILED) \| [^\n]*/gm, plain),
	line(/^ *\d+ pass\n(?: *\d+ \w+\n?)*/gm, { passed: /(\d+) pass/g, failed: /(\d+) fail/g, skipped: /(\d+) (?:skip|todo)/g }),
	line(/<summary passed=\d+ failed=\d+[^\n]*/g, { passed: /passed=(\d+)/g, failed: /failed=(\d+)/g, skipped: /skipped=(\d+)/g }),
	// mocha.
	line(/^[ \t]*\d+ passing\b[^\n]*(?:\n[ \t]*\d+ (?:pending|failing)\b[^\n]*)*/gm, plain),
	// go test, by test and else by package; TAP without a summary.
	lines(/^[ \t]*--- PASS: /gm, /^[ \t]*--- FAIL: /gm, /^[ \t]*--- SKIP: /gm),
	lines(/^ok\s+\S+\s+(?:\(cached\)|[\d.]+s)/gm, /^FAIL\s+\S+\s+(?:[\d.]+s|\[build failed\])/gm, never),
	lines(/^ok \d+\b(?![^\n]*# (?:SKIP|TODO))/gim, /^not ok \d+\b/gm, /^ok \d+\b[^\n]*# (?:SKIP|TODO)/gim),
];
