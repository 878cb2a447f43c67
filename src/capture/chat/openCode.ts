import { basename, join } from 'node:path';
import { z } from 'zod';
import type { CaptureEvent, SourcePlaces, TranscriptSource } from '../captureSource';
import { turnId } from '../../core/ids';
import type { ForeignDatabase, OpenForeign } from '../../core/ports';
import { databaseSource, type DatabaseForm, type DatabaseSession } from './databaseSource';
import { instantOf } from './instant';
import { OpenCodeMessage, OpenCodePart } from './openCodeSchema';
import { OpenCodeSession, type OpenCodeAbout } from './openCodeSession';
import { sha256 } from './sha256';
import { entriesOf, parsedJson } from './transcriptFiles';

/** Word for OpenCode in turns. */
export const openCodeName = 'opencode';
/** Word for Kilo Code in turns. */
export const kiloName = 'kilo';

const tables = ['session', 'message', 'part'];

/**
 * OpenCode since 1.4: `opencode.db`, with `-<channel>` in its name for builds of other channels, in
 * `${OPENCODE_DATA_DIR:-${XDG_DATA_HOME:-~/.local/share}/opencode}` on every system; `OPENCODE_DB` names another one.
 */
export function openCodeDatabase(open: OpenForeign): TranscriptSource {
	return databaseSource(
		{
			...formOf(openCodeName),
			verifiedVersion: '1.18.33',
			seenLive: true,
			usual: /[\\/]opencode[^\\/]*\.db$/i,
			possible: /^(?!.*[\\/]kilo[^\\/]*$)/i,
		},
		open,
	);
}

/** Kilo Code since 2026, which is built on OpenCode: `kilo.db` in `${KILO_DATA_DIR:-${XDG_DATA_HOME:-~/.local/share}/kilo}`; `KILO_DB` names another one. */
export function kiloDatabase(open: OpenForeign): TranscriptSource {
	const own = /[\\/]kilo[^\\/]*\.db$/i;
	return databaseSource({ ...formOf(kiloName), verifiedVersion: '2026-03', seenLive: false, usual: own, possible: own }, open);
}

function formOf(name: string): Pick<DatabaseForm, 'name' | 'tables' | 'paths' | 'sessions' | 'events'> {
	return {
		name,
		tables,
		paths: (places) => databasesOf(name, places),
		sessions: sessionsOf,
		events: (database, id) => eventsOf(name, database, id),
	};
}

/** The folder in which OpenCode, or what is built on it, keeps its data. */
export function dataFolder(name: string, { home, env }: SourcePlaces): string {
	return env[`${name.toUpperCase()}_DATA_DIR`] ?? join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), name);
}

async function databasesOf(name: string, places: SourcePlaces): Promise<string[]> {
	const folder = dataFolder(name, places);
	const found = (await entriesOf(folder)).filter((entry) => entry.startsWith(name) && entry.endsWith('.db')).map((entry) => join(folder, entry));
	const named = places.env[`${name.toUpperCase()}_DB`];
	// A bare name lies in the folder.
	if (named === undefined || named === '' || named === ':memory:') return found;
	return [...new Set([...found, named === basename(named) ? join(folder, named) : named])];
}

const SessionRow = z.object({
	id: z.string(),
	directory: z.string().optional().catch(undefined),
	updated: z.unknown(),
	written: z.unknown(),
	messages: z.number(),
});
type SessionRow = z.infer<typeof SessionRow>;

const pageSize = 200;

function sessionsOf(database: ForeignDatabase): DatabaseSession[] {
	const found: DatabaseSession[] = [];
	const query = `select id, directory, time_updated as updated, (select count(*) from message where session_id = session.id) as messages,
		(select max(time_updated) from message where session_id = session.id) as written from session where id > ? order by id limit ${pageSize}`;
	let after: string | undefined = '';
	while (after !== undefined) {
		const rows: SessionRow[] = database.all(query, after).flatMap((row) => SessionRow.safeParse(row).data ?? []);
		for (const { id, directory, updated, written, messages } of rows) {
			const times = [instantOf(updated), instantOf(written)].filter((time) => time !== undefined).sort();
			if (messages === 0) continue;
			found.push({
				session_id: id,
				...(directory === undefined ? {} : { cwd: directory }),
				bytes: messages,
				modified: times.at(-1) ?? new Date(0).toISOString(),
			});
		}
		after = rows.at(-1)?.id;
	}
	return found;
}

const text = z.string().optional().catch(undefined);
const About = z.object({ directory: text, version: text, parent_id: text, revert: text });
const Stored = z.object({ id: z.string(), created: z.unknown(), data: z.unknown() });
const Reverted = z.object({ messageID: z.string() });

function* eventsOf(name: string, database: ForeignDatabase, session_id: string): Generator<CaptureEvent> {
	const about = aboutOf(name, database, session_id);
	if (about === undefined) return;
	const session = new OpenCodeSession(about);
	const ids = database.all('select id from message where session_id = ? order by time_created, id', session_id);
	for (const { id } of ids) {
		if (typeof id !== 'string') continue;
		const message = database.all('select id, time_created as created, data from message where id = ?', id).map((row) => Stored.parse(row))[0];
		if (message === undefined) continue;
		const parts = database
			.all('select id, null as created, data from part where message_id = ? order by id', id)
			.flatMap((row) => Stored.safeParse(row).data ?? []);
		const unknown = session.accept({ ...message, data: dataOf(message.data), parts: parts.map((part) => ({ id: part.id, data: dataOf(part.data) })) });
		for (const what of unknown) yield { type: 'unknown', source: name, what };
	}
	for (const turn of session.turns()) yield { type: 'turn', turn };
}

function dataOf(data: unknown): unknown {
	return typeof data === 'string' ? parsedJson(data) : undefined;
}

function aboutOf(name: string, database: ForeignDatabase, session_id: string): OpenCodeAbout | undefined {
	const known = new Set(database.all("select name from pragma_table_info('session')").map((row) => row['name']));
	const columns = ['directory', 'version', 'parent_id', 'revert'].filter((column) => known.has(column));
	const row = About.safeParse(database.all(`select ${['id', ...columns].join(', ')} from session where id = ?`, session_id)[0]).data;
	if (row === undefined) return undefined;
	return {
		name,
		session_id,
		cwd: row.directory,
		version: row.version,
		parent: row.parent_id === undefined ? undefined : parentOf(name, database, row.parent_id, session_id),
		revertedFrom: row.revert === undefined ? undefined : Reverted.safeParse(parsedJson(row.revert)).data?.messageID,
	};
}

/** The turn whose call started a sub-agent's session. */
function parentOf(name: string, database: ForeignDatabase, parent: string, session_id: string): string | undefined {
	const rows = database.all('select message_id, data from part where session_id = ? and instr(data, ?) > 0', parent, session_id);
	for (const { message_id, data } of rows) {
		const part = OpenCodePart.safeParse(dataOf(data)).data;
		if (part?.state?.metadata?.sessionId !== session_id || typeof message_id !== 'string') continue;
		const [message] = database.all('select data from message where id = ?', message_id);
		const prompt = OpenCodeMessage.safeParse(dataOf(message?.['data'])).data?.parentID;
		if (prompt !== undefined) return turnId(sha256, name, parent, prompt);
	}
	return undefined;
}
