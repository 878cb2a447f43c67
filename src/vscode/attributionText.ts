import type { AuthorTurn, LineCounts, Why } from '../core/attribution';
import type { FileFate } from '../core/outcome';

/** `1 line`, `3 lines` */
export function linesText(lines: number): string {
	return `${lines} line${lines === 1 ? '' : 's'}`;
}

/** `2026-01-07 08:50 UTC` */
export function timeText(at: string): string {
	return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

export function promptOf({ prompt_summary }: Pick<AuthorTurn, 'prompt_summary'>): string {
	return prompt_summary === '' ? '(no prompt)' : prompt_summary;
}

/** Cut at a word where that is possible, so that it stands in one row. */
export function shortened(text: string, length: number): string {
	const flat = text.replaceAll(/\s+/g, ' ').trim();
	if (flat.length <= length) return flat;
	const cut = flat.slice(0, length - 1);
	const space = cut.lastIndexOf(' ');
	return `${(space > length / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

const countNames = [
	['kept', 'kept'],
	['reformatted', 'in another layout'],
	['moved', 'in another file'],
	['changed', 'changed but doing the same'],
	['rewritten', 'rewritten'],
	['deleted', 'deleted'],
] as const;

/** `Of 12 lines: 9 kept, 1 in another file, 2 deleted` */
export function countsText(counts: LineCounts): string {
	const parts = countNames.flatMap(([name, words]) => (counts[name] === 0 ? [] : [`${counts[name]} ${words}`]));
	if (counts.written === 0) return 'No line that can be told from others was written';
	return `Of ${linesText(counts.written)}: ${parts.length === 0 ? 'nothing is known' : parts.join(', ')}`;
}

export const fateWords: Readonly<Record<FileFate['state'], string>> = {
	kept: 'All that the turn wrote is still there',
	changed: 'Some of what the turn wrote has changed',
	gone: 'Nothing of what the turn wrote is left',
};

/** Whose line it is, in a sentence without its full stop. */
export function whoseText({ attribution, turn, was }: Pick<Why, 'attribution' | 'turn' | 'was'>): string {
	if (attribution === 'ai') return `Written by ${turn?.assistant ?? 'an assistant'}`;
	if (was !== undefined) return `In place of a line that ${was.turn.assistant} had written`;
	return attribution === 'human' ? 'Typed by a person' : 'Nobody is known to have written this line';
}

/** How the line stands there now; '' where nothing is known of it. */
export function stateText({ state, written, file_path }: Pick<Why, 'state' | 'written' | 'file_path'>): string {
	const home = written === undefined || written.file_path === file_path ? 'another file' : written.file_path;
	switch (state) {
		case 'kept':
			return 'kept word for word';
		case 'reformatted':
			return 'the same words in another layout';
		case 'extended':
			return 'now part of a longer line';
		case 'moved':
			return `moved here from ${home}`;
		case 'copied':
			return `also stands in ${home}`;
		case 'rewritten':
			return 'rewritten since';
		case 'unknown':
			return '';
	}
}

/** `a1b2c3d Read prices (Sam Sample, 2026-01-07)`; undefined where there is no repository with commits. */
export function commitText({ commit }: Pick<Why, 'commit'>): string | undefined {
	if (commit === undefined) return undefined;
	return commit.sha === '' ? 'not committed yet' : `${commit.sha.slice(0, 8)} ${commit.subject} (${commit.author}, ${commit.at.slice(0, 10)})`;
}
