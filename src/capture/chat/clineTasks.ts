import { basename, delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { CaptureEvent, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { apiHistory, folderPattern } from './clineTaskApi';
import { taskTurns, type TaskAbout } from './clineTaskTurns';
import { instantOf } from './instant';
import { readHead } from './readLines';
import { sha256 } from './sha256';
import { entriesOf, jsonFile, parsedJson, refsOf } from './transcriptFiles';
import { userFolders } from './vscodeChat';

/** A member of the family of editors' extensions that keep a conversation as a task. */
export interface TaskKeeper {
	readonly name: string;
	/** The extension's id, which its folder bears. */
	readonly extension: string;
	/** Environment variable that names its folders instead of the usual ones, separated as in PATH. */
	readonly variable: string;
	/** Further folders that hold `tasks`. */
	readonly folders?: (places: SourcePlaces) => readonly string[];
}

const uiName = 'ui_messages.json';
const apiName = 'api_conversation_history.json';
const editors = ['Windsurf', 'Windsurf - Next', 'Trae', 'Kiro', 'Positron'];
const everyExtension = /[\\/](saoudrizwan\.claude-dev|rooveterinaryinc\.roo-cline|kilocode\.kilo-code)[\\/]/i;

/**
 * Tasks in `<User>/globalStorage/<extension>/tasks/<task>/`, for every editor of the VS Code family: `ui_messages.json` (what the person saw),
 * `api_conversation_history.json` (what the model saw), `task_metadata.json`, in Roo Code and Kilo Code `history_item.json`; each rewritten whole.
 * A task is known by the first of them.
 */
export function clineTasks(keeper: TaskKeeper): Pick<TranscriptSource, 'find' | 'read'> & { recognises(path: string): boolean } {
	return {
		find: (places) => find(keeper, places),
		recognises: (path) => recognises(keeper, path),
		read: (path) => read(keeper, dirname(path)),
	};
}

function foldersOf({ extension, variable, folders }: TaskKeeper, places: SourcePlaces): string[] {
	const given = places.env[variable];
	if (given !== undefined && given !== '') return given.split(delimiter).filter((path) => path !== '');
	return [...userFolders(places, editors).map((user) => join(user, 'globalStorage', extension)), ...(folders?.(places) ?? [])];
}

async function find(keeper: TaskKeeper, places: SourcePlaces): Promise<TranscriptRef[]> {
	const refs: TranscriptRef[] = [];
	for (const folder of foldersOf(keeper, places)) {
		const list = await listOf(folder);
		for (const task of await entriesOf(join(folder, 'tasks'))) {
			const about = join(folder, 'tasks', task);
			const cwd = (await historyItem(about))?.workspace ?? list.get(task) ?? (await cwdOfHead(about));
			refs.push(...(await refsOf([join(about, uiName)], keeper.name, () => ({ session_id: task, cwd }))));
		}
	}
	return refs;
}

/** A file outside of any extension's folder may be anybody's; the format came from Cline, which takes it. */
function recognises({ extension }: TaskKeeper, path: string): boolean {
	const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
	if (name !== uiName && name !== apiName) return false;
	const owner = everyExtension.exec(path)?.[1]?.toLowerCase();
	return (owner ?? 'saoudrizwan.claude-dev') === extension;
}

async function* read(keeper: TaskKeeper, folder: string): AsyncGenerator<CaptureEvent> {
	const { turns, unknown } = taskTurns(await jsonFile(join(folder, uiName)), await aboutTask(keeper, folder));
	for (const what of unknown) yield { type: 'unknown', source: keeper.name, what };
	for (const turn of turns) yield { type: 'turn', turn };
}

const text = z.string().optional().catch(undefined);
const HistoryItem = z.object({ workspace: text, parentTaskId: text, ts: z.unknown().optional() });
const ListItem = z.object({ id: z.string(), cwdOnTaskInitialization: text, workspace: text });
const Metadata = z.object({
	model_usage: z.array(z.unknown()).catch([]),
	environment_history: z.array(z.unknown()).catch([]),
});
const Usage = z.object({ ts: z.unknown(), model_id: z.string() });
const Environment = z.object({ cline_version: z.string() });

async function historyItem(folder: string): Promise<z.infer<typeof HistoryItem> | undefined> {
	return HistoryItem.safeParse(await jsonFile(join(folder, 'history_item.json'))).data;
}

/** Folders of tasks, as the extension's own list names them. */
async function listOf(folder: string): Promise<Map<string, string>> {
	const list = await jsonFile(join(folder, 'state', 'taskHistory.json'));
	const items: readonly unknown[] = Array.isArray(list) ? list : [];
	return new Map(
		items.flatMap((value) => {
			const item = ListItem.safeParse(value).data;
			const cwd = item?.cwdOnTaskInitialization ?? item?.workspace;
			return item === undefined || cwd === undefined ? [] : [[item.id, cwd] as const];
		}),
	);
}

/** The folder that the model was told first; in raw JSON, so with its escapes undone. */
async function cwdOfHead(folder: string): Promise<string | undefined> {
	const head = await readHead(join(folder, apiName), 64 * 1024).catch(() => '');
	const found = folderPattern.exec(head)?.[1];
	const value = found === undefined ? undefined : parsedJson(`"${found}"`);
	return typeof value === 'string' ? value : undefined;
}

async function aboutTask(keeper: TaskKeeper, folder: string, depth = 0): Promise<TaskAbout> {
	const task = basename(folder);
	const [item, metadata] = [await historyItem(folder), Metadata.safeParse(await jsonFile(join(folder, 'task_metadata.json'))).data];
	const api = apiHistory(await jsonFile(join(folder, apiName)));
	return {
		assistant: keeper.name,
		session: task,
		api,
		cwd: item?.workspace ?? api.cwd ?? (await listOf(dirname(dirname(folder)))).get(task),
		version: metadata?.environment_history.flatMap((value) => Environment.safeParse(value).data?.cline_version ?? []).at(-1),
		// Only the parent's keys are wanted, not its own parent.
		parent: item?.parentTaskId === undefined || depth > 0 ? undefined : await parentTurn(keeper, folder, item.parentTaskId),
		models: (metadata?.model_usage ?? []).flatMap((value) => {
			const usage = Usage.safeParse(value).data;
			const at = instantOf(usage?.ts);
			return usage === undefined || at === undefined ? [] : [{ at, model: usage.model_id }];
		}),
	};
}

const First = z.array(z.object({ ts: z.unknown() })).min(1);

/** The turn of the parent task during which a sub-task began. */
async function parentTurn(keeper: TaskKeeper, folder: string, parentTask: string): Promise<string | undefined> {
	// The name comes from a file, so it must not lead elsewhere.
	const parentFolder = join(dirname(folder), basename(parentTask));
	const { turns } = taskTurns(await jsonFile(join(parentFolder, uiName)), await aboutTask(keeper, parentFolder, 1));
	const began = instantOf(First.safeParse(await jsonFile(join(folder, uiName))).data?.[0]?.ts);
	const turn = turns.findLast(({ started_at }) => began !== undefined && started_at <= began) ?? turns[0];
	return turn === undefined ? undefined : turnId(sha256, keeper.name, turn.session_id, turn.turn_key);
}
