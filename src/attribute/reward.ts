import type { LineCounts } from '../core/attribution';
import type { ScorePart } from '../core/turn';

/** Raise when the rules change: findings of older rules are made again. */
export const rewardVersion = 1;

/**
 * How much a line counts by what became of it. A line that only moved or was laid out anew is as good as kept; where the text changed but its
 * syntax says that it still does the same, most of it is. A line that was rewritten at least showed where something was needed.
 */
const worth = { kept: 1, reformatted: 0.97, moved: 0.95, changed: 0.85, rewritten: 0.1, deleted: 0 } as const;

/**
 * 0 to 1: how much of what was written is still there. `share` is what correlation by syntax found, where there is a grammar: text alone
 * takes lines that happen to be equal for code that was kept, and code that was renamed throughout for code that is gone.
 */
export function survivalOf(counts: LineCounts, share: number | undefined): number {
	if (counts.written === 0) return 0;
	const kinds = ['kept', 'reformatted', 'moved', 'changed', 'rewritten', 'deleted'] as const;
	const byLines = kinds.reduce((sum, kind) => sum + counts[kind] * worth[kind], 0) / counts.written;
	if (share === undefined || counts.kept + counts.reformatted + counts.moved === counts.written) return byLines;
	if (share < implementedFrom) return Math.min(byLines, share + mostByChance);
	// Half stays half; all of it, said in other words, is worth a changed line.
	return Math.max(byLines, implementedFrom + ((share - implementedFrom) / (1 - implementedFrom)) * (worth.changed - implementedFrom));
}

/** Half of it: below, more of what stands there is somebody else's. */
export const implementedFrom = 0.5;
/** Equal lines that syntax gives no credit for: signatures, returns, calls that every function has. */
const mostByChance = 0.15;

/** What else speaks for or against a turn. */
export interface Signals {
	/** Tests failed before and passed after, or the other way round, within the turn. */
	readonly tests?: 'mended' | 'passed' | 'broken' | undefined;
	/** What the user said next in the chat. */
	readonly nextWords?: 'pleased' | 'displeased' | undefined;
	/** Share (0 to 1) of its lines that another turn took out soon after, to mend something. */
	readonly mendedSoon: number;
	/** Share (0 to 1) of its edits that the user refused or took back. */
	readonly refused: number;
}

/** What speaks against takes its share of the reward; what speaks for, of what is missing to 1. So neither turns kept code into lost code. */
export function rewardOf(survival: number, signals: Signals): { reward: number; evidence: ScorePart[] } {
	const evidence: ScorePart[] = [{ what: 'of what it wrote is still there', weight: survival }];
	let reward = survival;
	const against = (what: string, share: number) => add(what, -reward * share);
	const inFavour = (what: string, share: number) => add(what, (1 - reward) * share * (survival > 0 ? 1 : 0));
	if (signals.refused > 0) against('edits that the user refused or took back', 0.5 * signals.refused);
	if (signals.mendedSoon > 0) against('another turn had to mend it soon after', 0.3 * signals.mendedSoon);
	if (signals.tests === 'broken') against('tests that passed before failed at its end', 0.3);
	if (signals.nextWords === 'displeased') against('the user was not pleased', 0.2);
	if (signals.tests === 'mended') inFavour('tests that failed before passed at its end', 0.1);
	if (signals.tests === 'passed') inFavour('tests passed at its end', 0.05);
	if (signals.nextWords === 'pleased') inFavour('the user was pleased', 0.05);
	return { reward, evidence };

	function add(what: string, weight: number) {
		if (weight === 0) return;
		reward += weight;
		evidence.push({ what, weight });
	}
}

const displeased =
	/\b(?:(?:it|this|that|they|code|tests?|build) (?:does|do|did|is|are)(?: ?n[o']t|n't| not) (?:work|compile|build|run|right|correct|what i)|(?:still|again) (?:broken|fails?|failing|wrong|not)|that'?s (?:wrong|not)|you broke|(?:it|this|that) (?:broke|breaks|fails|crashes|is wrong)|not what i (?:asked|wanted|meant)|wrong (?:file|place|approach))\b/i;
const takeBack = /^\W*(?:(?:no|please|now)\W+){0,2}(?:revert|undo|roll ?back)\b/i;
const pleased = /^\W*(?:thanks?|thank you|thx|perfect|great|nice|excellent|awesome|works|lgtm|looks good|good job|well done|exactly)\b/i;

/** What a prompt says of the answer before it, by plain words at its beginning; undefined when it says nothing of it. */
export function nextWordsOf(prompt: string | undefined): Signals['nextWords'] {
	const beginning = (prompt ?? '').slice(0, 300);
	if (displeased.test(beginning) || takeBack.test(beginning)) return 'displeased';
	return pleased.test(beginning) ? 'pleased' : undefined;
}
