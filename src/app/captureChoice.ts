import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { DataPaths } from '../platform/dataPaths';
import { dataPaths } from '../platform/dataPaths';
import { sha256 } from '../platform/hash';
import { readState, writeState } from '../platform/stateFile';

const Choice = z.object({ folder: z.string(), capture: z.enum(['on', 'off']) });

/** Keeps what the user decided in an editor for a folder, for hooks, which no editor sees. */
export function keepCaptureChoice(folder: string, capture: 'on' | 'off', paths: DataPaths = dataPaths()): void {
	const file = choiceFile(paths, folder);
	if (readState(file, Choice)?.capture === capture) return;
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	writeState(file, { folder, capture } satisfies z.infer<typeof Choice>);
}

/** The choice for a folder or the nearest one above it; undefined when nobody was asked. */
export function captureChoice(folder: string, paths: DataPaths): 'on' | 'off' | undefined {
	if (folder === '') return undefined;
	for (let at = folder; ; at = dirname(at)) {
		const choice = readState(choiceFile(paths, at), Choice)?.capture;
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
