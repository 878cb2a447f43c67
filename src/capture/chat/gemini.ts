import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { geminiName, GeminiSession } from './geminiSession';
import { readLines } from './readLines';
import { sha256 } from './sha256';
import { entriesOf, filesUnder, jsonFile, parsedJson, refOf, stringField } from './transcriptFiles';

/**
 * Gemini CLI: `${GEMINI_CLI_HOME:-~}/.gemini/tmp/<project>/chats/session-<time>-<id>.jsonl` (a log, since 0.40) or `.json` (rewritten whole);
 * sub-agents in `chats/<session>/<agent>.jsonl`.
 */
export const gemini: TranscriptSource = { name: geminiName, verifiedVersion: '0.61.0', seenLive: true, find, recognises, read };

async function find({ home, env }: SourcePlaces): Promise<TranscriptRef[]> {
	const root = join(env['GEMINI_CLI_HOME'] ?? home, '.gemini', 'tmp');
	const paths = await filesUnder(root, 3, (path) => /[\\/]chats[\\/](session-[^\\/]*\.jsonl?|[^\\/]+[\\/][^\\/]+\.jsonl)$/.test(path));
	const refs: TranscriptRef[] = [];
	for (const path of paths) {
		// A session that moved to the log may have left its old file behind.
		if (path.endsWith('.json') && paths.includes(`${path}l`)) continue;
		const cwd = await projectFolder(path);
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

async function* read(path: string, { signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const session = new GeminiSession(nameOf(path), parentSessionOf(path), await projectFolder(path));
	for await (const record of recordsOf(path, signal)) for (const what of acceptOf(session, record)) yield { type: 'unknown', source: geminiName, what };
	const parent = session.agent === undefined ? undefined : await parentTurn(path, session.agent, signal);
	for (const turn of session.turns(parent)) yield { type: 'turn', turn };
}

function acceptOf(session: GeminiSession, record: unknown): string[] {
	return record === undefined ? ['line:unreadable'] : session.accept(record);
}

/** The records of a log, or the one value of an older file; undefined for one that cannot be read. */
async function* recordsOf(path: string, signal: AbortSignal | undefined): AsyncGenerator {
	if (path.endsWith('.json')) {
		yield await jsonFile(path);
		return;
	}
	for await (const line of readLines(path, signal)) if (!('text' in line) || line.text.trim() !== '') yield 'text' in line ? parsedJson(line.text) : undefined;
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
	const parent = new GeminiSession(parentSession);
	for await (const record of recordsOf(join(chats, name), signal)) parent.accept(record);
	const key = parent.keyOfAgent(agent);
	return key === undefined ? undefined : turnId(sha256, geminiName, parentSession, key);
}

const Projects = z.object({ projects: z.record(z.string(), z.string()) });

/** The folder that a transcript's project stands for: noted beside the chats, or in the list of projects; older versions name a project by its hash. */
async function projectFolder(path: string): Promise<string | undefined> {
	const chats = parentSessionOf(path) === undefined ? dirname(path) : dirname(dirname(path));
	const project = dirname(chats);
	const noted = await readFile(join(project, '.project_root'), 'utf8').catch(() => '');
	if (noted.trim() !== '') return noted.trim();
	const list = Projects.safeParse(await jsonFile(join(dirname(dirname(project)), 'projects.json'))).data?.projects ?? {};
	const name = basename(project);
	return Object.entries(list).find(([folder, id]) => id === name || (name.length === 64 && sha256(folder) === name))?.[0];
}
