import { basename, dirname, join } from 'node:path';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { CopilotEvent } from './copilotLine';
import { copilotName, CopilotSession } from './copilotSession';
import { snapshotsOf } from './copilotSnapshots';
import { readLines } from './readLines';
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

async function* read(path: string, { signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const session = new CopilotSession(sessionOf(path));
	for await (const line of readLines(path, signal)) {
		const unknown = 'text' in line ? acceptText(session, line.text) : ['line too long'];
		for (const what of unknown) yield { type: 'unknown', source: copilotName, what };
	}
	for (const turn of session.turns(await snapshotsOf(path))) yield { type: 'turn', turn };
}

function acceptText(session: CopilotSession, text: string): string[] {
	if (text.trim() === '') return [];
	const event = CopilotEvent.safeParse(parsedJson(text)).data;
	return event === undefined ? ['line:unreadable'] : session.accept(event);
}
