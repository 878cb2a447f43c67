import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { withEscapedControls } from './looseJson';
import { readLines } from './readLines';
import { filesUnder, parsedJson, refsOf, stringField } from './transcriptFiles';
import { windsurfName, WindsurfSession } from './windsurfSession';

/**
 * Windsurf's Cascade: `~/.windsurf/transcripts/<trajectory>.jsonl`, which it writes for whoever has the hook
 * `post_cascade_response_with_transcript`; CODELEARN_WINDSURF_TRANSCRIPTS names another folder.
 */
export const windsurf: TranscriptSource = { name: windsurfName, verifiedVersion: '2026-11 (documents)', seenLive: false, find, recognises, read };

async function find({ home, env, folders = [] }: SourcePlaces): Promise<TranscriptRef[]> {
	const given = env['CODELEARN_WINDSURF_TRANSCRIPTS'];
	const root = given === undefined || given === '' ? join(home, '.windsurf', 'transcripts') : given;
	const paths = await filesUnder(root, 0, (path) => path.endsWith('.jsonl'));
	return refsOf(paths, windsurfName, (path, head) => ({
		session_id: basename(path, '.jsonl'),
		// A chat that ran no command names no folder; files of a folder that is worked in do.
		cwd: stringField(head, 'cwd') ?? folders.find((folder) => head.includes(`${pathToFileURL(folder).href}/`)),
	}));
}

function recognises(path: string, head: string): boolean {
	if (!path.endsWith('.jsonl')) return false;
	if (/[\\/]\.windsurf[\\/]transcripts[\\/]/.test(path)) return true;
	return /^\s*\{\s*("status":\s*"[a-z_]*",\s*)?"type":\s*"user_input",/.test(head) && head.includes('"user_response":');
}

async function* read(path: string, { signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const session = new WindsurfSession(basename(path, '.jsonl'), (await stat(path)).mtime);
	for await (const record of recordsOf(path, signal))
		for (const what of record === undefined ? ['line:unreadable'] : session.accept(record)) yield { type: 'unknown', source: windsurfName, what };
	for (const turn of session.turns()) yield { type: 'turn', turn };
}

/** A record whose texts hold raw newlines is put together of at most this many lines. */
const longestRecord = 5_000;

/** The records of a file; undefined for one that cannot be read. Raw control characters, newlines among them, may stand in texts. */
async function* recordsOf(path: string, signal: AbortSignal | undefined): AsyncGenerator {
	let pending: string[] = [];
	for await (const line of readLines(path, signal)) {
		const one = 'text' in line ? line.text : '';
		if (one.trim() === '' && pending.length === 0) continue;
		const record = loose(one);
		if (record !== undefined) {
			if (pending.length > 0) yield undefined;
			pending = [];
			yield record;
			continue;
		}
		pending.push(one);
		// Only a line that may end a record is worth trying.
		const whole = pending.length > 1 && /\}\s*$/.test(one) ? loose(pending.join('\n')) : undefined;
		const startsNone = pending.length === 1 && !/^\s*\{/.test(one);
		if (whole === undefined && !startsNone && pending.length < longestRecord) continue;
		pending = [];
		yield whole;
	}
	if (pending.length > 0) yield undefined;
}

function loose(text: string): unknown {
	const value = parsedJson(text) ?? parsedJson(withEscapedControls(text));
	return typeof value === 'object' && value !== null ? value : undefined;
}
