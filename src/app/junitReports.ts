import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCounts } from '../core/check';
import { junitCounts } from '../enrich/junitXml';

/** Where test runners put JUnit reports by default. */
const folders = ['test-results', 'test-reports', 'reports', 'build/test-results/test', 'target/surefire-reports', 'target/failsafe-reports'] as const;
const files = ['junit.xml', 'test-results.xml', 'report.xml', 'test-report.xml', 'TEST-results.xml'] as const;
const mostFiles = 500;
const longestFile = 4_000_000;
/** Without a known beginning only what was written so shortly before the end is of the run. */
const usualRunMs = 60_000;
/** A report is written a moment before or after its command ends. */
const slackMs = 3_000;

/** Counts out of the reports that were written in these folders while a test command ran; undefined when there is none. Never throws. */
export function reportedCounts(roots: readonly string[], startedAt: string | undefined, endedAt: string): TestCounts | undefined {
	const end = Date.parse(endedAt);
	const from = (startedAt === undefined ? end - usualRunMs : Date.parse(startedAt)) - slackMs;
	const found = [...new Set(roots)].flatMap(reportsIn).slice(0, mostFiles);
	const counts = found.flatMap((file) => countsOf(file, from, end + slackMs) ?? []);
	if (counts.length === 0) return undefined;
	const sum = (name: keyof TestCounts): number => counts.reduce((total, one) => total + (one[name] ?? 0), 0);
	return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

function reportsIn(root: string): string[] {
	return [...files.map((file) => join(root, file)), ...folders.flatMap((folder) => xmlIn(join(root, folder)))];
}

function xmlIn(folder: string): string[] {
	try {
		const entries = readdirSync(folder, { withFileTypes: true });
		return entries.flatMap((entry) => (entry.isFile() && entry.name.endsWith('.xml') ? [join(folder, entry.name)] : []));
	} catch {
		return [];
	}
}

function countsOf(file: string, from: number, until: number): TestCounts | undefined {
	try {
		const stat = statSync(file);
		const isOfRun = stat.isFile() && stat.size <= longestFile && stat.mtimeMs >= from && stat.mtimeMs <= until;
		return isOfRun ? junitCounts(readFileSync(file, 'utf8')) : undefined;
	} catch {
		return undefined;
	}
}
