import { proseOf, sentencesOf } from './plainProse';

/** Longest summary, in characters. */
export const summaryLimit = 300;

/**
 * What a prompt asks for, in its own words: the sentences that instruct or ask, without pasted code, logs and context.
 * At most 300 characters. Deterministic.
 */
export function summarisePrompt(prompt: string): string {
	const sentences = proseOf(prompt).flatMap(sentencesOf);
	if (sentences.length === 0) return shortened(oneLine(prompt), summaryLimit);
	const whole = sentences.join(' ');
	if (whole.length <= summaryLimit) return whole;
	const ranked = sentences.map((text, place) => ({ text, place, weight: instructs(text, place, sentences.length) }));
	ranked.sort((a, b) => b.weight - a.weight || a.place - b.place);
	return inPlace(ranked, summaryLimit);
}

/**
 * How a response ends, and the files and symbols that it was about: `Fixed the loop. (src/sum.js: sum)`.
 * At most 300 characters. Deterministic.
 */
export function summariseResponse(response: string, files: readonly { path: string; symbols: readonly string[] }[]): string {
	const about = filesText(files);
	const room = about === '' ? summaryLimit : summaryLimit - about.length - 1;
	const statement = shortened(finalStatement(response), room);
	return [statement, about].filter((part) => part !== '').join(' ');
}

interface Ranked {
	readonly text: string;
	readonly place: number;
	readonly weight: number;
}

/** The best sentences that fit, in the order of the text. */
function inPlace(ranked: readonly Ranked[], limit: number): string {
	const kept: Ranked[] = [];
	let length = 0;
	for (const sentence of ranked) {
		const extra = sentence.text.length + (kept.length > 0 ? 1 : 0);
		if (length + extra > limit) continue;
		kept.push(sentence);
		length += extra;
	}
	if (kept.length === 0) return shortened(ranked[0]?.text ?? '', limit);
	return kept
		.sort((a, b) => a.place - b.place)
		.map((sentence) => sentence.text)
		.join(' ');
}

const verbs =
	/^(?:please\s+|now\s+|then\s+|also\s+|and\s+|next,?\s+|first,?\s+|finally,?\s+)*(?:add|fix|make|change|write|implement|create|remove|delete|rename|refactor|update|move|extract|replace|use|convert|explain|show|find|check|run|test|document|investigate|improve|optimi[sz]e|simplify|clean|split|merge|support|handle|ensure|verify|review|generate|set|put|do|don't|keep|stop|let|try|look|tell|give|build|port|migrate|revert|undo)\b/i;
const wishes = /\b(?:please|should|must|need(?:s)? to|want|would like|can you|could you|instead of|has to|have to|never|always|why|how)\b|\?\s*$/i;

/** First and last sentences often hold the wish itself. */
function instructs(sentence: string, place: number, count: number): number {
	return (verbs.test(sentence) ? 3 : 0) + (wishes.test(sentence) ? 2 : 0) + (place === 0 ? 1.5 : 0) + (place === count - 1 ? 0.5 : 0);
}

const offers =
	/^(?:would you like|do you want|let me know|shall i|should i|want me to|if you(?:'d| would)? (?:like|want|need)|feel free|happy to|is there anything|anything else|i can also)\b/i;

/** What the assistant is about to do says nothing of what it did. */
const intentions = /^(?:i(?:'ll| will| am going to|'m going to)|let me|let's|now (?:i|let|the)|first,? i|next,? i)\b/i;

/** The last paragraph that states something, first sentences first; offers and questions to the user do not count. */
function finalStatement(response: string): string {
	const paragraphs = proseOf(response).map((paragraph) => sentencesOf(paragraph).filter((sentence) => !offers.test(sentence)));
	const stated = paragraphs.filter((sentences) => sentences.some((sentence) => !sentence.endsWith('?') && !sentence.endsWith(':')));
	const last = stated.at(-1);
	if (last === undefined) return oneLine(response);
	const results = last.filter((sentence) => !intentions.test(sentence));
	return (results.length > 0 ? results : last).join(' ');
}

/** Room for the names behind the statement. */
const namesLimit = 120;

function filesText(files: readonly { path: string; symbols: readonly string[] }[]): string {
	let text = '';
	let left = files.length;
	for (const { path, symbols } of files) {
		const name = symbols.length === 0 ? path : `${path}: ${symbols.slice(0, 3).join(', ')}`;
		const short = name.length > namesLimit ? `…${name.slice(1 - namesLimit)}` : name;
		if (text !== '' && text.length + short.length > namesLimit) break;
		text += `${text === '' ? '' : '; '}${short}`;
		left -= 1;
	}
	return text === '' ? '' : `(${text}${left > 0 ? `; ${left} more` : ''})`;
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

/** Cut at a word where one is near, with an ellipsis; never inside a pair of code units. */
function shortened(text: string, limit: number): string {
	if (text.length <= limit) return text;
	const cut = text.slice(0, limit - 1);
	const space = cut.lastIndexOf(' ');
	const kept = space > limit * 0.6 ? cut.slice(0, space) : cut;
	return `${kept.replace(/[\uD800-\uDBFF]$/, '').replace(/[\s,;:–-]+$/, '')}…`;
}
