import type { Link, LinkEnd, TurnSummary } from '../../core/api';

/** A definition in a file, with the turns that changed it, the newest first. */
export interface SymbolLinks {
	readonly end: LinkEnd;
	readonly turns: readonly TurnSummary[];
}

/** A file with the turns that changed it, the newest first. */
export interface FileLinks {
	/** Relative to the repository, or absolute outside any. */
	readonly path: string;
	readonly turns: readonly TurnSummary[];
	/** In the order in which they stand in the file. */
	readonly symbols: readonly SymbolLinks[];
	/** Turns of which no definition in the file is known. */
	readonly others: readonly TurnSummary[];
}

/** The turns of one session that changed files, the newest first. */
export interface SessionLinks {
	readonly assistant: string;
	readonly session_id: string;
	readonly turns: readonly TurnSummary[];
}

/** Files that turns changed, those first that were changed last. A definition that moved stands under the file it is in now. */
export function filesOfTurns(turns: readonly TurnSummary[], links: readonly Link[]): FileLinks[] {
	const byId = new Map(turns.map((turn) => [turn.id, turn]));
	const files = new Map<string, { turns: Set<TurnSummary>; symbols: Map<string, { end: LinkEnd; turns: Set<TurnSummary> }> }>();
	const fileAt = (path: string) => {
		const file = files.get(path) ?? { turns: new Set<TurnSummary>(), symbols: new Map<string, { end: LinkEnd; turns: Set<TurnSummary> }>() };
		files.set(path, file);
		return file;
	};
	for (const turn of turns) for (const path of turn.files) fileAt(path).turns.add(turn);
	for (const { id, end } of symbolLinks(links)) {
		const turn = byId.get(id);
		if (turn === undefined || end.file_path === undefined) continue;
		const file = fileAt(end.file_path);
		file.turns.add(turn);
		const symbol = file.symbols.get(end.id) ?? { end, turns: new Set<TurnSummary>() };
		file.symbols.set(end.id, symbol);
		symbol.turns.add(turn);
	}
	const listed = [...files].map(([path, file]) => {
		const symbols = [...file.symbols.values()].map(({ end, turns: changers }) => ({ end, turns: newestFirst(changers) }));
		const told = new Set(symbols.flatMap(({ turns: changers }) => changers));
		const all = newestFirst(file.turns);
		return { path, turns: all, symbols: symbols.sort(byPlace), others: all.filter((turn) => !told.has(turn)) };
	});
	return listed.sort((a, b) => timeOf(b.turns).localeCompare(timeOf(a.turns)) || a.path.localeCompare(b.path));
}

/** Sessions whose turns changed files, the latest first. */
export function sessionsOfTurns(turns: readonly TurnSummary[]): SessionLinks[] {
	const sessions = new Map<string, TurnSummary[]>();
	for (const turn of turns) {
		if (turn.files.length === 0) continue;
		const key = `${turn.assistant} ${turn.session_id}`;
		sessions.set(key, [...(sessions.get(key) ?? []), turn]);
	}
	const listed = [...sessions.values()].flatMap((own) => {
		const [first] = own;
		return first === undefined ? [] : [{ assistant: first.assistant, session_id: first.session_id, turns: newestFirst(own) }];
	});
	return listed.sort((a, b) => timeOf(b.turns).localeCompare(timeOf(a.turns)));
}

/** The one of the files that an absolute path means: of several that fit, the one with the longest path. */
export function fileAtPath<F extends { readonly path: string }>(files: readonly F[], path: string): F | undefined {
	const slashed = path.replaceAll('\\', '/');
	const fitting = files.filter((file) => slashed === file.path || slashed.endsWith(`/${file.path}`));
	return fitting.sort((a, b) => b.path.length - a.path.length)[0];
}

/** Links between a turn and a definition that has a name, whichever way they point. */
function symbolLinks(links: readonly Link[]): { id: string; end: LinkEnd }[] {
	return links.flatMap(({ from, to }) =>
		[
			[from, to],
			[to, from],
		].flatMap(([turn, end]) => (turn?.type === 'turn' && end !== undefined && isNamed(end) ? [{ id: turn.id, end }] : [])),
	);
}

/** A part of a file without a name of its own is labelled by its place. */
function isNamed({ type, label, file_path, start_line = 0 }: LinkEnd): boolean {
	return type === 'chunk' && file_path !== undefined && label !== `${file_path}:${start_line}`;
}

function newestFirst(turns: Iterable<TurnSummary>): TurnSummary[] {
	return [...turns].sort((a, b) => b.started_at.localeCompare(a.started_at));
}

function timeOf([newest]: readonly TurnSummary[]): string {
	return newest?.started_at ?? '';
}

function byPlace(a: SymbolLinks, b: SymbolLinks): number {
	return (a.end.start_line ?? 0) - (b.end.start_line ?? 0);
}
