import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TranscriptSource } from '../../../src/capture/captureSource';
import { TurnObservation } from '../../../src/core/turn';

/** What a source reports of a file: turns as the app takes them, and what it did not understand. */
export interface Reading {
	readonly turns: TurnObservation[];
	readonly unknown: string[];
}

export async function readAll(source: TranscriptSource, path: string): Promise<Reading> {
	const reading: Reading = { turns: [], unknown: [] };
	for await (const event of source.read(path)) {
		if (event.type === 'turn') reading.turns.push(TurnObservation.parse(event.turn));
		else if (event.type === 'unknown') reading.unknown.push(event.what);
	}
	return reading;
}

/** Runs with a folder that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'codelearn-capture-'));
	try {
		return await work(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Reads a text as if it stood in a file of the given name. */
export async function readText(source: TranscriptSource, name: string, text: string | Buffer): Promise<Reading> {
	return inFolder(async (folder) => {
		const path = join(folder, name);
		writeFileSync(path, text);
		return readAll(source, path);
	});
}
