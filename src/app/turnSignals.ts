import type { Turn } from '../core/turn';
import type { Signals } from '../attribute/reward';

/** How tests went within a turn, by the last run before its edits and the last one after them. */
export function testsOf(turn: Turn): Signals['tests'] {
	const runs = turn.checks.flatMap((check) => (check.type === 'test' && check.ok !== undefined ? [check] : []));
	const before = runs.findLast(({ stage }) => stage === 'before')?.ok;
	const after = runs.findLast(({ stage }) => stage === 'after')?.ok;
	if (after === undefined) return undefined;
	if (after) return before === false ? 'mended' : 'passed';
	return before === true ? 'broken' : undefined;
}
