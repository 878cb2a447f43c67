import { NoteMetadata, NoteSession, authorshipVersion } from '../../core/authorshipNote';
import type { LineRange } from './lineRanges';
import { countOf, formatRanges, parseRanges, within, without } from './lineRanges';

/** Lines of one author. The key leads into one of the maps of the metadata: `s_…::t_…` sessions, `h_…` humans, bare hex digits prompts. */
export interface NoteEntry {
	readonly key: string;
	readonly ranges: readonly LineRange[];
}

export interface NoteFile {
	readonly path: string;
	readonly entries: readonly NoteEntry[];
}

/** An authorship log: which lines of the files of one commit somebody wrote. Of entries that overlap the later one holds. */
export interface AuthorshipNote {
	readonly files: readonly NoteFile[];
	readonly metadata: NoteMetadata;
	/** Lines above `---` that could not be read. */
	readonly damaged: number;
}

/** Marks what Codelearn wrote, in the free attributes of a session, with its version. */
export const ownMark = 'codelearn';

/** undefined: no authorship log, or one of another version. */
export function parseNote(text: string): AuthorshipNote | undefined {
	const lines = text.split(/\r?\n/);
	const divider = lines.indexOf('---');
	if (divider < 0) return undefined;
	const json = parsedJson(lines.slice(divider + 1).join('\n'));
	const metadata = NoteMetadata.safeParse(json).data;
	if (typeof json !== 'object' || metadata?.schema_version !== authorshipVersion) return undefined;
	// In the order in which its fields stand there.
	return { ...filesOf(lines.slice(0, divider)), metadata: { ...json, ...metadata } };
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function filesOf(lines: readonly string[]): Pick<AuthorshipNote, 'files' | 'damaged'> {
	const files: { path: string; entries: NoteEntry[] }[] = [];
	let damaged = 0;
	for (const line of lines.map((one) => one.trimEnd()).filter((one) => one !== '')) {
		const entry = line.startsWith('  ') ? entryOf(line) : undefined;
		if (entry !== undefined && files.length > 0) files.at(-1)?.entries.push(entry);
		else if (line.startsWith('  ')) damaged++;
		else files.push({ path: /^".*"$/.test(line) ? line.slice(1, -1) : line, entries: [] });
	}
	return { files, damaged };
}

function entryOf(line: string): NoteEntry | undefined {
	const [, key, text] = /^ {2}(\S+) (\S+)$/.exec(line) ?? [];
	const ranges = parseRanges(text ?? '');
	return key === undefined || ranges === undefined ? undefined : { key, ranges };
}

export function formatNote({ files, metadata }: Pick<AuthorshipNote, 'files' | 'metadata'>): string {
	const lines = files.flatMap(({ path, entries }) =>
		entries.length === 0 ? [] : [/\s/.test(path) ? `"${path}"` : path, ...entries.map(({ key, ranges }) => `  ${key} ${formatRanges(ranges)}`)],
	);
	return [...lines, '---', JSON.stringify(metadata, null, 2)].join('\n');
}

/** A path that the format can hold. */
export function isWritable(path: string): boolean {
	return path !== '---' && !/["\r\n]|^\s/.test(path);
}

/** The session that an entry is of; undefined for entries of persons and those that lead nowhere. */
export function sessionOf(note: Pick<AuthorshipNote, 'metadata'>, key: string): NoteSession | undefined {
	const { sessions, prompts } = note.metadata;
	const [name = ''] = key.split('::');
	const map = key.startsWith('s_') ? sessions : key.startsWith('h_') ? undefined : prompts;
	return map !== undefined && Object.hasOwn(map, name) ? NoteSession.safeParse(map[name]).data : undefined;
}

/** Whether Codelearn wrote the entry. Others may add entries of their own to a session that it described, with traces that it does not name. */
function isOwn(note: AuthorshipNote, key: string): boolean {
	const attributes = sessionOf(note, key)?.custom_attributes;
	return attributes?.[ownMark] !== undefined && Object.hasOwn(attributes, key.split('::')[1] ?? '');
}

function isOwnSession(note: AuthorshipNote, name: string): boolean {
	return sessionOf(note, name)?.custom_attributes?.[ownMark] !== undefined;
}

/** What Codelearn knows of a commit. */
export interface NoteDraft {
	readonly files: readonly NoteFile[];
	readonly sessions: Readonly<Record<string, NoteSession>>;
	readonly humans: Readonly<Record<string, { readonly author: string }>>;
}

/**
 * Adds a draft to the note that stands there. What others wrote stays as it is: their entries, their records, fields that are not
 * known here; only lines that none of them tells of are added. What Codelearn had written is written anew.
 */
export function mergedNote(standing: AuthorshipNote | undefined, draft: NoteDraft, commit: string): string | undefined {
	const kept = (standing?.files ?? []).map(({ path, entries }) => ({
		path,
		entries: entries.filter(({ key }) => standing === undefined || !isOwn(standing, key)),
	}));
	const files = kept.filter(({ entries }) => entries.length > 0);
	for (const { path, entries } of draft.files) {
		const at = files.findIndex((file) => file.path === path);
		const theirs = files[at]?.entries ?? [];
		const taken = theirs.flatMap(({ ranges }) => ranges);
		const added = entries.map(({ key, ranges }) => ({ key, ranges: without(ranges, taken) })).filter(({ ranges }) => ranges.length > 0);
		if (added.length === 0) continue;
		if (at < 0) files.push({ path, entries: added });
		else files[at] = { path, entries: [...theirs, ...added] };
	}
	const used = new Set(files.flatMap(({ entries }) => entries.map(({ key }) => key.split('::')[0] ?? key)));
	if (used.size === 0 && standing === undefined) return undefined;
	return formatNote({ files, metadata: metadataOf(standing, draft, commit, used) });
}

function metadataOf(standing: AuthorshipNote | undefined, draft: NoteDraft, commit: string, used: ReadonlySet<string>): NoteMetadata {
	const former = standing?.metadata ?? { schema_version: authorshipVersion, base_commit_sha: commit, prompts: {} };
	const news = <T>(map: Readonly<Record<string, T>>) => Object.entries(map).filter(([key]) => used.has(key));
	const theirs = Object.entries(former.sessions ?? {}).filter(([key]) => used.has(key) || standing === undefined || !isOwnSession(standing, key));
	const sessions = {
		...Object.fromEntries(theirs),
		...Object.fromEntries(news(draft.sessions).filter(([key, session]) => standing === undefined || isReplaceable(standing, key, session))),
	};
	const humans = { ...former.humans, ...Object.fromEntries(news(draft.humans).filter(([key]) => former.humans?.[key] === undefined)) };
	return {
		...former,
		...((Object.keys(humans).length > 0 || former.humans !== undefined) && { humans }),
		...((Object.keys(sessions).length > 0 || former.sessions !== undefined) && { sessions }),
	};
}

/** A session that another tool described stays described so, and one that names the draft's turns already needs no other description. */
function isReplaceable(standing: AuthorshipNote, key: string, session: NoteSession): boolean {
	if (standing.metadata.sessions?.[key] === undefined) return true;
	const former = sessionOf(standing, key)?.custom_attributes ?? {};
	const says = ([name, value]: [string, string]) => name === ownMark || former[name] === value;
	return isOwnSession(standing, key) && !Object.entries(session.custom_attributes ?? {}).every(says);
}

/** How many lines of turns the standing note gives to persons. It stays so, whoever is right. */
export function disputedLines(standing: AuthorshipNote, draft: NoteDraft): number {
	const human = ({ key }: NoteEntry) => key.startsWith('h_');
	const rangesOf = (files: readonly NoteFile[], path: string, wanted: (entry: NoteEntry) => boolean) =>
		files.filter((file) => file.path === path).flatMap(({ entries }) => entries.filter(wanted).flatMap(({ ranges }) => ranges));
	return draft.files.reduce((sum, { path }) => {
		const turns = rangesOf(draft.files, path, (entry) => !human(entry));
		return sum + countOf(within(turns, rangesOf(standing.files, path, human)));
	}, 0);
}

/** Leaves out the files with the fewest lines until the note is no longer than allowed. */
export function boundedDraft(draft: NoteDraft, fits: (draft: NoteDraft) => boolean): { draft: NoteDraft; left: number } {
	const linesOf = ({ entries }: NoteFile) => countOf(entries.flatMap(({ ranges }) => ranges));
	const files = [...draft.files].sort((a, b) => linesOf(b) - linesOf(a));
	// Halving finds the number in a few steps, however many files there are.
	let [most, none] = [0, files.length + 1];
	const some = (count: number): NoteDraft => {
		const kept = new Set(files.slice(0, count));
		return { ...draft, files: draft.files.filter((file) => kept.has(file)) };
	};
	if (fits(draft)) return { draft, left: 0 };
	while (none - most > 1) {
		const middle = Math.floor((most + none) / 2);
		if (fits(some(middle))) most = middle;
		else none = middle;
	}
	return { draft: some(most), left: files.length - most };
}
