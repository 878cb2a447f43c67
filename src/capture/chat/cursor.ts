import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { turnId } from '../../core/ids';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { cursorSlug, CursorTranscript, type CursorSeat } from './cursorTranscript';
import { cursorName } from './cursorTurnKey';
import { readLines } from './readLines';
import { sha256 } from './sha256';
import { filesUnder, parsedJson, refsOf } from './transcriptFiles';

/**
 * Cursor's agent transcripts, to fill in what happened before its hooks were installed: in `<projects>/<slug>/agent-transcripts/`
 * `<session>.jsonl`, `<session>.txt` or `<session>/<session>.jsonl`, sub-agents in `<session>/subagents/`; `<projects>` is `~/.cursor/projects`
 * on every system, or CODELEARN_CURSOR_PROJECTS.
 */
export const cursor: TranscriptSource = { name: cursorName, verifiedVersion: '2026-11 (documents)', seenLive: false, backfill: true, find, recognises, read };

const place = /[\\/]([^\\/]+)[\\/]agent-transcripts[\\/](?:[^\\/]+[\\/])?(?:subagents[\\/])?[^\\/]+\.(?:jsonl|txt)$/;

async function find({ home, env, folders = [] }: SourcePlaces): Promise<TranscriptRef[]> {
	const given = env['CODELEARN_CURSOR_PROJECTS'];
	const root = given === undefined || given === '' ? join(home, '.cursor', 'projects') : given;
	const paths = await filesUnder(root, 4, (path) => place.test(path));
	// A session that moved to the newer form may have left its old file behind.
	const current = paths.filter((path) => !path.endsWith('.txt') || !paths.includes(path.replace(/\.txt$/, '.jsonl')));
	const refs = await refsOf(current, cursorName, (path) => ({ session_id: sessionOf(path) }));
	return refs.map((ref) => {
		const slug = slugOf(ref.path)?.toLowerCase();
		const cwd = folders.find((folder) => cursorSlug(folder).toLowerCase() === slug);
		return cwd === undefined ? ref : { ...ref, cwd };
	});
}

function recognises(path: string, head: string): boolean {
	if (place.test(path)) return true;
	return path.endsWith('.jsonl') && /^\s*\{\s*"role":\s*"(user|assistant)",\s*"message":\s*\{\s*"content":\s*\[\s*\{\s*"type":/.test(head);
}

async function* read(path: string, { signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const transcript = new CursorTranscript(await seatOf(path));
	for await (const what of fill(transcript, path, signal)) yield { type: 'unknown', source: cursorName, what };
	const parent = agentOf(path) === undefined ? undefined : await parentTranscript(path, signal);
	const parentOf = (prompt: string): string | undefined => {
		const key = parent?.keyOfTask(prompt);
		return key === undefined ? undefined : turnId(sha256, cursorName, sessionOf(path), key);
	};
	for (const turn of transcript.turns(parentOf)) yield { type: 'turn', turn };
}

async function seatOf(path: string): Promise<CursorSeat> {
	return { session: sessionOf(path), agent: agentOf(path), slug: slugOf(path), modified: (await stat(path)).mtime };
}

/** Reads a file into a transcript; yields the kinds of what was not understood. */
async function* fill(transcript: CursorTranscript, path: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
	if (path.endsWith('.txt')) {
		const speech = new Speech(transcript);
		for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) speech.accept(line);
		speech.end();
		return;
	}
	for await (const line of readLines(path, signal)) {
		const text = 'text' in line ? line.text : '';
		if (text.trim() !== '') yield* acceptLine(transcript, text);
	}
}

function acceptLine(transcript: CursorTranscript, text: string): string[] {
	const value = parsedJson(text);
	return value === undefined ? ['line:unreadable'] : transcript.accept(value);
}

/** The older form: `user:`, `assistant:`, `[Thinking]`, `[Tool call] name` and `[Tool result] name` each begin a piece; what follows belongs to it. */
class Speech {
	#kind = '';
	#name = '';
	#lines: string[] = [];

	constructor(private readonly transcript: CursorTranscript) {}

	accept(line: string): void {
		const head = /^(?:(user|assistant):|\[(Thinking|Tool call|Tool result)\])[ \t]*(.*)$/.exec(line);
		if (head === null) {
			this.#lines.push(line);
			return;
		}
		this.end();
		this.#kind = head[1] ?? head[2] ?? '';
		this.#name = this.#kind.startsWith('Tool') ? (head[3] ?? '').trim() : '';
		this.#lines = this.#name === '' ? [head[3] ?? ''] : [];
	}

	end(): void {
		const words = this.#lines.join('\n').trim();
		if (this.#kind === 'user') this.transcript.prompt(words);
		else if (this.#kind === 'assistant') this.transcript.answer(words);
		else if (this.#kind === 'Tool call') this.transcript.call(this.#name, argsOf(this.#lines));
		this.#kind = '';
		this.#lines = [];
	}
}

/** Arguments as `name: value` lines; a line that names nothing goes on with the value before. */
function argsOf(lines: readonly string[]): Record<string, string> {
	const args = new Map<string, string>();
	let last = '';
	for (const line of lines) {
		const [, name, value = ''] = /^\s{0,4}([A-Za-z_]+): ?(.*)$/.exec(line) ?? [];
		if (name !== undefined) args.set((last = name), value);
		else if (last !== '' && line.trim() !== '') args.set(last, `${args.get(last) ?? ''}\n${line}`);
	}
	return Object.fromEntries(args);
}

function slugOf(path: string): string | undefined {
	return place.exec(path)?.[1];
}

/** Name of a sub-agent's file. */
function agentOf(path: string): string | undefined {
	return basename(dirname(path)) === 'subagents' ? basename(path, extname(path)) : undefined;
}

function sessionOf(path: string): string {
	return agentOf(path) === undefined ? basename(path, extname(path)) : basename(dirname(dirname(path)));
}

/** The transcript of the session that a sub-agent works for; empty when it is gone. */
async function parentTranscript(path: string, signal: AbortSignal | undefined): Promise<CursorTranscript | undefined> {
	const session = sessionOf(path);
	const folder = dirname(dirname(path));
	for (const candidate of [join(folder, `${session}.jsonl`), join(dirname(folder), `${session}.jsonl`)]) {
		try {
			const parent = new CursorTranscript(await seatOf(candidate));
			const unknown = fill(parent, candidate, signal);
			while ((await unknown.next()).done !== true);
			return parent;
		} catch {
			continue;
		}
	}
	return undefined;
}
