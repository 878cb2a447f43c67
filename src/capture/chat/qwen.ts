import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { QwenLine, qwenName, QwenSession } from './qwenSession';
import { readLines } from './readLines';
import { sha256 } from './sha256';
import { filesUnder, jsonFile, parsedJson, refsOf, stringField } from './transcriptFiles';

/**
 * Qwen Code: `${QWEN_RUNTIME_DIR:-${QWEN_HOME:-~/.qwen}}/projects/<folder>/chats/<session>.jsonl`;
 * sub-agents in `projects/<folder>/subagents/<session>/agent-<id>.jsonl`, with a `.meta.json` that names the call which started them.
 */
export const qwen: TranscriptSource = { name: qwenName, verifiedVersion: '0.24.4', seenLive: true, find, recognises, read };

async function find({ home, env }: SourcePlaces): Promise<TranscriptRef[]> {
	const root = env['QWEN_RUNTIME_DIR'] ?? env['QWEN_HOME'] ?? join(home, '.qwen');
	const paths = await filesUnder(join(root, 'projects'), 3, (path) => /[\\/](chats[\\/][^\\/]+|subagents[\\/][^\\/]+[\\/]agent-[^\\/]+)\.jsonl$/.test(path));
	return refsOf(paths, qwenName, (path, head) => ({ session_id: stringField(head, 'sessionId') ?? sessionOf(path), cwd: stringField(head, 'cwd') }));
}

/** The session that a sub-agent's file lies under. */
function parentSessionOf(path: string): string | undefined {
	const folder = dirname(path);
	return basename(dirname(folder)) === 'subagents' ? basename(folder) : undefined;
}

function sessionOf(path: string): string {
	return parentSessionOf(path) ?? basename(path, '.jsonl');
}

function recognises(path: string, head: string): boolean {
	if (!path.endsWith('.jsonl')) return false;
	if (/[\\/]\.qwen[\\/]projects[\\/]/.test(path)) return true;
	return head.includes('"parentUuid":') && head.includes('"sessionId":"') && /"message":\{"role":"[a-z]+","parts":\[/.test(head);
}

async function* read(path: string, { signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const session = new QwenSession(sessionOf(path));
	for (const what of await fill(session, path, signal)) yield { type: 'unknown', source: qwenName, what };
	for (const turn of session.turns(await parentTurn(path, signal))) yield { type: 'turn', turn };
}

async function fill(session: QwenSession, path: string, signal: AbortSignal | undefined): Promise<string[]> {
	const unknown: string[] = [];
	for await (const line of readLines(path, signal)) {
		if (!('text' in line)) unknown.push('line too long');
		else if (line.text.trim() !== '') unknown.push(...acceptText(session, line.text));
	}
	return unknown;
}

function acceptText(session: QwenSession, text: string): string[] {
	const line = QwenLine.safeParse(parsedJson(text)).data;
	return line === undefined ? ['line:unreadable'] : session.accept(line);
}

const Meta = z.object({ toolUseId: z.string() });

/** The turn that started a sub-agent, read from the session's file. */
async function parentTurn(path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
	const parentSession = parentSessionOf(path);
	const call = Meta.safeParse(await jsonFile(path.replace(/\.jsonl$/, '.meta.json'))).data?.toolUseId;
	if (parentSession === undefined || call === undefined) return undefined;
	const parent = new QwenSession(parentSession);
	try {
		await fill(parent, join(dirname(dirname(dirname(path))), 'chats', `${parentSession}.jsonl`), signal);
	} catch {
		// The session may be gone already; then its parent stays unknown.
		signal?.throwIfAborted();
	}
	const key = parent.keyOfCall(call);
	return key === undefined ? undefined : turnId(sha256, qwenName, parentSession, key);
}
