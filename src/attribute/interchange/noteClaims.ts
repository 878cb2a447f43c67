import { NoteMessage } from '../../core/authorshipNote';
import type { NoteSession } from '../../core/authorshipNote';
import type { AuthorshipNote, NoteDraft, NoteEntry } from './authorshipNote';
import { isWritable, ownMark, sessionOf } from './authorshipNote';
import type { ClaimedTurn, Hash, ReadClaims } from './claims';
import { ourName, theirName } from './claims';
import type { LineRange } from './lineRanges';
import { countOf, without } from './lineRanges';

/**
 * The turns that a note tells of. git-ai tells sessions and checkpoints; a checkpoint, or where there is none the session, becomes one
 * turn, and the same one after a rebase, which copies the keys to other commits.
 */
export function claimsOfNote(note: AuthorshipNote, commit: string, at: string): ReadClaims {
	const turns = new Map<string, ClaimedTurn & { files: { path: string; ranges: LineRange[] }[] }>();
	let otherLines = 0;
	const refused = note.damaged === 0 ? [] : [{ reason: 'entries that could not be read', what: `${note.damaged} in the note of ${commit.slice(0, 10)}` }];
	for (const { path, entries } of note.files)
		for (const { key, ranges } of withoutCovered(entries)) {
			const session = sessionOf(note, key);
			if (key.startsWith('h_')) otherLines += countOf(ranges);
			else if (session === undefined)
				refused.push({ reason: 'the session of an entry is not described', what: `${key} in the note of ${commit.slice(0, 10)}` });
			else {
				const turn = turns.get(key) ?? { ...turnOf(key, session, commit, at), files: [] };
				turns.set(key, turn);
				turn.files.push({ path, ranges: [...ranges] });
			}
		}
	return { turns: [...turns.values()], otherLines, refused };
}

/** Of entries that overlap the later one holds. */
function withoutCovered(entries: readonly NoteEntry[]): NoteEntry[] {
	const left: NoteEntry[] = [];
	let taken: LineRange[] = [];
	for (const { key, ranges } of entries.toReversed()) {
		const own = without(ranges, taken);
		if (own.length > 0) left.unshift({ key, ranges: own });
		taken = [...taken, ...ranges];
	}
	return left;
}

function turnOf(key: string, session: NoteSession, commit: string, at: string): Omit<ClaimedTurn, 'files'> {
	const { agent_id, custom_attributes } = session;
	const trace = key.split('::')[1] ?? '';
	const own = custom_attributes?.[ownMark] === undefined ? undefined : custom_attributes[trace];
	const said = (type: string) => messagesOf(session).find((message) => message.type === type)?.text;
	const [prompt, response] = [said('user'), said('assistant')];
	return {
		assistant: ourName(agent_id.tool),
		session_id: agent_id.id,
		turn_key: own ?? `git-ai:${key}`,
		at,
		...(agent_id.model !== undefined && agent_id.model !== 'unknown' && { model: agent_id.model }),
		...(prompt !== undefined && { prompt }),
		...(response !== undefined && { response }),
		origin: `git-ai's note on commit ${commit.slice(0, 10)}`,
		own: own !== undefined,
	};
}

function messagesOf({ messages }: NoteSession): { type: string; text: string }[] {
	return (messages ?? []).flatMap((message) => NoteMessage.safeParse(message).data ?? []);
}

/** The parts of a turn that a note holds. */
export interface NotedTurn {
	readonly id: string;
	readonly assistant: string;
	readonly session_id: string;
	readonly turn_key: string;
	readonly model?: string | undefined;
}

/** Lines of a file that a commit added, by who wrote them. */
export interface NotedLines extends LineRange {
	readonly by: NotedTurn | 'human';
}

/** What a note says of the files of a commit. Neither prompts nor code stand in it, only who, and which lines. */
export function noteDraft(files: readonly { path: string; lines: readonly NotedLines[] }[], version: string, author: string, sha256: Hash): NoteDraft {
	const sessions: Record<string, NoteSession> = {};
	const humans: Record<string, { author: string }> = {};
	const drafts = files
		.filter(({ path }) => isWritable(path))
		.map(({ path, lines }) => {
			const entries = new Map<string, LineRange[]>();
			for (const { by, from, to } of lines) {
				const key = by === 'human' ? humanKey(author, humans, sha256) : turnKey(by, version, sessions, sha256);
				entries.set(key, [...(entries.get(key) ?? []), { from, to }]);
			}
			return { path, entries: [...entries].map(([key, ranges]) => ({ key, ranges })) };
		});
	return { files: drafts.filter(({ entries }) => entries.length > 0), sessions, humans };
}

function humanKey(author: string, humans: Record<string, { author: string }>, sha256: Hash): string {
	const key = `h_${sha256(author).slice(0, 14)}`;
	humans[key] = { author };
	return key;
}

/** The trace's name is the beginning of the turn's id; the rest of what names the turn stands in the session's attributes. */
function turnKey(turn: NotedTurn, version: string, sessions: Record<string, NoteSession>, sha256: Hash): string {
	const tool = theirName(turn.assistant);
	const name = `s_${sha256(`${tool}:${turn.session_id}`).slice(0, 14)}`;
	const trace = turn.id.slice(0, 16);
	const agent_id = sessions[name]?.agent_id ?? { tool, id: turn.session_id, model: turn.model ?? 'unknown' };
	sessions[name] = { agent_id, custom_attributes: { [ownMark]: version, ...sessions[name]?.custom_attributes, [trace]: turn.turn_key } };
	return `${name}::${trace}`;
}
