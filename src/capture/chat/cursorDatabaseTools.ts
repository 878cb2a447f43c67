import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { sidesOf } from './hunks';

const kinds: Readonly<Record<string, ToolKind>> = {
	read_file: 'read',
	list_dir: 'search',
	grep: 'search',
	grep_search: 'search',
	ripgrep_raw_search: 'search',
	codebase_search: 'search',
	semantic_search_full: 'search',
	file_search: 'search',
	glob_file_search: 'search',
	edit_file: 'edit',
	search_replace: 'edit',
	apply_patch: 'edit',
	write: 'create',
	delete_file: 'delete',
	run_terminal_cmd: 'run',
	run_terminal_command: 'run',
	web_search: 'web',
	web_fetch: 'web',
	task: 'agent',
};

/** What a tool of Cursor does; a version may stand behind its name. */
export function cursorToolKind(name: string): ToolKind {
	return kinds[name.replace(/_v\d+$/, '')] ?? (/^mcp[-_]/i.test(name) ? 'mcp' : 'other');
}

const text = z.string().optional().catch(undefined);
const Args = z
	.object({ relativeWorkspacePath: text, target_file: text, file_path: text, path: text, old_string: text, new_string: text, contents: text })
	.catch({});
const Chunk = z.object({ diffString: z.string() });
export const CursorResult = z.object({
	output: text,
	exitCode: z.number().optional().catch(undefined),
	rejected: z.boolean().optional().catch(undefined),
	beforeContentId: text,
	afterContentId: text,
	diff: z
		.object({ chunks: z.array(z.unknown()).optional().catch(undefined) })
		.optional()
		.catch(undefined),
});
export type CursorResult = z.infer<typeof CursorResult>;

export interface CursorCall {
	readonly id: string;
	readonly kind: ToolKind;
	/** As the model wrote them, and as Cursor understood them. */
	readonly args: unknown;
	readonly params: unknown;
	readonly result: CursorResult;
	readonly rejected: boolean;
	readonly cwd: string | undefined;
}

/** The edits of one call: whole files where Cursor kept them, else what its result or its arguments show. `contentOf` gives the text kept under an id. */
export function cursorEdits(call: CursorCall, contentOf: (id: string) => string | undefined): TurnEdit[] {
	const { args, params, result } = call;
	const named = { ...withoutAbsent(Args.parse(args)), ...withoutAbsent(Args.parse(params)) };
	const path = named.relativeWorkspacePath ?? named.target_file ?? named.file_path ?? named.path;
	if (path === undefined || !['edit', 'create', 'delete'].includes(call.kind)) return [];
	const state = call.rejected ? ('rejected' as const) : ('applied' as const);
	const base = { file_path: absolutePath(path, call.cwd), tool_id: call.id, state };
	if (call.kind === 'delete') return [{ ...base, kind: 'delete', before: null, after: null, whole: true, fidelity: 'partial' }];
	const after = result.afterContentId === undefined ? undefined : contentOf(result.afterContentId);
	if (after !== undefined) return [{ ...base, ...oldSide(result, contentOf), after, whole: true }];
	const chunks = (result.diff?.chunks ?? []).flatMap((chunk) => Chunk.safeParse(chunk).data ?? []);
	if (chunks.length > 0) {
		return chunks.map(({ diffString }) => ({
			...base,
			kind: 'edit',
			...sidesOf({ oldStart: 0, lines: diffString.split('\n') }),
			whole: false,
			fidelity: 'recorded',
		}));
	}
	const { old_string: before, new_string, contents } = named;
	if (before !== undefined && new_string !== undefined) return [{ ...base, kind: 'edit', before, after: new_string, whole: false, fidelity: 'arguments' }];
	return contents === undefined ? [] : [{ ...base, kind: 'edit', before: null, after: contents, whole: true, fidelity: 'partial' }];
}

/** A file that was empty, or of which no old text is named, was new. */
function oldSide({ beforeContentId }: CursorResult, contentOf: (id: string) => string | undefined): Pick<TurnEdit, 'kind' | 'before' | 'fidelity'> {
	const before = beforeContentId === undefined ? '' : contentOf(beforeContentId);
	if (before === undefined) return { kind: 'edit', before: null, fidelity: 'partial' };
	return before === '' ? { kind: 'create', before: null, fidelity: 'recorded' } : { kind: 'edit', before, fidelity: 'recorded' };
}

function withoutAbsent<T extends object>(fields: T): Partial<T> {
	const copy: Partial<T> = { ...fields };
	for (const key in copy) if (copy[key] === undefined) delete copy[key];
	return copy;
}
