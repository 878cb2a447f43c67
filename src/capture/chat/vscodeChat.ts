import { readFile, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { readLines } from './readLines';
import { sha256 } from './sha256';
import { entriesOf, jsonFile, parsedJson } from './transcriptFiles';
import { OperationLog } from './vscodeLog';
import { EditingState, pathOf } from './vscodeSchema';
import { vscodeName, vscodeTurns, type SessionPlace } from './vscodeSession';

/**
 * Chat sessions of VS Code and its relatives: `workspaceStorage/<id>/chatSessions/` and, without a folder,
 * `globalStorage/emptyWindowChatSessions/`; one JSON, or since 1.109 a log of operations (`.jsonl`).
 * The editor writes them up to a minute late.
 */
export const vscodeChat: TranscriptSource = { name: vscodeName, verifiedVersion: '1.139.1', seenLive: true, find, recognises, beside, read };

async function find(places: SourcePlaces): Promise<TranscriptRef[]> {
	const refs: TranscriptRef[] = [];
	for (const user of userFolders(places)) {
		for (const storage of await entriesOf(join(user, 'workspaceStorage'))) {
			const folder = join(user, 'workspaceStorage', storage);
			refs.push(...(await refsIn(join(folder, 'chatSessions'), await folderOfStorage(folder))));
		}
		refs.push(...(await refsIn(join(user, 'globalStorage', 'emptyWindowChatSessions'), undefined)));
	}
	return refs;
}

const products = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor'];

/** `User` folders of every product, and of further relatives, in its usual places; `CODELEARN_VSCODE_USER_DIR` names others instead. */
export function userFolders({ home, platform, env }: SourcePlaces, more: readonly string[] = []): string[] {
	const given = env['CODELEARN_VSCODE_USER_DIR'];
	if (given !== undefined && given !== '') return given.split(delimiter).filter((path) => path !== '');
	const servers = [
		join(home, '.local/share/code-server'),
		join(home, '.vscode-server/data'),
		join(home, '.vscode-server-insiders/data'),
		join(home, '.cursor-server/data'),
	];
	return [...[...products, ...more].map((product) => join(configFolder(home, platform, env), product)), ...servers].map((folder) => join(folder, 'User'));
}

function configFolder(home: string, platform: NodeJS.Platform, env: SourcePlaces['env']): string {
	if (platform === 'darwin') return join(home, 'Library', 'Application Support');
	if (platform === 'win32') return env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
	return env['XDG_CONFIG_HOME'] ?? join(home, '.config');
}

async function refsIn(folder: string, cwd: string | undefined): Promise<TranscriptRef[]> {
	const found = (await entriesOf(folder)).filter((name) => name.endsWith('.jsonl') || name.endsWith('.json'));
	// A session that moved to the log may have left its old file behind.
	const current = found.filter((name) => name.endsWith('.jsonl') || !found.includes(`${name}l`));
	const refs: TranscriptRef[] = [];
	for (const name of current) {
		const path = join(folder, name);
		try {
			const { size, mtime } = await stat(path);
			refs.push({ path, source: vscodeName, session_id: sessionOf(path), ...(cwd === undefined ? {} : { cwd }), bytes: size, modified: mtime.toISOString() });
		} catch {
			// Removed since its folder was listed.
		}
	}
	return refs;
}

function sessionOf(path: string): string {
	return basename(path, extname(path));
}

const Workspace = z.object({ folder: z.string().optional().catch(undefined) });

/** Where this project's extension says the same, since the editor does not where its window is a browser's. */
const ownStorage = 'codelearn.codelearn';

/** The folder that a workspace storage belongs to; a workspace of several folders has none. */
export async function folderOfStorage(storage: string): Promise<string | undefined> {
	for (const file of [join(storage, 'workspace.json'), join(storage, ownStorage, 'workspace.json')]) {
		const folder = Workspace.safeParse(await jsonFile(file)).data?.folder;
		if (folder !== undefined) return pathOf(folder);
	}
	return undefined;
}

function recognises(path: string, head: string): boolean {
	if (!/\.jsonl?$/.test(path)) return false;
	if (/[\\/](?:chatSessions|emptyWindowChatSessions|transferredChatSessions)[\\/][^\\/]+$/.test(path)) return true;
	if (/^\s*\{"kind":0,"v":\{/.test(head)) return /"(?:requests|creationDate|responderUsername)":/.test(head);
	return /^\s*\{/.test(head) && head.includes('"responderUsername":') && /"(?:requests|requesterUsername)":/.test(head);
}

async function* read(path: string, { signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const { state, damaged } = await stateOf(path, signal);
	for (let count = 0; count < damaged; count += 1) yield { type: 'unknown', source: vscodeName, what: 'line' };
	if (state === undefined) return;
	const { turns, unknown } = vscodeTurns(state, await placeOf(path));
	for (const what of unknown) yield { type: 'unknown', source: vscodeName, what };
	for (const turn of turns) yield { type: 'turn', turn };
}

/** The session's state: one JSON value, or what its operations add up to. */
async function stateOf(path: string, signal: AbortSignal | undefined): Promise<{ state: unknown; damaged: number }> {
	if (path.endsWith('.json')) {
		const state = await jsonFile(path);
		return { state, damaged: state === undefined ? 1 : 0 };
	}
	const log = new OperationLog();
	let damaged = 0;
	for await (const line of readLines(path, signal)) {
		if ('text' in line && line.text.trim() === '') continue;
		if (!('text' in line) || !log.apply(parsedJson(line.text))) damaged += 1;
	}
	return { state: log.state, damaged };
}

/** Hashes of editing states, by their times: the editor writes those of open sessions anew every few seconds, mostly without a change. */
const hashes = new Map<string, { readonly modified: number; readonly hash: string }>();

/** The editing session, which is written after the chat, and again when its edits are kept or undone. */
async function beside(path: string): Promise<string> {
	const file = editingStateOf(path);
	try {
		const { mtimeMs } = await stat(file);
		const known = hashes.get(file);
		if (known?.modified === mtimeMs) return known.hash;
		const hash = sha256(await readFile(file, 'utf8'));
		hashes.set(file, { modified: mtimeMs, hash });
		return hash;
	} catch {
		return ''; // a session without edits has none
	}
}

function editingStateOf(path: string): string {
	return join(dirname(dirname(path)), 'chatEditingSessions', sessionOf(path), 'state.json');
}

async function placeOf(path: string): Promise<SessionPlace> {
	const sessionId = sessionOf(path);
	const storage = dirname(dirname(path));
	const editing = EditingState.safeParse(await jsonFile(editingStateOf(path))).data;
	return { sessionId, cwd: await folderOfStorage(storage), editing };
}
