import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { applyHunks, sidesOf } from './hunks';
import { hunksOfDiff } from './unifiedDiff';

const kinds: Readonly<Record<string, ToolKind>> = {
	Read: 'read',
	read_file: 'read',
	read_file_range: 'read',
	read_currently_open_file: 'read',
	List: 'search',
	Search: 'search',
	ls: 'search',
	grep_search: 'search',
	file_glob_search: 'search',
	codebase: 'search',
	view_diff: 'read',
	Edit: 'edit',
	MultiEdit: 'edit',
	edit_existing_file: 'edit',
	single_find_and_replace: 'edit',
	multi_edit: 'edit',
	Write: 'create',
	create_new_file: 'create',
	Bash: 'run',
	run_terminal_command: 'run',
	CheckBackgroundJob: 'run',
	Fetch: 'web',
	fetch_url_content: 'web',
	search_web: 'web',
	Subagent: 'agent',
};

/** What a tool of Continue does. Its editors' extension puts `builtin_` before the names. */
export function continueToolKind(name: string): ToolKind {
	return kinds[plain(name)] ?? (name.startsWith('mcp_') || name.includes('__') ? 'mcp' : 'other');
}

function plain(name: string): string {
	return name.replace(/^builtin_/, '');
}

const text = z.string().optional().catch(undefined);
const Pair = z.object({ old_string: z.string(), new_string: z.string() });
const Args = z.object({
	file_path: text,
	filepath: text,
	old_string: text,
	new_string: text,
	content: text,
	contents: text,
	edits: z.array(Pair).optional().catch(undefined),
});

/** A call with its result, whose edits are wanted. */
export interface ContinueCall {
	readonly id: string;
	readonly name: string;
	readonly args: unknown;
	readonly output: string;
	readonly cancelled: boolean;
	readonly cwd: string | undefined;
}

/** The edits of one call: the diff in its result shows the changed places; of a written file it gives the old text back. */
export function continueEdits(call: ContinueCall): TurnEdit[] {
	const kind = continueToolKind(call.name);
	const args = Args.safeParse(call.args).data;
	const file = args?.file_path ?? args?.filepath;
	if (args === undefined || file === undefined || (kind !== 'edit' && kind !== 'create')) return [];
	const base = { file_path: absolutePath(file, call.cwd), tool_id: call.id, state: call.cancelled ? ('rejected' as const) : ('applied' as const) };
	const content = args.content ?? args.contents;
	const diff = diffOf(call.output);
	if (kind === 'create') return content === undefined ? [] : [written(base, content, diff, call)];
	const hunks = hunksOfDiff(diff);
	if (hunks.length > 0) return hunks.map((hunk) => ({ ...base, kind: 'edit', ...sidesOf(hunk), whole: false, fidelity: 'recorded' }));
	const pairs = args.edits ?? Pair.array().safeParse([args]).data ?? [];
	return pairs.map((pair) => ({ ...base, kind: 'edit', before: pair.old_string, after: pair.new_string, whole: false, fidelity: 'arguments' }));
}

function diffOf(output: string): string {
	const at = output.indexOf('\nDiff:\n');
	return at === -1 ? '' : output.slice(at);
}

function written(base: Pick<TurnEdit, 'file_path' | 'tool_id' | 'state'>, content: string, diff: string, call: ContinueCall): TurnEdit {
	const created = plain(call.name) === 'create_new_file' || call.output.startsWith('Successfully created');
	if (created) return { ...base, kind: 'create', before: null, after: content, whole: true, fidelity: 'arguments' };
	const before = diff === '' ? undefined : applyHunks(content, hunksOfDiff(reversed(diff)));
	return { ...base, kind: 'edit', before: before ?? null, after: content, whole: true, fidelity: before === undefined ? 'partial' : 'recorded' };
}

/** The diff that leads back. */
function reversed(diff: string): string {
	return diff
		.split('\n')
		.map((line) => line.replace(/^@@ -(\S+) \+(\S+) @@/, '@@ -$2 +$1 @@'))
		.map((line) => (line.startsWith('+') ? `-${line.slice(1)}` : line.startsWith('-') ? `+${line.slice(1)}` : line))
		.join('\n');
}

/**
 * Calls of one answer run at once. When two change one file, both report success though each read the file without the other's change, and the
 * one written last stands. An earlier edit whose old text the later one still saw is marked as undone.
 */
export function withoutLostEdits(edits: readonly TurnEdit[]): TurnEdit[] {
	return edits.map((edit, place) => {
		const lost = edits.slice(place + 1).some((later) => later.tool_id !== edit.tool_id && later.file_path === edit.file_path && overlooks(later, edit));
		return lost && edit.state === 'applied' ? { ...edit, state: 'undone' } : edit;
	});
}

/** True when an edit saw lines that an earlier one had removed. */
function overlooks(later: TurnEdit, earlier: TurnEdit): boolean {
	if (later.whole || earlier.whole || later.before === null || earlier.before === null || earlier.after === null) return false;
	const kept = new Set(earlier.after.split('\n'));
	const removed = earlier.before.split('\n').filter((line) => line.trim() !== '' && !kept.has(line));
	const seen = new Set(later.before.split('\n'));
	return removed.some((line) => seen.has(line));
}
