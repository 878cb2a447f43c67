import type { ModificationType } from '../core/turn';
import type { FileChange } from './fileChanges';

type Known = Exclude<ModificationType, 'unknown'>;

/** In the order in which they win a draw. */
const words: Readonly<Record<Known, RegExp>> = {
	bugfix:
		/\b(?:fix(?:e[sd]|ing)?|bugs?|errors?|fail(?:s|ed|ing|ure)?|broken|crash(?:es|ed|ing)?|wrong|regression|incorrect(?:ly)?|defect|exception|flaky|leaks?|does(?:n't| not) work|not working|hotfix|typo|race condition|off by one)\b/gi,
	refactor:
		/\b(?:refactor(?:s|ed|ing)?|renam(?:e[sd]?|ing)|clean(?:s|ed|ing)?[ -]?up|extract(?:s|ed|ing)?|simplif(?:y|ies|ied|ying)|restructur(?:e[sd]?|ing)|reorgani[sz]e[sd]?|dedup(?:licate)?[sd]?|split(?:s|ting)?|inline[sd]?|tidy|without changing behaviou?r|modulari[sz]e)\b/gi,
	feature:
		/\b(?:add(?:s|ed|ing)?|implement(?:s|ed|ing)?|creat(?:e[sd]?|ing)|support(?:s|ed|ing)?|introduc(?:e[sd]?|ing)|feature|new|build|allow(?:s|ed)?|enabl(?:e[sd]?|ing)|extend(?:s|ed)?)\b/gi,
	documentation: /\b(?:document(?:s|ed|ing|ation)?|docs?|readme|docstrings?|jsdoc|changelog|comments?)\b/gi,
};

const documents = /\.(?:md|mdx|rst|adoc|txt|tex)$|(?:^|\/)(?:docs?|documentation)\/|(?:^|\/)(?:README|CHANGELOG|LICENSE|CONTRIBUTING)[^/]*$/i;
/** Comments that steer a tool are code. */
const directive = /nolint|noqa|eslint-|@ts-|prettier-ignore|type:\s*ignore|pragma|istanbul|c8 ignore|NOSONAR|clang-format|biome-ignore/;
const comment = /^\s*(?:\/\/|\/\*|\*|#(?!include|!|define|if|end|pragma)|--\s|"""|'''|<!--|;;|%\s)/;

/**
 * What kind of change a turn made: by the words of the request (heaviest), of the answer, and by the shape of the diff.
 * `unknown` when nothing was changed. Documents and comments alone are documentation, whatever was asked.
 */
export function modificationType(prompt: string, response: string, changes: readonly FileChange[]): ModificationType {
	if (changes.length === 0) return 'unknown';
	if (changes.every((change) => documents.test(change.path) || onlyComments(change))) return 'documentation';
	const scores = scoresOf(prompt, response);
	const [best] = [...scores].sort((a, b) => b[1] - a[1]);
	if (best !== undefined && best[1] > 0) return best[0];
	return fromShape(changes);
}

function scoresOf(prompt: string, response: string): Map<Known, number> {
	const first = prompt.slice(0, 120);
	const scores = new Map<Known, number>();
	for (const kind of ['bugfix', 'refactor', 'feature', 'documentation'] as const) {
		const pattern = words[kind];
		scores.set(kind, Math.min(countOf(first, pattern), 2) * 3 + Math.min(countOf(prompt, pattern), 3) + Math.min(countOf(response, pattern), 2) * 0.5);
	}
	return scores;
}

/** Names out of code are no words of the request: `add()` asks for no addition, `error.ts` reports no error. */
const names = /`[^`\n]*`|[\w$./-]+\(\)?|[\w@/-]+\.[a-z]{1,5}\b|\w+_\w+/gi;

function countOf(text: string, pattern: RegExp): number {
	return [...text.replace(names, ' ').matchAll(pattern)].length;
}

function onlyComments(change: FileChange): boolean {
	const lines = change.hunks.flatMap((hunk) => hunk.lines).filter((line) => /^[+-]/.test(line) && line.slice(1).trim() !== '');
	return lines.length > 0 && lines.every((line) => comment.test(line.slice(1)) && !directive.test(line));
}

/** Without a word to go by: new source files are a feature, the rest cannot be told. */
function fromShape(changes: readonly FileChange[]): ModificationType {
	return changes.some((change) => change.kind === 'create' && !documents.test(change.path)) ? 'feature' : 'unknown';
}
