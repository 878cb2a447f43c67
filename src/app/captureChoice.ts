import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { DataPaths } from '../platform/dataPaths';
import { dataPaths } from '../platform/dataPaths';
import { sha256 } from '../platform/hash';
import { readState, writeState } from '../platform/stateFile';

const Choice = z.object({
	folder: z.string(),
	capture: z.enum(['on', 'off']),
	/** When it was last changed; '' where a former version did not say. */
	since: z.string().default(''),
	/** When capture was off before, so that what happened then is not brought in later. */
	off: z.array(z.object({ from: z.string(), to: z.string() })).default([]),
});
type Choice = z.infer<typeof Choice>;

/** Keeps what the user decided in an editor for a folder, for hooks and imports, which no editor sees. */
export function keepCaptureChoice(folder: string, capture: 'on' | 'off', paths: DataPaths = dataPaths(), now = new Date()): void {
	const file = choiceFile(paths, folder);
	const standing = readState(file, Choice);
	if (standing?.capture === capture) return;
	const since = now.toISOString();
	const past = standing?.capture === 'off' ? [{ from: standing.since, to: since }] : [];
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	writeState(file, { folder, capture, since, off: [...(standing?.off ?? []), ...past] } satisfies Choice);
}

/** The choice for a folder or the nearest one above it; undefined when nobody was asked. */
export function captureChoice(folder: string, paths: DataPaths): 'on' | 'off' | undefined {
	return choiceFor(folder, paths)?.capture;
}

/** False for what happened in a folder while capture was off there, and for everything while it is off. */
export function isCaptured(folder: string | undefined, at: string, paths: DataPaths): boolean {
	const choice = choiceFor(folder ?? '', paths);
	return choice === undefined || (choice.capture === 'on' && !choice.off.some(({ from, to }) => from <= at && at < to));
}

function choiceFor(folder: string, paths: DataPaths): Choice | undefined {
	if (folder === '') return undefined;
	for (let at = folder; ; at = dirname(at)) {
		const choice = readState(choiceFile(paths, at), Choice);
		if (choice !== undefined || dirname(at) === at) return choice;
	}
}

/** The folders for which capture was switched on. Some below may have it off. */
export function foldersWithCapture(paths: DataPaths): string[] {
	const folder = join(paths.state, 'capture');
	const choices = namesIn(folder).map((name) => readState(join(folder, name), Choice));
	return choices.flatMap((choice) => (choice?.capture === 'on' ? [choice.folder] : []));
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

/** One file a folder, since windows write at the same time. Hooks that an extension brings along look whether the parent exists. */
function choiceFile(paths: DataPaths, folder: string): string {
	return join(paths.state, 'capture', `${sha256(folder).slice(0, 24)}.json`);
}
