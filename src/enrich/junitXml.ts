import type { TestCounts } from '../core/check';

/**
 * The counts of a JUnit report, out of its outermost suites; undefined when the text is none. Nothing else of it is read: names and
 * messages of tests may hold anything.
 */
export function junitCounts(xml: string): TestCounts | undefined {
	const all = /<testsuites\b[^>]{0,2000}>/.exec(xml)?.[0];
	const suites = all !== undefined && /\btests="\d+"/.test(all) ? [all] : outermost(xml);
	if (suites.length === 0) return undefined;
	const sum = (name: string): number => suites.reduce((total, suite) => total + Number(new RegExp(`\\b${name}="(\\d{1,9})"`).exec(suite)?.[1] ?? 0), 0);
	const failed = sum('failures') + sum('errors');
	const skipped = sum('skipped') + sum('disabled');
	return { passed: Math.max(0, sum('tests') - failed - skipped), failed, skipped };
}

function outermost(xml: string): string[] {
	const suites: string[] = [];
	let depth = 0;
	for (const [tag] of xml.matchAll(/<testsuite\b[^>]{0,2000}>|<\/testsuite>/g)) {
		if (tag.startsWith('</')) depth--;
		else {
			if (depth === 0) suites.push(tag);
			if (!tag.endsWith('/>')) depth++;
		}
	}
	return suites;
}
