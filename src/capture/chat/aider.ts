import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { AiderCarry, AiderHistory, aiderName, typedInputs, type TypedAt } from './aiderHistory';
import { readLog, type LogSession } from './readLog';
import { refsOf } from './transcriptFiles';

/**
 * aider: `.aider.chat.history.md` in each folder that it works in, and in the home folder; `AIDER_CHAT_HISTORY_FILE` names another.
 * One file holds all chats of its folder.
 */
export const aider: TranscriptSource = { name: aiderName, verifiedVersion: '0.86.2', seenLive: true, find, recognises, read };

const usualName = '.aider.chat.history.md';

async function find({ home, env, folders = [] }: SourcePlaces): Promise<TranscriptRef[]> {
	const given = env['AIDER_CHAT_HISTORY_FILE'] ?? usualName;
	const paths = isAbsolute(given) ? [given] : [...folders, home].map((folder) => join(folder, given));
	return refsOf([...new Set(paths)], aiderName, (path) => ({ session_id: basename(path), cwd: folderOf(path) }));
}

/** The folder that the paths in a history start at; a history with a name of its own may lie anywhere. */
function folderOf(path: string): string | undefined {
	return basename(path) === usualName ? dirname(resolve(path)) : undefined;
}

function recognises(path: string, head: string): boolean {
	return basename(path) === usualName || (path.endsWith('.md') && /^\s*# aider chat started at \d{4}-/.test(head));
}

async function* read(path: string, options: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const typed = typedInputs(await readFile(join(dirname(path), '.aider.input.history'), 'utf8').catch(() => ''));
	yield* readLog(path, options, { source: aiderName, open: (carry) => openLog(path, typed, carry) });
}

function openLog(path: string, typed: TypedAt, carry: unknown): LogSession | undefined {
	const known = AiderCarry.optional().safeParse(carry);
	if (!known.success) return undefined;
	const history = new AiderHistory(resolve(path), folderOf(path), typed, known.data);
	return {
		accept: (text, start) => {
			history.accept(text.replace(/\r$/, ''), start);
			return [];
		},
		finished: () => history.finished(),
		rest: () => history.rest(),
		mark: () => history.mark(),
		// A chat is never gone back to.
		late: new Set(),
	};
}
