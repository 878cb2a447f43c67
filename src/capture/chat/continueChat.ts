import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CaptureEvent, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { continueName, continueTurns } from './continueSession';
import { filesUnder, jsonFile, refsOf, stringField } from './transcriptFiles';
import { pathOf } from './vscodeSchema';

/** Continue, in editors and on the command line: `${CONTINUE_GLOBAL_DIR:-~/.continue}/sessions/<session>.json`, rewritten whole. */
export const continueChat: TranscriptSource = { name: continueName, verifiedVersion: '1.5.47', seenLive: true, find, recognises, read };

async function find({ home, env }: SourcePlaces): Promise<TranscriptRef[]> {
	const root = env['CONTINUE_GLOBAL_DIR'] ?? join(home, '.continue');
	const paths = await filesUnder(join(root, 'sessions'), 0, isSession);
	return refsOf(paths, continueName, (path, head) => {
		const cwd = stringField(head, 'workspaceDirectory');
		return { session_id: stringField(head, 'sessionId') ?? basename(path, '.json'), cwd: cwd === undefined || cwd === '' ? undefined : pathOf(cwd) };
	});
}

/** Every file but the list of sessions. */
function isSession(path: string): boolean {
	return path.endsWith('.json') && basename(path) !== 'sessions.json';
}

function recognises(path: string, head: string): boolean {
	if (!isSession(path)) return false;
	if (/[\\/]\.continue[\\/]sessions[\\/]/.test(path)) return true;
	return /^\s*\{\s*"sessionId":/.test(head) && head.includes('"workspaceDirectory":') && /"history":\s*\[/.test(head);
}

async function* read(path: string): AsyncGenerator<CaptureEvent> {
	const { turns, unknown } = continueTurns(await jsonFile(path), basename(path, '.json'), (await stat(path)).mtime);
	for (const what of unknown) yield { type: 'unknown', source: continueName, what };
	for (const turn of turns) yield { type: 'turn', turn };
}
