import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { CaptureEvent, SourcePlaces, TranscriptSource } from '../captureSource';
import type { ForeignDatabase, OpenForeign } from '../../core/ports';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import { copilot } from './copilot';
import { copilotName } from './copilotSession';
import { databaseSource } from './databaseSource';
import { entriesOf } from './transcriptFiles';
import { userFolders } from './vscodeChat';
import { pathOf } from './vscodeSchema';

/**
 * What agents that VS Code hosts (1.126 and later) did to files: `<user data>/agentSessionData/<session>/session.db`, one database a session, beside the `User`
 * folder (`CODELEARN_VSCODE_USER_DIR` names others). It holds the whole texts before and after each call and nothing of what was said: that stands in the
 * session's events, `${COPILOT_HOME:-~/.copilot}/session-state/<session>/events.jsonl`. The turns read from there are given once more, with these texts, for every call
 * that both know by its id. A session of another harness has no such events, and is left to that assistant's own transcripts. Made from VS Code's code of 2026.
 */
export function agentHost(open: OpenForeign, copilotHome = process.env['COPILOT_HOME'] ?? join(homedir(), '.copilot')): TranscriptSource {
	const root = join(copilotHome, 'session-state');
	return databaseSource(
		{
			name: copilotName,
			verifiedVersion: '1.128',
			seenLive: false,
			paths: databases,
			usual: /[\\/]agentSessionData[\\/][^\\/]+[\\/]session\.db$/i,
			tables: ['turns', 'file_edits'],
			sessions: async (database, path) => {
				const id = await sessionOf(root, path);
				const [row] = database.all('select count(*) as edits from file_edits');
				const edits = Number(row?.['edits'] ?? 0);
				return id === undefined || edits === 0 ? [] : [{ session_id: id, bytes: edits, modified: statSync(path).mtime.toISOString() }];
			},
			events: (database, id) => eventsOf(database, join(root, id, 'events.jsonl')),
		},
		open,
	);
}

async function databases(places: SourcePlaces): Promise<string[]> {
	const found: string[] = [];
	for (const user of userFolders(places)) {
		const folder = join(dirname(user), 'agentSessionData');
		for (const name of await entriesOf(folder)) found.push(join(folder, name, 'session.db'));
	}
	return found;
}

/** The folder's name is the session's id, with the harness before it and without special characters. */
async function sessionOf(root: string, path: string): Promise<string | undefined> {
	const name = basename(dirname(path));
	const known = (await entriesOf(root)).filter((id) => id.length >= 8 && name.endsWith(id));
	return known.find((id) => existsSync(join(root, id, 'events.jsonl')));
}

async function* eventsOf(database: ForeignDatabase, events: string): AsyncGenerator<CaptureEvent> {
	const edits = editsOf(database);
	for (let count = 0; count < edits.unknown; count += 1) yield { type: 'unknown', source: copilotName, what: 'file edit' };
	for await (const event of copilot.read(events)) {
		if (event.type !== 'turn') continue;
		const own = edits.known.filter((edit) => event.turn.tools?.some((tool) => tool.id === edit.tool_id) === true);
		if (own.length > 0) yield { type: 'turn', turn: withEdits(event.turn, own) };
	}
}

/** The recorded texts stand for what the events tell of the same call and file. */
function withEdits(turn: TurnObservationInput, own: readonly TurnEdit[]): TurnObservationInput {
	const others = (turn.edits ?? []).filter((edit) => !own.some((one) => one.tool_id === edit.tool_id && one.file_path === edit.file_path));
	return { ...turn, edits: [...others, ...own] };
}

const content = z
	.union([z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('utf8')), z.string()])
	.nullish()
	.catch(undefined);
const EditRow = z.object({
	tool_call_id: z.string().min(1),
	file_path: z.string().min(1),
	edit_type: z.string().catch('edit'),
	original_path: z.string().nullish().catch(undefined),
	before_content: content,
	after_content: content,
});

function editsOf(database: ForeignDatabase): { known: TurnEdit[]; unknown: number } {
	const rows = database.all('select tool_call_id, file_path, edit_type, original_path, before_content, after_content from file_edits order by rowid');
	const known = rows.flatMap((row) => {
		const edit = EditRow.safeParse(row).data;
		return edit === undefined ? [] : [editOf(edit)];
	});
	return { known, unknown: rows.length - known.length };
}

function editOf(row: z.infer<typeof EditRow>): TurnEdit {
	const kind = row.edit_type === 'create' || row.edit_type === 'delete' || row.edit_type === 'rename' ? row.edit_type : 'edit';
	const before = kind === 'create' ? null : (row.before_content ?? null);
	const after = kind === 'delete' ? null : (row.after_content ?? null);
	const isWhole = (before !== null || kind === 'create') && (after !== null || kind === 'delete');
	return {
		file_path: pathOf(row.file_path),
		kind,
		before,
		after,
		whole: true,
		fidelity: isWhole ? 'recorded' : 'partial',
		tool_id: row.tool_call_id,
		state: 'applied',
		...(kind === 'rename' && typeof row.original_path === 'string' ? { renamed_from: pathOf(row.original_path) } : {}),
	};
}
