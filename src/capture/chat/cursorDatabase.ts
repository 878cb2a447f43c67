import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CaptureEvent, TranscriptSource } from '../captureSource';
import type { ForeignDatabase, OpenForeign } from '../../core/ports';
import { cursorName, cursorTurns } from './cursorConversation';
import { Bubble, BubbleHeader, Composer, WorkspaceIdentifier } from './cursorSchema';
import { databaseSource, type DatabaseSession } from './databaseSource';
import { instantOf } from './instant';
import { entriesOf, parsedJson } from './transcriptFiles';
import { folderOfStorage, userFolders } from './vscodeChat';
import { pathOf } from './vscodeSchema';

/**
 * Conversations of the Cursor editor: `globalStorage/state.vscdb` below its `User` folder (`~/.config/Cursor/User`, `~/Library/Application Support/Cursor/User`,
 * `%APPDATA%\Cursor\User`; `CODELEARN_VSCODE_USER_DIR` names others). Made from descriptions of the undocumented format, versions 3 to 16 of `composerData`.
 *
 * The database may hold gigabytes: keys are asked for by ranges, values one by one.
 */
export function cursorDatabase(open: OpenForeign): TranscriptSource {
	const folders = new FolderLists(open);
	return databaseSource(
		{
			name: cursorName,
			verifiedVersion: '2026-11 (documents)',
			seenLive: false,
			paths: (places) => userFolders(places).map((user) => join(user, 'globalStorage', 'state.vscdb')),
			usual: /Cursor[\\/]User[\\/]globalStorage[\\/]state\.vscdb$/i,
			tables: ['cursorDiskKV'],
			sessions: (database, path) => sessionsOf(folders, database, path),
			events: (database, id, path) => eventsOf(folders, database, id, path),
		},
		open,
	);
}

const SessionRow = z.object({
	key: z.string(),
	bytes: z.number(),
	updated: z.unknown(),
	created: z.unknown(),
	workspace: z.unknown(),
	inline: z.number().nullable(),
	bubbles: z.number(),
});
type SessionRow = z.infer<typeof SessionRow>;

/** Values of an unexpected form read as absent; JSON functions would throw on them. */
const sessionQuery = `with composer as (
		select key, octet_length(value) as bytes, case when json_valid(cast(value as text)) then cast(value as text) end as data
		from cursorDiskKV where key > ? and key < 'composerData;' order by key limit 100)
	select key, bytes, data ->> '$.lastUpdatedAt' as updated, data ->> '$.createdAt' as created, data -> '$.workspaceIdentifier' as workspace,
		json_array_length(data, '$.conversation') as inline,
		(select count(*) from cursorDiskKV as bubble where bubble.key > 'bubbleId:' || substr(composer.key, 14) || ':' and bubble.key < 'bubbleId:' || substr(composer.key, 14) || ';') as bubbles
	from composer`;

async function sessionsOf(lists: FolderLists, database: ForeignDatabase, path: string): Promise<DatabaseSession[]> {
	const found: DatabaseSession[] = [];
	let folders: Folders | undefined;
	let after: string | undefined = 'composerData:';
	while (after !== undefined) {
		const rows: SessionRow[] = database.all(sessionQuery, after).flatMap((row) => SessionRow.safeParse(row).data ?? []);
		for (const row of rows) {
			if (row.bubbles + (row.inline ?? 0) === 0) continue;
			const session_id = row.key.slice('composerData:'.length);
			const own = folderIn(typeof row.workspace === 'string' ? parsedJson(row.workspace) : undefined);
			const cwd = own ?? (folders ??= await lists.read(database, path)).get(session_id);
			const modified = instantOf(row.updated) ?? instantOf(row.created) ?? new Date(0).toISOString();
			found.push({ session_id, ...(cwd === undefined ? {} : { cwd }), bytes: row.bytes + row.bubbles, modified });
		}
		after = rows.at(-1)?.key;
	}
	return found;
}

async function* eventsOf(lists: FolderLists, database: ForeignDatabase, session_id: string, path: string): AsyncGenerator<CaptureEvent> {
	const value = jsonAt(database, `composerData:${session_id}`);
	if (value === undefined) return;
	const composer = Composer.safeParse(value).data;
	if (composer === undefined) {
		yield { type: 'unknown', source: cursorName, what: 'composer' };
		return;
	}
	const bubbles: Bubble[] = [];
	for (const raw of bubblesOf(database, session_id, composer)) {
		const bubble = Bubble.safeParse(raw).data;
		if (bubble === undefined) yield { type: 'unknown', source: cursorName, what: 'bubble' };
		else bubbles.push(bubble);
	}
	const cwd = folderIn(composer.workspaceIdentifier) ?? (await lists.known(database, path)).get(session_id);
	const contentOf = (id: string) => (id.startsWith('composer.content.') ? textAt(database, id) : undefined);
	for (const turn of cursorTurns({ session_id, composer, bubbles, cwd, contentOf })) yield { type: 'turn', turn };
}

/** The messages that the conversation lists, then those that it does not list yet. */
function* bubblesOf(database: ForeignDatabase, session_id: string, composer: Composer): Generator {
	yield* composer.conversation ?? [];
	const prefix = `bubbleId:${session_id}:`;
	const keys = new Set(
		database
			.all('select key from cursorDiskKV where key > ? and key < ?', prefix, `bubbleId:${session_id};`)
			.flatMap((row) => (typeof row['key'] === 'string' ? [row['key']] : [])),
	);
	for (const raw of composer.fullConversationHeadersOnly ?? []) {
		const key = `${prefix}${BubbleHeader.safeParse(raw).data?.bubbleId ?? ''}`;
		if (keys.delete(key)) yield jsonAt(database, key);
	}
	const unlisted = [...keys].map((key) => jsonAt(database, key)).map((value) => ({ value, order: orderOf(value) }));
	yield* unlisted.toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0)).map(({ value }) => value);
}

/** By time, and the prompt before its answer. */
function orderOf(value: unknown): string {
	const bubble = Bubble.safeParse(value).data;
	return `${instantOf(bubble?.createdAt) ?? ''} ${bubble?.type ?? ''}`;
}

/** Folders of conversations that do not name their own. */
type Folders = ReadonlyMap<string, string>;

/** Reads such folders whenever sessions are looked for, not again for each of them. */
class FolderLists {
	readonly #known = new Map<string, Folders>();

	constructor(private readonly open: OpenForeign) {}

	async read(database: ForeignDatabase, path: string): Promise<Folders> {
		const folders = await foldersOf(this.open, database, path);
		this.#known.set(path, folders);
		return folders;
	}

	async known(database: ForeignDatabase, path: string): Promise<Folders> {
		return this.#known.get(path) ?? (await this.read(database, path));
	}
}

const Listed = z.object({ allComposers: z.array(z.unknown()) });
const ListedComposer = z.object({ composerId: z.string(), workspaceIdentifier: WorkspaceIdentifier });

/** By the list of all conversations, and by the lists that older versions keep for each workspace. */
async function foldersOf(open: OpenForeign, database: ForeignDatabase, path: string): Promise<Folders> {
	const folders = new Map<string, string>();
	const storages = join(dirname(dirname(path)), 'workspaceStorage');
	for (const name of await entriesOf(storages)) {
		const folder = await folderOfStorage(join(storages, name));
		if (folder === undefined) continue;
		for (const { composerId } of listedIn(open, join(storages, name, 'state.vscdb'))) folders.set(composerId, folder);
	}
	for (const { composerId, workspaceIdentifier } of listOf(database, 'composer.composerHeaders')) {
		const folder = folderIn(workspaceIdentifier);
		if (folder !== undefined) folders.set(composerId, folder);
	}
	return folders;
}

function listedIn(open: OpenForeign, path: string): z.infer<typeof ListedComposer>[] {
	try {
		const database = open(path);
		try {
			return listOf(database, 'composer.composerData');
		} finally {
			database.close();
		}
	} catch {
		// A workspace's own database may be missing, or locked: the conversation is then read without its folder.
		return [];
	}
}

function listOf(database: ForeignDatabase, key: string): z.infer<typeof ListedComposer>[] {
	if (database.all("select 1 from sqlite_master where name = 'ItemTable'").length === 0) return [];
	const [row] = database.all('select value from ItemTable where key = ?', key);
	const listed = Listed.safeParse(parsedJson(plainText(row?.['value']) ?? '')).data;
	return (listed?.allComposers ?? []).flatMap((composer) => ListedComposer.safeParse(composer).data ?? []);
}

function folderIn(value: unknown): string | undefined {
	const uri = WorkspaceIdentifier.safeParse(value).data?.uri;
	if (uri?.fsPath !== undefined && uri.fsPath !== '') return uri.fsPath;
	return uri?.external === undefined ? uri?.path : pathOf(uri.external);
}

function textAt(database: ForeignDatabase, key: string): string | undefined {
	return plainText(database.all('select value from cursorDiskKV where key = ?', key)[0]?.['value']);
}

function jsonAt(database: ForeignDatabase, key: string): unknown {
	const text = textAt(database, key);
	return text === undefined ? undefined : parsedJson(text);
}

/** A value is a text, or the same as bytes. */
function plainText(value: unknown): string | undefined {
	return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : typeof value === 'string' ? value : undefined;
}
