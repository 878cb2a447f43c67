import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { lineOf, skippedLine } from './codexLine';
import { CodexCarry, CodexSession } from './codexSession';
import { codexName } from './codexTurn';
import { keepAll, type Kept } from './frontier';
import { linesOf, type FileLine } from './readLines';
import { logOf, readLog, type LogSession } from './readLog';
import { filesUnder, parsedJson, refsOf, stringField } from './transcriptFiles';
import { unpackedZstd } from './zstd';

/**
 * Codex: `${CODEX_HOME:-~/.codex}/sessions/<year>/<month>/<day>/rollout-<time>-<session>.jsonl`, put away in `archived_sessions/`; cold ones may be
 * compressed (`.jsonl.zst`). The command line, the editors' extension and the desktop app write the same.
 */
export const codex: TranscriptSource = { name: codexName, verifiedVersion: '0.169.0', seenLive: true, find, recognises, read };

async function find({ home, env }: SourcePlaces): Promise<TranscriptRef[]> {
	const root = env['CODEX_HOME'] ?? join(home, '.codex');
	const paths = [...(await filesUnder(join(root, 'sessions'), 3, isRollout)), ...(await filesUnder(join(root, 'archived_sessions'), 3, isRollout))];
	// A file that is being compressed lies beside its packed form for a moment.
	const current = paths.filter((path) => !path.endsWith('.zst') || !paths.includes(path.slice(0, -'.zst'.length)));
	return refsOf(current, codexName, (path, head) => ({ session_id: stringField(head, 'id') ?? sessionOf(path), cwd: stringField(head, 'cwd') }));
}

function isRollout(path: string): boolean {
	return /^rollout-.*\.jsonl(\.zst)?$/.test(basename(path));
}

function sessionOf(path: string): string {
	const name = basename(path).replace(/\.jsonl(\.zst)?$/, '');
	return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(name)?.[0] ?? name;
}

function recognises(path: string, head: string): boolean {
	if (isRollout(path)) return /[\\/](sessions|archived_sessions)[\\/]/.test(path) || path.endsWith('.zst') || isHead(head);
	return path.endsWith('.jsonl') && isHead(head);
}

function isHead(head: string): boolean {
	return /^\s*\{"timestamp":"[^"]*",(?:"ordinal":\d+,)?"type":"session_meta","payload":\{/.test(head);
}

async function* read(path: string, options: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	if (path.endsWith('.zst')) yield* readPacked(path);
	else yield* readLog(path, options, { source: codexName, open: (carry, keep) => openLog(path, carry, keep) });
}

function openLog(path: string, carry: unknown, keep: Kept): LogSession | undefined {
	const known = CodexCarry.optional().safeParse(carry);
	if (!known.success) return undefined;
	const session = new CodexSession(sessionOf(path), known.data, keep);
	return logOf(session, (text, start) => acceptText(session, text, start));
}

/** A packed file does not grow, so it has no marks. */
async function* readPacked(path: string): AsyncGenerator<CaptureEvent> {
	const lines = await packedLines(path);
	if (typeof lines === 'string') {
		yield { type: 'unknown', source: codexName, what: lines };
		return;
	}
	const session = new CodexSession(sessionOf(path), undefined, keepAll);
	for (const line of lines) {
		const unknown = 'text' in line ? acceptText(session, line.text, line.start) : ['line too long'];
		for (const what of unknown) yield { type: 'unknown', source: codexName, what };
	}
	for (const turn of session.rest()) yield { type: 'turn', turn };
}

/** A packed file is read at once; longer ones are left out. */
const longestPacked = 64 * 1024 * 1024;

/** The lines of a packed file, or why there are none. */
async function packedLines(path: string): Promise<Iterable<FileLine> | string> {
	if ((await stat(path)).size > longestPacked) return 'zst:too long';
	const { text, problem } = unpackedZstd(await readFile(path));
	return text === undefined ? `zst:${problem}` : linesOf(text);
}

function acceptText(session: CodexSession, text: string, start: number): string[] {
	const skipped = skippedLine(text);
	if (skipped !== undefined) {
		session.passed(skipped.timestamp);
		return [];
	}
	if (text.trim() === '') return [];
	const line = lineOf(parsedJson(text));
	return line === undefined ? ['line:unreadable'] : session.accept(line, start);
}
