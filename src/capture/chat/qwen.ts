import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import type { Kept } from './frontier';
import { QwenCarry, QwenLine, qwenName, QwenSession } from './qwenSession';
import { readLines } from './readLines';
import { readLog, type LogSession } from './readLog';
import { sha256 } from './sha256';
import { entriesOf, filesUnder, jsonFile, parsedJson, refsOf, stringField } from './transcriptFiles';

/**
 * Qwen Code: `${QWEN_RUNTIME_DIR:-${QWEN_HOME:-~/.qwen}}/projects/<folder>/chats/<session>.jsonl`;
 * sub-agents in `projects/<folder>/subagents/<session>/agent-<id>.jsonl`, with a `.meta.json` that names the call which started them.
 */
export const qwen: TranscriptSource = { name: qwenName, verifiedVersion: '0.24.4', seenLive: true, find, recognises, further, read };

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

/** Sub-agents' files. Hooks name the session's own alone. */
async function further(path: string, session: string): Promise<string[]> {
	if (!/^[\w-]+$/.test(session)) return [];
	const folder = join(dirname(dirname(path)), 'subagents', session);
	return (await entriesOf(folder)).filter((name) => /^agent-.*\.jsonl$/.test(name)).map((name) => join(folder, name));
}

function read(path: string, options: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	return readLog(path, options, { source: qwenName, open: (carry, keep) => openLog(path, carry, keep, options.signal) });
}

function openLog(path: string, carry: unknown, keep: Kept, signal: AbortSignal | undefined): LogSession | undefined {
	const known = QwenCarry.optional().safeParse(carry);
	if (!known.success) return undefined;
	const session = new QwenSession(sessionOf(path), known.data, keep);
	let parent: Promise<string | undefined> | undefined;
	const parentOf = (): Promise<string | undefined> => (parent ??= parentTurn(path, signal));
	return {
		accept: (text, start) => acceptText(session, text, start),
		finished: async () => (session.waiting === 0 ? [] : session.finished(await parentOf())),
		rest: async () => session.rest(await parentOf()),
		mark: () => session.mark(),
		late: session.late,
	};
}

function acceptText(session: QwenSession, text: string, start: number): string[] {
	if (text.trim() === '') return [];
	const line = QwenLine.safeParse(parsedJson(text)).data;
	return line === undefined ? ['line:unreadable'] : session.accept(line, start);
}

const Meta = z.object({ toolUseId: z.string() });

/** The turn that started a sub-agent, read from the session's file. */
async function parentTurn(path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
	const parentSession = parentSessionOf(path);
	const call = Meta.safeParse(await jsonFile(path.replace(/\.jsonl$/, '.meta.json'))).data?.toolUseId;
	if (parentSession === undefined || call === undefined) return undefined;
	const parent = new QwenSession(parentSession, undefined, new Set());
	try {
		for await (const line of readLines(join(dirname(dirname(dirname(path))), 'chats', `${parentSession}.jsonl`), signal)) {
			if ('text' in line) acceptText(parent, line.text, line.start);
			parent.finished();
		}
	} catch {
		// The session may be gone already; then its parent stays unknown.
		signal?.throwIfAborted();
	}
	const key = parent.keyOfCall(call);
	return key === undefined ? undefined : turnId(sha256, qwenName, parentSession, key);
}
