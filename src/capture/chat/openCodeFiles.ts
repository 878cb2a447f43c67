import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { CaptureEvent, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { turnId } from '../../core/ids';
import { instantOf } from './instant';
import { dataFolder, openCodeName } from './openCode';
import { OpenCodeMessage, OpenCodePart } from './openCodeSchema';
import { OpenCodeSession, type StoredMessage } from './openCodeSession';
import { sha256 } from './sha256';
import { entriesOf, filesUnder, jsonFile } from './transcriptFiles';

/**
 * OpenCode up to 1.3: one JSON file a session, message and part, in `storage/session/<project>/<session>.json`,
 * `storage/message/<session>/<message>.json` and `storage/part/<message>/<part>.json` of its data folder (see `openCodeDatabase`).
 */
export const openCodeFiles: TranscriptSource = { name: openCodeName, verifiedVersion: '1.3', seenLive: false, find, recognises, read };

const text = z.string().optional().catch(undefined);
const Session = z.object({
	id: z.string(),
	directory: text,
	version: text,
	parentID: text,
	revert: z.object({ messageID: z.string() }).optional().catch(undefined),
	time: z.object({ updated: z.unknown() }).optional().catch(undefined),
});

async function find(places: SourcePlaces): Promise<TranscriptRef[]> {
	const storage = join(dataFolder(openCodeName, places), 'storage');
	const refs: TranscriptRef[] = [];
	for (const path of await filesUnder(join(storage, 'session'), 1, (file) => file.endsWith('.json'))) {
		const session = Session.safeParse(await jsonFile(path)).data;
		if (session === undefined) continue;
		const messages = await entriesOf(join(storage, 'message', session.id));
		const modified = instantOf(session.time?.updated) ?? new Date(0).toISOString();
		const cwd = session.directory === undefined ? {} : { cwd: session.directory };
		if (messages.length > 0) refs.push({ path, source: openCodeName, session_id: session.id, ...cwd, bytes: messages.length, modified });
	}
	return refs;
}

function recognises(path: string): boolean {
	return /[\\/]storage[\\/]session[\\/][^\\/]+[\\/]ses_[^\\/]+\.json$/.test(path);
}

async function* read(path: string): AsyncGenerator<CaptureEvent> {
	const info = Session.safeParse(await jsonFile(path)).data;
	if (info === undefined) {
		yield { type: 'unknown', source: openCodeName, what: 'session' };
		return;
	}
	const storage = dirname(dirname(dirname(path)));
	const { id: session_id, directory: cwd, version, parentID, revert } = info;
	const parent = parentID === undefined ? undefined : await parentOf(storage, parentID, session_id);
	const session = new OpenCodeSession({ name: openCodeName, session_id, cwd, version, parent, revertedFrom: revert?.messageID });
	for (const message of await messagesOf(storage, session_id)) {
		for (const what of session.accept(message)) yield { type: 'unknown', source: openCodeName, what };
	}
	for (const turn of session.turns()) yield { type: 'turn', turn };
}

/** A session's messages in order: their ids begin with their time. */
async function messagesOf(storage: string, session_id: string): Promise<StoredMessage[]> {
	// The id comes out of a file: it must not lead elsewhere.
	const folder = join(storage, 'message', basename(session_id));
	const messages: StoredMessage[] = [];
	for (const name of await entriesOf(folder)) {
		const id = basename(name, '.json');
		const parts: { id: string; data: unknown }[] = [];
		for (const part of await entriesOf(join(storage, 'part', id))) {
			parts.push({ id: basename(part, '.json'), data: await jsonFile(join(storage, 'part', id, part)) });
		}
		messages.push({ id, created: undefined, data: await jsonFile(join(folder, name)), parts });
	}
	return messages;
}

/** The turn whose call started a sub-agent's session. */
async function parentOf(storage: string, parent: string, session_id: string): Promise<string | undefined> {
	for (const { data, parts } of await messagesOf(storage, parent)) {
		const starts = parts.some((part) => OpenCodePart.safeParse(part.data).data?.state?.metadata?.sessionId === session_id);
		const prompt = starts ? OpenCodeMessage.safeParse(data).data?.parentID : undefined;
		if (prompt !== undefined) return turnId(sha256, openCodeName, parent, prompt);
	}
	return undefined;
}
