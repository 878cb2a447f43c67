import { readdir, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { CaptureEvent, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { ClaudeLine, isBookkeeping, skippedLine } from './claudeLine';
import { claudeName, ClaudeSession } from './claudeSession';
import { readHead, readLines } from './readLines';

/**
 * Claude Code: `${CLAUDE_CONFIG_DIR:-~/.claude}/projects/<folder>/<session>.jsonl`, sub-agents in
 * `<session>/subagents/agent-<id>.jsonl` (older versions: `agent-<id>.jsonl` beside). The command line, the VS Code extension and the desktop app write the same.
 */
export const claudeCode: TranscriptSource = { name: claudeName, verifiedVersion: '2.1.330', seenLive: true, find, recognises, read };

async function find(places: SourcePlaces): Promise<TranscriptRef[]> {
	const root = join(places.env['CLAUDE_CONFIG_DIR'] ?? join(places.home, '.claude'), 'projects');
	const refs: TranscriptRef[] = [];
	for (const folder of await names(root)) {
		for (const path of await transcriptsIn(join(root, folder))) {
			const ref = await refOf(path);
			if (ref !== undefined) refs.push(ref);
		}
	}
	return refs;
}

async function transcriptsIn(folder: string): Promise<string[]> {
	const found: string[] = [];
	for (const name of await names(folder)) {
		if (name.endsWith('.jsonl')) found.push(join(folder, name));
		else for (const inner of await names(join(folder, name, 'subagents'))) if (inner.endsWith('.jsonl')) found.push(join(folder, name, 'subagents', inner));
	}
	return found;
}

/** Entries in order; a folder that is missing or no folder has none. */
async function names(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).sort();
	} catch {
		return [];
	}
}

/** Long enough for the lines before the first one that names the folder. */
const headBytes = 64 * 1024;

async function refOf(path: string): Promise<TranscriptRef | undefined> {
	try {
		const { size, mtime } = await stat(path);
		const head = await readHead(path, Math.min(headBytes, Math.max(size, 1)));
		const cwd = stringField(head, 'cwd');
		return {
			path,
			source: claudeName,
			session_id: stringField(head, 'sessionId') ?? sessionOfPath(path),
			...(cwd === undefined ? {} : { cwd }),
			bytes: size,
			modified: mtime.toISOString(),
		};
	} catch {
		// Removed since its folder was listed.
		return undefined;
	}
}

/** The first value of a field in raw JSON. A quote inside any text is escaped there, so that text cannot imitate a field. */
function stringField(head: string, field: string): string | undefined {
	const raw = new RegExp(`[{,]"${field}":("(?:[^"\\\\]|\\\\.)*")`).exec(head)?.[1];
	if (raw === undefined) return undefined;
	const value: unknown = JSON.parse(raw);
	return typeof value === 'string' ? value : undefined;
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

async function* read(path: string, signal?: AbortSignal): AsyncGenerator<CaptureEvent> {
	const session = new ClaudeSession(sessionOfPath(path));
	for await (const line of readLines(path, signal)) {
		const unknown = 'text' in line ? acceptText(session, line.text) : ['line too long'];
		for (const what of unknown) yield { type: 'unknown', source: claudeName, what };
	}
	for (const turn of session.turns()) yield { type: 'turn', turn };
}

function acceptText(session: ClaudeSession, text: string): string[] {
	if (text.trim() === '') return [];
	const skipped = skippedLine(text);
	if (skipped !== undefined) {
		session.link(skipped.uuid, skipped.parentUuid);
		return [];
	}
	const line = parsed(text);
	if (line === undefined) return ['line:unreadable'];
	if (line.type === 'user' || line.type === 'assistant') return session.accept(line);
	session.link(line.uuid, line.parentUuid ?? line.logicalParentUuid);
	return line.type === 'system' || isBookkeeping(line.type) ? [] : [`line:${line.type.slice(0, 40)}`];
}

function parsed(text: string): ClaudeLine | undefined {
	try {
		return ClaudeLine.safeParse(JSON.parse(text)).data;
	} catch {
		return undefined;
	}
}
