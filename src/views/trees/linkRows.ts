import type { TurnSummary } from '../../core/api';
import type { FileFate } from '../../core/outcome';
import { countsText, fateWords, promptOf, shortened, timeText } from '../../vscode/attributionText';
import { turnsText } from '../../core/captureText';
import type { FileLinks, SessionLinks, SymbolLinks } from './linkGroups';

/** How a row of the view of links looks, without the editor's types. */
export interface LinkRow {
	readonly label: string;
	readonly description: string;
	/** Name of a codicon, and of the colour it has if any. */
	readonly icon: string;
	readonly color?: string;
	readonly tooltip: string;
	/** What a screen reader says. */
	readonly spoken: string;
}

const stateIcons: Readonly<Record<FileFate['state'], Pick<LinkRow, 'icon' | 'color'>>> = {
	kept: { icon: 'pass', color: 'testing.iconPassed' },
	changed: { icon: 'edit', color: 'gitDecoration.modifiedResourceForeground' },
	gone: { icon: 'trash', color: 'gitDecoration.deletedResourceForeground' },
};

export function fileRow({ path, turns }: FileLinks, inEditor: boolean): LinkRow {
	const about = [turnsText(turns.length), ...(inEditor ? ['in the editor'] : [])].join(', ');
	return { label: nameOf(path), description: joined([folderOf(path), about]), icon: 'file-code', tooltip: path, spoken: `File ${path}: ${about}` };
}

export function symbolRow({ end, turns }: SymbolLinks): LinkRow {
	const place = `${end.file_path ?? ''}, line ${end.start_line ?? 1}`;
	const description = turnsText(turns.length);
	return { label: end.label, description, icon: 'symbol-method', tooltip: place, spoken: `${end.label} in ${place}: ${description}` };
}

export function sessionRow({ assistant, turns }: SessionLinks): LinkRow {
	const first = turns.at(-1);
	const label = first === undefined ? assistant : promptOf(first);
	const description = `${assistant} · ${turnsText(turns.length)} · ${first?.started_at.slice(0, 10) ?? ''}`;
	return { label, description, icon: 'comment-discussion', tooltip: label, spoken: `Session that began with: ${label}. ${description}` };
}

/** A turn of a session. */
export function sessionTurnRow(turn: TurnSummary): LinkRow {
	const files = `${turn.files.length} file${turn.files.length === 1 ? '' : 's'}`;
	return turnRowOf(turn, { icon: 'comment' }, files, '');
}

/** A turn under a file: its icon tells what became of its lines there, once that is known. */
export function fileTurnRow(turn: TurnSummary, fate: FileFate | undefined): LinkRow {
	return turnRowOf(turn, iconsOf(fate), turn.started_at.slice(0, 10), fate === undefined ? '' : fateText(fate));
}

/** A file under a turn. */
export function turnFileRow(path: string, fate: FileFate | undefined): LinkRow {
	const moved = fate?.now_path === undefined ? [] : [`now in ${fate.now_path}`];
	const text = fate === undefined ? 'what became of it is not known' : fateText(fate);
	const description = joined([folderOf(path), ...(fate === undefined ? [] : [fate.state]), ...moved]);
	return { label: nameOf(path), description, ...iconsOf(fate), tooltip: `${path}\n${text}`, spoken: `File ${path}: ${text}` };
}

/** `Some of what the turn wrote has changed. Of 12 lines: 9 kept, 3 deleted` */
export function fateText({ state, counts, now_path }: FileFate): string {
	const where = now_path === undefined ? '' : ` It is in ${now_path} now.`;
	return `${fateWords[state]}.${where} ${countsText(counts)}`;
}

function turnRowOf(turn: TurnSummary, icons: Pick<LinkRow, 'icon' | 'color'>, description: string, fate: string): LinkRow {
	const label = promptOf(turn);
	const about = `${turn.assistant}, ${timeText(turn.started_at)}`;
	const tooltip = [shortened(label, 300), about, fate].filter((line) => line !== '').join('\n');
	return { label, description: `${turn.assistant} · ${description}`, ...icons, tooltip, spoken: `Turn: ${label}. ${about}. ${fate}`.trimEnd() };
}

function iconsOf(fate: FileFate | undefined): Pick<LinkRow, 'icon' | 'color'> {
	return fate === undefined ? { icon: 'circle-outline' } : stateIcons[fate.state];
}

function nameOf(path: string): string {
	return path.split('/').at(-1) ?? path;
}

/** '' at the top. */
function folderOf(path: string): string {
	return path.split('/').slice(0, -1).join('/');
}

function joined(parts: readonly string[]): string {
	return parts.filter((part) => part !== '').join(' · ');
}
