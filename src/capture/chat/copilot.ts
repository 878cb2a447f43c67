import { basename, dirname, join } from 'node:path';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { CopilotEvent } from './copilotLine';
import { CopilotCarry, copilotName, CopilotSession } from './copilotSession';
import { snapshotsOf, type Snapshots } from './copilotSnapshots';
import type { Kept } from './frontier';
import { readLog, type LogSession } from './readLog';
import { filesUnder, parsedJson, refsOf, stringField } from './transcriptFiles';

/**
 * GitHub Copilot CLI: `${COPILOT_HOME:-~/.copilot}/session-state/<session>/events.jsonl`, in older versions `session-state/<session>.jsonl`.
 * Sessions that VS Code runs on the same engine lie there too.
 */
export const copilot: TranscriptSource = { name: copilotName, verifiedVersion: '1.0.102', seenLive: true, find, recognises, read };

async function find({ home, env }: SourcePlaces): Promise<TranscriptRef[]> {
	const root = join(env['COPILOT_HOME'] ?? join(home, '.copilot'), 'session-state');
	const paths = await filesUnder(root, 1, (path) => basename(path) === 'events.jsonl' || (dirname(path) === root && path.endsWith('.jsonl')));
	return refsOf(paths, copilotName, (path, head) => ({ session_id: stringField(head, 'sessionId') ?? sessionOf(path), cwd: stringField(head, 'cwd') }));
}

function sessionOf(path: string): string {
	return basename(path) === 'events.jsonl' ? basename(dirname(path)) : basename(path, '.jsonl');
}

function recognises(path: string, head: string): boolean {
	if (!path.endsWith('.jsonl')) return false;
	// The chat extension of VS Code writes the same events without models; it is read from its own sessions.
	if (/GitHub\.copilot-chat[\\/]transcripts/i.test(path) || head.includes('"vscodeVersion":')) return false;
	if (/[\\/]\.copilot[\\/]session-state[\\/]/.test(path)) return true;
	return /^\s*\{"type":"session\.start","data":\{/.test(head) && head.includes('"copilotVersion":');
}

function read(path: string, options: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	return readLog(path, options, { source: copilotName, open: (carry, keep) => openLog(path, carry, keep) });
}

function openLog(path: string, carry: unknown, keep: Kept): LogSession | undefined {
	const known = CopilotCarry.optional().safeParse(carry);
	if (!known.success) return undefined;
	const session = new CopilotSession(sessionOf(path), known.data, keep);
	let snapshots: Promise<Snapshots> | undefined;
	return {
		accept: (text, start) => acceptText(session, text, start),
		finished: async () => (session.waiting === 0 ? [] : session.finished(await (snapshots ??= snapshotsOf(path)))),
		// The last ones may have been taken while the log was read.
		rest: async () => session.rest(await snapshotsOf(path)),
		mark: () => session.mark(),
		late: session.late,
	};
}

function acceptText(session: CopilotSession, text: string, start: number): string[] {
	if (text.trim() === '') return [];
	const event = CopilotEvent.safeParse(parsedJson(text)).data;
	return event === undefined ? ['line:unreadable'] : session.accept(event, start);
}
