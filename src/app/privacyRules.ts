import { join } from 'node:path';
import { z } from 'zod';
import { CallContext, PrivacySettings } from '../core/api';
import { UserError, messageOf } from '../core/errors';
import type { RedactPattern } from '../core/redactPattern';
import { parseRedactPatterns } from '../core/redactPattern';
import { astray } from '../enrich/ownPatterns';
import type { DataPaths } from '../platform/dataPaths';
import { runBounded } from '../platform/runBounded';
import { readState, writeState } from '../platform/stateFile';

const Kept = z.object({ editor: PrivacySettings.optional().catch(undefined), environment: PrivacySettings.optional().catch(undefined) });
type Kept = z.infer<typeof Kept>;

/**
 * What the user wants redacted, and kept how long. Said by hosts with their calls and remembered, because hooks are read when no
 * host is there to say it. What an editor says replaces what an editor said before, and an environment that of an environment; both hold.
 */
export class PrivacyRules {
	private readonly file: string;
	private kept: Kept;
	private own: readonly RedactPattern[];

	constructor(paths: DataPaths) {
		this.file = join(paths.state, 'privacy.json');
		this.kept = readState(this.file, Kept) ?? {};
		this.own = patternsOf(this.kept);
	}

	patterns(): readonly RedactPattern[] {
		return this.own;
	}

	/** The patterns as they hold once this call was made; nothing is remembered. Throws as `use` does. */
	with({ privacy }: CallContext): readonly RedactPattern[] {
		if (privacy === undefined) return this.own;
		checked(privacy.patterns);
		return patternsOf({ ...this.kept, [privacy.from]: privacy });
	}

	/** Days and megabytes that are kept; undefined: all. Of two limits the stricter one holds. */
	retention(): { readonly days: number | undefined; readonly megabytes: number | undefined } {
		const limits = [this.kept.editor, this.kept.environment].flatMap((said) => said ?? []);
		return { days: strictest(limits.map((said) => said.keepDays)), megabytes: strictest(limits.map((said) => said.keepMegabytes)) };
	}

	/** Takes over what a call says. Throws a UserError that names a pattern which cannot be used; then nothing changes. */
	use({ privacy }: CallContext): void {
		if (privacy === undefined) return;
		const { from, ...said } = privacy;
		if (JSON.stringify(this.kept[from]) === JSON.stringify(said)) return;
		checked(said.patterns);
		this.kept = { ...this.kept, [from]: said };
		this.own = patternsOf(this.kept);
		writeState(this.file, this.kept);
	}
}

/** Refuses a pattern that would take for ever. */
function checked(text: string): void {
	const patterns = readable(text);
	const bad = patterns[astray(patterns, runBounded)];
	if (bad !== undefined)
		throw new UserError(
			`codelearn.redact.patterns: "${bad.source}" takes for ever on some texts, because one repetition stands inside another or beside one that matches the same. Rewrite it.`,
			2,
		);
}

function readable(text: string): RedactPattern[] {
	try {
		return parseRedactPatterns(text);
	} catch (cause) {
		throw new UserError(`codelearn.redact.patterns: ${messageOf(cause)}. Correct it or take it out.`, 2, { cause });
	}
}

function patternsOf(kept: Kept): RedactPattern[] {
	const lines = [kept.editor, kept.environment].flatMap((said) => (said === undefined ? [] : said.patterns.split('\n')));
	return [...new Set(lines)].flatMap((line) => {
		try {
			return parseRedactPatterns(line);
		} catch {
			// Checked before it was kept; a file that somebody edited may hold anything.
			return [];
		}
	});
}

function strictest(limits: readonly number[]): number | undefined {
	const set = limits.filter((limit) => limit > 0);
	return set.length === 0 ? undefined : Math.min(...set);
}
