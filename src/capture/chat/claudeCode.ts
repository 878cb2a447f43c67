import { existsSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { TurnObservationInput } from '../../core/turn';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { ClaudeLine, isBookkeeping, skippedLine } from './claudeLine';
import { ClaudeCarry, claudeName, ClaudeSession, type TurnName } from './claudeSession';
import { recordOf } from './fields';
import type { Kept } from './frontier';
import { readLines } from './readLines';
import { readLog, type LogSession } from './readLog';
import { entriesOf, parsedJson, refsOf, stringField } from './transcriptFiles';

/**
 * Claude Code: `${CLAUDE_CONFIG_DIR:-~/.claude}/projects/<folder>/<session>.jsonl`, sub-agents in
 * `<session>/subagents/agent-<id>.jsonl` (older versions: `agent-<id>.jsonl` beside). The command line, the VS Code extension and the desktop app write the same.
 */
export const claudeCode: TranscriptSource = { name: claudeName, verifiedVersion: '2.1.330', seenLive: true, find, recognises, read };

async function find(places: SourcePlaces): Promise<TranscriptRef[]> {
	const root = join(places.env['CLAUDE_CONFIG_DIR'] ?? join(places.home, '.claude'), 'projects');
	const paths: string[] = [];
	for (const folder of await entriesOf(root)) paths.push(...(await transcriptsIn(join(root, folder))));
	return refsOf(paths, claudeName, (path, head) => ({ session_id: stringField(head, 'sessionId') ?? sessionOfPath(path), cwd: stringField(head, 'cwd') }));
}

async function transcriptsIn(folder: string): Promise<string[]> {
	const found: string[] = [];
	for (const name of await entriesOf(folder)) {
		if (name.endsWith('.jsonl')) found.push(join(folder, name));
		else for (const inner of await entriesOf(join(folder, name, 'subagents'))) if (inner.endsWith('.jsonl')) found.push(join(folder, name, 'subagents', inner));
	}
	return found;
}

function sessionOfPath(path: string): string {
	const name = basename(path, '.jsonl');
	const parts = path.split(sep);
	return name.startsWith('agent-') && parts.at(-2) === 'subagents' ? (parts.at(-3) ?? name) : name;
}

function recognises(path: string, head: string): boolean {
	if (!path.endsWith('.jsonl')) return false;
	if (/[\\/]\.claude[\\/]projects[\\/]/.test(path)) return true;
	// Qwen Code writes the same envelope round messages made of `parts`.
	return head.includes('"sessionId":"') && /"(parentUuid|leafUuid)":/.test(head) && !head.includes('"parts":[');
}

function read(path: string, options: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	return readLog(path, options, { source: claudeName, open: (carry, keep) => openLog(path, carry, keep) });
}

function openLog(path: string, carry: unknown, keep: Kept): LogSession | undefined {
	const known = ClaudeCarry.optional().safeParse(carry);
	if (!known.success) return undefined;
	const session = new ClaudeSession(sessionOfPath(path), known.data, keep);
	const named = namesIn(dirname(path), session);
	return {
		accept: (text, start) => acceptText(session, text, start),
		finished: () => named(session.finished()),
		rest: () => named(session.rest()),
		mark: () => session.mark(),
		late: session.late,
	};
}

/**
 * Gives turns that a fork has copied the names that they have in the transcript they come from, which lies in the same folder, so that they
 * count once. Where that one is gone they keep the uuid of the prompt's line as their key, which is the same in every copy.
 */
function namesIn(folder: string, session: ClaudeSession): (turns: TurnObservationInput[]) => Promise<TurnObservationInput[]> {
	const origins = new Map<string, ReadonlyMap<string, TurnName>>();
	return async (turns) => {
		for (const { session_id, turn_key } of turns)
			if (session.copied.has(turn_key) && !origins.has(session_id)) origins.set(session_id, await ownTurns(join(folder, `${basename(session_id)}.jsonl`)));
		return turns.map((turn) => (session.copied.has(turn.turn_key) ? { ...turn, ...origins.get(turn.session_id)?.get(turn.turn_key) } : turn));
	};
}

/** The names of a transcript's own turns by the uuids of their prompts; none when it cannot be read. */
async function ownTurns(path: string): Promise<ReadonlyMap<string, TurnName>> {
	const session = new ClaudeSession(sessionOfPath(path), undefined, keepNone);
	if (!existsSync(path)) return session.own;
	for await (const line of readLines(path)) {
		if ('text' in line) acceptText(session, line.text, line.start);
		session.finished();
	}
	return session.own;
}

const keepNone: Kept = new Set<string>();

function acceptText(session: ClaudeSession, text: string, start: number): string[] {
	if (text.trim() === '') return [];
	const skipped = skippedLine(text);
	if (skipped !== undefined) {
		session.link(skipped.uuid, skipped.parentUuid);
		return [];
	}
	const line = recordOf(parsedJson(text), ClaudeLine);
	if (line === undefined) return ['line:unreadable'];
	if (line.type === 'user' || line.type === 'assistant') return session.accept(line, start);
	session.link(line.uuid, line.parentUuid ?? line.logicalParentUuid);
	return line.type === 'system' || isBookkeeping(line.type) ? [] : [`line:${line.type.slice(0, 40)}`];
}
