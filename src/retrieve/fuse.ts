import type { Role } from '../core/chunk';
import type { QueryHit } from '../core/query';
import type { RetrieveWeights } from '../core/settings';

/** A code chunk that one list or both found. */
export interface CodeCandidate {
	readonly id: string;
	readonly file_path: string;
	readonly start_line: number;
	readonly end_line: number;
	readonly symbol: string;
	readonly role: Role;
	/** Left out where the caller reads the text of the few that are shown. */
	readonly document?: string;
	/** BM25, larger is better; undefined: not among the best of that list. */
	readonly lexical?: number;
	/** Matches of long query words by their first letters only. */
	readonly prefix?: number;
	/** Cosine similarity, -1 to 1. */
	readonly similarity?: number;
}

/** A learning or a past turn. */
export interface TextCandidate {
	readonly collection: 'derived_learnings_v1' | 'chat_history_v1';
	readonly id: string;
	readonly document: string;
	readonly similarity?: number;
	/** Share of the question's telling words that it holds, 0 to 1. */
	readonly overlap: number;
	readonly note: string;
}

/** A second match by word beginnings counts this much beside a whole word. */
const prefixShare = 0.25;
/** What stands in tests and examples is what the question meant only if it says so. */
const roleFactor: Readonly<Record<Role, number>> = { source: 1, test: 0.55, example: 0.6, generated: 0.4 };
const asksForTests = /\b(tests?|testing|spec|specs|fixture|fixtures|mock|mocks|benchmarks?|examples?|sample)\b/i;

/**
 * Ranks code by words and by meaning, each list scaled over its own best and worst, summed by weight, and
 * with tests and examples after source unless the question asks for them. Scores come out between 0 and 1.
 */
export function fuseCode(text: string, candidates: readonly CodeCandidate[], weights: RetrieveWeights): QueryHit[] {
	const words = scaled(candidates.map((candidate) => total(candidate)));
	const meanings = scaled(candidates.map((candidate) => candidate.similarity));
	const whole = weights.lexical + weights.vector || 1;
	const wantsTests = asksForTests.test(text);
	return candidates
		.map((candidate, index) => {
			const word = words[index] ?? 0;
			const meaning = meanings[index] ?? 0;
			const factor = wantsTests ? 1 : roleFactor[candidate.role];
			return { candidate, score: (factor * (weights.lexical * word + weights.vector * meaning)) / whole, word };
		})
		.sort((a, b) => b.score - a.score || (a.candidate.id < b.candidate.id ? -1 : 1))
		.map(({ candidate, score }) => ({
			collection: 'codebase_v1',
			id: candidate.id,
			file_path: candidate.file_path,
			start_line: candidate.start_line,
			end_line: candidate.end_line,
			symbol: candidate.symbol,
			score: round(score),
			why: whyCode(candidate),
			document: candidate.document ?? '',
		}));
}

/** Below this similarity and without telling words in common, a learning does not fit the question. */
const fitSimilarity = 0.38;
const fitOverlap = 0.5;

/**
 * Puts learnings and turns beside code on the same scale. Their similarity to a question is that of text
 * to text, so it is mapped from the range that fitting ones have (0.3 to 0.75) to 0..1; what does not fit is left out.
 */
export function rankTexts(candidates: readonly TextCandidate[], weights: RetrieveWeights): QueryHit[] {
	return candidates
		.filter(fits)
		.map((candidate) => ({ candidate, score: weightOf(candidate, weights) * Math.min(1, calibrated(candidate)) }))
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score || (a.candidate.id < b.candidate.id ? -1 : 1))
		.map(({ candidate, score }) => ({
			collection: candidate.collection,
			id: candidate.id,
			file_path: '',
			start_line: 0,
			end_line: 0,
			symbol: '',
			score: round(Math.min(1, score)),
			why: whyText(candidate),
			document: candidate.document,
		}));
}

/** Where meaning could not be compared, words alone decide. */
function fits({ similarity, overlap }: TextCandidate): boolean {
	if (similarity === undefined) return overlap >= fitOverlap;
	return similarity >= fitSimilarity || (overlap >= fitOverlap && similarity >= fitSimilarity / 2);
}

/** One list out of several that share a scale. */
export function mixed(lists: readonly (readonly QueryHit[])[], n: number): QueryHit[] {
	return lists
		.flat()
		.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
		.slice(0, n);
}

function total(candidate: CodeCandidate): number | undefined {
	if (candidate.lexical === undefined && candidate.prefix === undefined) return undefined;
	return (candidate.lexical ?? 0) + prefixShare * (candidate.prefix ?? 0);
}

/** As many as a list is asked for. A shorter one is all that was found: then its last is no worse than it says. */
const wholeList = 50;

/** Greatest to 1, least of a whole list (of a shorter one, zero) to 0; absent stays 0. */
function scaled(values: readonly (number | undefined)[]): number[] {
	const present = values.filter((value) => value !== undefined);
	const greatest = Math.max(...present);
	const least = present.length < wholeList ? Math.min(0, greatest) : Math.min(...present);
	const range = greatest - least;
	return values.map((value) => (value === undefined ? 0 : range === 0 ? 1 : Math.max(0, (value - least) / range)));
}

function calibrated(candidate: TextCandidate): number {
	const meaning = Math.max(0, Math.min(1, ((candidate.similarity ?? 0) - 0.3) / 0.45));
	return 0.75 * meaning + 0.25 * candidate.overlap + 0.15;
}

function weightOf(candidate: TextCandidate, weights: RetrieveWeights): number {
	return candidate.collection === 'derived_learnings_v1' ? weights.learnings : weights.turns;
}

function whyCode(candidate: CodeCandidate): string {
	const reasons = [];
	if (candidate.lexical !== undefined) reasons.push('words');
	else if (candidate.prefix !== undefined) reasons.push('word beginnings');
	if (candidate.similarity !== undefined) reasons.push(`meaning ${candidate.similarity.toFixed(2)}`);
	if (candidate.role !== 'source') reasons.push(candidate.role);
	return reasons.join('; ');
}

function whyText(candidate: TextCandidate): string {
	const reasons = [candidate.note];
	if (candidate.similarity !== undefined) reasons.push(`meaning ${candidate.similarity.toFixed(2)}`);
	if (candidate.overlap > 0) reasons.push(`words ${Math.round(candidate.overlap * 100)}%`);
	return reasons.join('; ');
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;
