import type { Findings } from '../../src/core/outcome';
import { Findings as FindingsSchema } from '../../src/core/outcome';

/** Findings of a turn that wrote ten lines of TypeScript, all of them still there after 30 days and 20 commits. */
export function findings(more: Partial<Omit<Findings, 'counts'>> & { counts?: Partial<Findings['counts']> } = {}): Findings {
	const { counts, ...rest } = more;
	return FindingsSchema.parse({
		version: 1,
		counts: { written: 10, kept: 10, reformatted: 0, moved: 0, changed: 0, rewritten: 0, deleted: 0, ...counts },
		survival: 1,
		reward: 1,
		evidence: [],
		where: 'committed',
		commit_sha: 'c0ffee',
		commits: 20,
		days: 30,
		losses: [],
		languages: { typescript: 10 },
		flags: [],
		...rest,
	});
}
