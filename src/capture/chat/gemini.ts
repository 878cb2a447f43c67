import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { keepAll, type Kept } from './frontier';
import { GeminiCarry, geminiName, GeminiSession } from './geminiSession';
import { readLines } from './readLines';
import { readLog, type LogSession } from './readLog';
import { sha256 } from './sha256';
import { entriesOf, filesUnder, jsonFile, parsedJson, refOf, stringField } from './transcriptFiles';

/**
 * Gemini CLI: `${GEMINI_CLI_HOME:-~}/.gemini/tmp/<project>/chats/session-<time>-<id>.jsonl` (a log, since 0.40) or `.json` (rewritten whole);
 * sub-agents in `chats/<session>/<agent>.jsonl`.
 */
export const gemini: TranscriptSource = { name: geminiName, verifiedVersion: '0.61.0', seenLive: true, find, recognises, further, read };

async function find({ home, env }: SourcePlaces): Promise<TranscriptRef[]> {
	const root = join(env['GEMINI_CLI_HOME'] ?? home, '.gemini', 'tmp');
	const paths = await filesUnder(root, 3, (path) => /[\\/]chats[\\/](session-[^\\/]*\.jsonl?|[^\\/]+[\\/][^\\/]+\.jsonl)$/.test(path));
	const refs: TranscriptRef[] = [];
	const folders = new Map<string, Promise<string | undefined>>();
	for (const path of paths) {
		// A session that moved to the log may have left its old file behind.
		if (path.endsWith('.json') && paths.includes(`${path}l`)) continue;
		const project = projectOf(path);
		const folder = folders.get(project) ?? projectFolder(path);
		folders.set(project, folder);
		const cwd = await folder;
		const ref = await refOf(path, geminiName, (head) => ({ session_id: parentSessionOf(path) ?? stringField(head, 'sessionId') ?? nameOf(path), cwd }));
		if (ref !== undefined) refs.push(ref);
	}
	return refs;
}

function recognises(path: string, head: string): boolean {
	if (!/\.jsonl?$/.test(path)) return false;
	if (/[\\/]\.gemini[\\/]tmp[\\/].*[\\/]chats[\\/]/.test(path)) return true;
	return /^\s*\{\s*"sessionId":\s*"[^"]*",\s*"projectHash":\s*"/.test(head);
}

/** Sub-agents' files. Hooks name the session's own alone. */
async function further(path: string, session: string): Promise<string[]> {
	if (!/^[\w-]+$/.test(session)) return [];
	const folder = join(dirname(path), session);
	return (await entriesOf(folder)).filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name));
}

async function* read(path: string, options: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const place = { fallbackSession: nameOf(path), parentSession: parentSessionOf(path), cwd: await projectFolder(path) };
	if (path.endsWith('.json')) yield* readWhole(path, new GeminiSession(place, undefined, keepAll));
	else yield* readLog(path, options, { source: geminiName, open: (carry, keep) => openLog(path, place, { carry, keep, signal: options.signal }) });
}

/** An older file is one JSON value. */
async function* readWhole(path: string, session: GeminiSession): AsyncGenerator<CaptureEvent> {
	for (const what of acceptRecord(session, await jsonFile(path), 0)) yield { type: 'unknown', source: geminiName, what };
	for (const turn of session.rest()) yield { type: 'turn', turn };
}

interface Opening {
	readonly carry: unknown;
	readonly keep: Kept;
	readonly signal: AbortSignal | undefined;
}

function openLog(path: string, place: ConstructorParameters<typeof GeminiSession>[0], { carry, keep, signal }: Opening): LogSession | undefined {
	const known = GeminiCarry.optional().safeParse(carry);
	if (!known.success) return undefined;
	const session = new GeminiSession(place, known.data, keep);
	let parent: Promise<string | undefined> | undefined;
	const parentOf = (): Promise<string | undefined> =>
		(parent ??= session.agent === undefined ? Promise.resolve(undefined) : parentTurn(path, session.agent, signal));
	return {
		accept: (text, start) => acceptText(session, text, start),
		finished: async () => (session.waiting === 0 ? [] : session.finished(await parentOf())),
		rest: async () => session.rest(await parentOf()),
		mark: () => session.mark(),
		late: session.late,
	};
}

function acceptText(session: GeminiSession, text: string, start: number): string[] {
	return text.trim() === '' ? [] : acceptRecord(session, parsedJson(text), start);
}

function acceptRecord(session: GeminiSession, record: unknown, start: number): string[] {
	return record === undefined ? ['line:unreadable'] : session.accept(record, start);
}

function nameOf(path: string): string {
	return basename(path, extname(path));
}

/** The session a sub-agent's file lies under. */
function parentSessionOf(path: string): string | undefined {
	const folder = dirname(path);
	return basename(dirname(folder)) === 'chats' ? basename(folder) : undefined;
}

/** The turn that started a sub-agent, read from the parent's file beside. */
async function parentTurn(path: string, agent: string, signal: AbortSignal | undefined): Promise<string | undefined> {
	const parentSession = parentSessionOf(path);
	if (parentSession === undefined) return undefined;
	const chats = dirname(dirname(path));
	const name = (await entriesOf(chats)).find((one) => one.startsWith('session-') && one.endsWith(`-${parentSession.slice(0, 8)}.jsonl`));
	if (name === undefined) return undefined;
	const parent = new GeminiSession({ fallbackSession: parentSession });
	for await (const line of readLines(join(chats, name), signal)) {
		if ('text' in line) acceptText(parent, line.text, line.start);
		parent.finished();
	}
	const key = parent.keyOfAgent(agent);
	return key === undefined ? undefined : turnId(sha256, geminiName, parentSession, key);
}

/** The folder of a project's files. */
function projectOf(path: string): string {
	return dirname(parentSessionOf(path) === undefined ? dirname(path) : dirname(dirname(path)));
}

const Projects = z.object({ projects: z.record(z.string(), z.string()) });

/** The folder that a transcript's project stands for: noted beside the chats, or in the list of projects; older versions name a project by its hash. */
async function projectFolder(path: string): Promise<string | undefined> {
	const project = projectOf(path);
	const noted = await readFile(join(project, '.project_root'), 'utf8').catch(() => '');
	if (noted.trim() !== '') return noted.trim();
	const list = Projects.safeParse(await jsonFile(join(dirname(dirname(project)), 'projects.json'))).data?.projects ?? {};
	const name = basename(project);
	return Object.entries(list).find(([folder, id]) => id === name || (name.length === 64 && sha256(folder) === name))?.[0];
}
