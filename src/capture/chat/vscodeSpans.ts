import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CaptureEvent, TranscriptSource } from '../captureSource';
import type { ForeignDatabase, OpenForeign } from '../../core/ports';
import type { TurnObservationInput } from '../../core/turn';
import { databaseSource, type DatabaseSession } from './databaseSource';
import { instantOf } from './instant';
import { callsOfTurn } from './recordedCall';
import { entriesOf, parsedJson } from './transcriptFiles';
import { userFolders } from './vscodeChat';
import { vscodeEdits } from './vscodeEdits';
import { vscodeName } from './vscodeSession';
import { plainCallId, textsIn, vscodeToolKind } from './vscodeTools';
import { undoneWork } from './vscodeUndone';

/**
 * Spans that Copilot Chat records of its work when `github.copilot.chat.otel.dbSpanExporter.enabled` is set: `globalStorage/github.copilot-chat/agent-traces.db`
 * below the editor's `User` folder (`CODELEARN_VSCODE_USER_DIR` names others). A turn is an `invoke_agent` span, its calls are the spans below it.
 *
 * Spans do not bear the request's id, which is the key of a turn in the editor's own chat sessions, so that the two could not be told to be one.
 * They are therefore read only for sessions that have no such file a while after they ended: the editor writes its files up to a minute late.
 */
export function vscodeSpans(open: OpenForeign): TranscriptSource {
	return databaseSource(
		{
			name: vscodeName,
			verifiedVersion: '0.42',
			seenLive: false,
			paths: (places) => userFolders(places).map((user) => join(user, 'globalStorage', 'github.copilot-chat', 'agent-traces.db')),
			usual: /[\\/]agent-traces\.db$/i,
			tables: ['spans', 'span_attributes'],
			sessions: sessionsOf,
			events: eventsOf,
		},
		open,
	);
}

const graceMs = 10 * 60_000;

const SessionRow = z.object({ id: z.string(), ended: z.number(), turns: z.number() });

async function sessionsOf(database: ForeignDatabase, path: string): Promise<DatabaseSession[]> {
	const written = await chatSessions(path);
	// Few enough to be read at once: the editor keeps a hundred sessions.
	const rows = database.all(`select chat_session_id as id, max(end_time_ms) as ended, count(*) as turns from spans
		where operation_name = 'invoke_agent' and chat_session_id > '' group by chat_session_id`);
	return rows
		.flatMap((row) => SessionRow.safeParse(row).data ?? [])
		.filter(({ id, ended }) => !written.has(id) && ended < Date.now() - graceMs)
		.map(({ id, ended, turns }) => ({ session_id: id, bytes: turns, modified: instantOf(ended) ?? new Date(0).toISOString() }));
}

/** Sessions that the editor has written beside the database. */
async function chatSessions(path: string): Promise<ReadonlySet<string>> {
	const user = dirname(dirname(dirname(path)));
	const storages = (await entriesOf(join(user, 'workspaceStorage'))).map((name) => join(user, 'workspaceStorage', name, 'chatSessions'));
	const found = new Set<string>();
	for (const folder of [...storages, join(user, 'globalStorage', 'emptyWindowChatSessions')]) {
		for (const name of await entriesOf(folder)) found.add(name.replace(/\.jsonl?$/, ''));
	}
	return found;
}

const text = z.string().nullish().catch(undefined);
const Span = z.object({
	span_id: z.string(),
	parent_span_id: text,
	start_time_ms: z.number(),
	end_time_ms: z.number(),
	status_code: z.unknown(),
	response_model: text,
	tool_name: text,
	tool_call_id: text,
});
type Span = z.infer<typeof Span>;
const columns = Object.keys(Span.shape).join(', ');

function* eventsOf(database: ForeignDatabase, session_id: string): Generator<CaptureEvent> {
	const spans = database.all(
		`select ${columns} from spans where chat_session_id = ? and operation_name = 'invoke_agent' order by start_time_ms, span_id`,
		session_id,
	);
	for (const row of spans) {
		const span = Span.safeParse(row).data;
		if (span === undefined) yield { type: 'unknown', source: vscodeName, what: 'span' };
		// The agent that another one called is a part of that one's turn.
		else if (!isCalled(database, span)) yield { type: 'turn', turn: turnOf(database, session_id, span) };
	}
}

function isCalled(database: ForeignDatabase, { parent_span_id }: Span): boolean {
	return typeof parent_span_id === 'string' && database.all('select 1 from spans where span_id = ?', parent_span_id).length > 0;
}

function turnOf(database: ForeignDatabase, session_id: string, span: Span): TurnObservationInput {
	const about = attributesOf(database, span.span_id);
	const calls = callsUnder(database, span.span_id);
	const edits = vscodeEdits(
		calls.map(({ id, name, args, done }) => ({ id, name, args, failed: !done.ok, refused: false })),
		{ requestId: span.span_id, state: undefined, changed: new Map(), undone: undoneWork([], undefined) },
	);
	const commit = about.get('copilot_chat.repo.head_commit_hash');
	const branch = about.get('copilot_chat.repo.head_branch_name');
	return {
		assistant: vscodeName,
		session_id,
		turn_key: span.span_id,
		channel: 'transcript',
		started_at: instantOf(span.start_time_ms) ?? new Date(0).toISOString(),
		ended_at: instantOf(Math.max(span.end_time_ms, span.start_time_ms)) ?? new Date(0).toISOString(),
		state: span.status_code === 2 ? 'failed' : 'complete',
		prompt: about.get('copilot_chat.user_request') ?? '',
		response: responseOf(about.get('gen_ai.output.messages')),
		...(typeof span.response_model === 'string' ? { model: span.response_model } : {}),
		...callsOfTurn(calls.map((call) => ({ ...call, edits: edits.filter((edit) => edit.tool_id === call.id) }))),
		...(commit === undefined ? {} : { commit_sha: commit }),
		...(branch === undefined ? {} : { branch }),
	};
}

/** The calls below a span, those of agents that it called included, in the order of their starts. Calls without an id are the program's own. */
function callsUnder(database: ForeignDatabase, span_id: string) {
	const rows = database.all(
		`with recursive below (id) as (values (?) union select span_id from spans join below on parent_span_id = below.id)
		select ${columns} from spans join below on span_id = below.id where operation_name = 'execute_tool' and tool_call_id > '' order by start_time_ms, span_id`,
		span_id,
	);
	return rows.flatMap((row) => {
		const span = Span.safeParse(row).data;
		if (span === undefined) return [];
		const about = attributesOf(database, span.span_id);
		const given = about.get('gen_ai.tool.call.arguments');
		const name = span.tool_name ?? '';
		const args = given === undefined ? undefined : (parsedJson(given) ?? given);
		const output = resultOf(about.get('gen_ai.tool.call.result') ?? '');
		const id = plainCallId(span.tool_call_id ?? '');
		return [
			{
				id,
				name,
				kind: vscodeToolKind(name),
				args,
				at: instantOf(span.start_time_ms) ?? new Date(0).toISOString(),
				done: { ok: span.status_code !== 2, output },
			},
		];
	});
}

function attributesOf(database: ForeignDatabase, span_id: string): ReadonlyMap<string, string> {
	const rows = database.all(
		`select key, value from span_attributes where span_id = ? and key in ('copilot_chat.user_request', 'gen_ai.output.messages', 'copilot_chat.repo.head_commit_hash',
		'copilot_chat.repo.head_branch_name', 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result')`,
		span_id,
	);
	return new Map(rows.flatMap(({ key, value }) => (typeof key === 'string' && typeof value === 'string' ? [[key, value] as const] : [])));
}

const Messages = z.array(
	z.object({ parts: z.array(z.object({ type: z.string(), content: z.string().optional().catch(undefined) })).catch([]) }).catch({ parts: [] }),
);

function responseOf(messages: string | undefined): string {
	const said = Messages.safeParse(messages === undefined ? undefined : parsedJson(messages)).data ?? [];
	return said.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? (part.content ?? []) : []))).join('\n\n');
}

/** A result is a text, or a tree of layout nodes. */
function resultOf(result: string): string {
	const tree = parsedJson(result);
	return typeof tree === 'object' && tree !== null && 'node' in tree ? textsIn(tree) : result;
}
