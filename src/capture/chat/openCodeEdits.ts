import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { replaceText, sidesOf } from './hunks';
import { applyPatchedFile, parsePatchText } from './patchText';
import { hunksOfDiff } from './unifiedDiff';

const kinds: Readonly<Record<string, ToolKind>> = {
	read: 'read',
	list: 'search',
	glob: 'search',
	grep: 'search',
	codesearch: 'search',
	edit: 'edit',
	multiedit: 'edit',
	patch: 'edit',
	apply_patch: 'edit',
	write: 'create',
	bash: 'run',
	task: 'agent',
	webfetch: 'web',
	websearch: 'web',
	plan_enter: 'other',
	plan_exit: 'other',
};

/** What a tool of OpenCode does. Those of MCP servers bear no mark but their names, `<server>_<tool>`; its own that have such a name are all known. */
export function openCodeToolKind(name: string): ToolKind {
	return kinds[name] ?? (name.includes('_') ? 'mcp' : 'other');
}

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const Replacement = z.object({ filePath: text, oldString: z.string(), newString: z.string(), replaceAll: flag });
const Input = z.object({ filePath: text, content: text, patchText: text, edits: z.array(Replacement).optional().catch(undefined) });
/** `before` and `after` up to version 1.1, `patch` since. */
const FileDiff = z.object({ before: text, after: text, patch: text });
const Metadata = z.object({ exists: flag, filediff: FileDiff.optional().catch(undefined), diff: text });

/** A call that succeeded or was refused. */
export interface OpenCodeCall {
	readonly id: string;
	readonly name: string;
	readonly input: unknown;
	readonly metadata: unknown;
	readonly state: TurnEdit['state'];
}

/** What one call did to one file. */
export interface OpenCodeStep {
	readonly path: string;
	readonly edits: readonly TurnEdit[];
	/** Does it again on the file's text, '' where there was none; undefined when it does not fit. */
	readonly redo: (text: string) => string | undefined;
}

/** What a call did to its files: the recorded diff shows the places, else the arguments. */
export function openCodeSteps(call: OpenCodeCall, cwd: string | undefined): OpenCodeStep[] {
	const input = Input.safeParse(call.input).data;
	if (input === undefined) return [];
	const base = { tool_id: call.id, state: call.state };
	if (call.name === 'patch' || call.name === 'apply_patch') return patchSteps(input.patchText ?? '', base, cwd);
	const { filePath } = input;
	if (filePath === undefined) return [];
	const path = absolutePath(filePath, cwd);
	const metadata = Metadata.safeParse(call.metadata).data;
	if (call.name === 'write') return input.content === undefined ? [] : [written(path, input.content, metadata?.exists, base)];
	if (call.name !== 'edit' && call.name !== 'multiedit') return [];
	const replacements = input.edits ?? Replacement.array().safeParse([call.input]).data ?? [];
	const redo = (old: string) => replacements.reduce<string | undefined>((all, one) => (all === undefined ? undefined : replaced(all, one)), old);
	return [{ path, redo, edits: editsOf(path, replacements, metadata, base) }];
}

type Base = Pick<TurnEdit, 'tool_id' | 'state'>;

/** An edit whose old text is empty writes the file. */
function replaced(old: string, { oldString, newString, replaceAll }: z.infer<typeof Replacement>): string | undefined {
	return oldString === '' ? newString : replaceText(old, oldString, newString, replaceAll === true);
}

function editsOf(file_path: string, replacements: z.infer<typeof Replacement>[], metadata: z.infer<typeof Metadata> | undefined, base: Base): TurnEdit[] {
	const { before, after, patch } = metadata?.filediff ?? {};
	if (before !== undefined && after !== undefined) {
		return [{ ...base, file_path, kind: before === '' ? 'create' : 'edit', before, after, whole: true, fidelity: 'recorded' }];
	}
	const hunks = hunksOfDiff(patch ?? metadata?.diff ?? '');
	if (hunks.length > 0) return hunks.map((hunk) => ({ ...base, file_path, kind: 'edit', ...sidesOf(hunk), whole: false, fidelity: 'recorded' }));
	return replacements.map((one) => ({
		...base,
		file_path,
		kind: 'edit',
		before: one.oldString,
		after: one.newString,
		whole: false,
		fidelity: 'arguments',
	}));
}

/** A file that was there before leaves no old text. */
function written(path: string, content: string, exists: boolean | undefined, base: Base): OpenCodeStep {
	const known = exists === false ? ({ kind: 'create', fidelity: 'arguments' } as const) : ({ kind: 'edit', fidelity: 'partial' } as const);
	return { path, redo: () => content, edits: [{ ...base, file_path: path, ...known, before: null, after: content, whole: true }] };
}

function patchSteps(patch: string, base: Base, cwd: string | undefined): OpenCodeStep[] {
	return parsePatchText(patch).map((file) => {
		const path = absolutePath(file.path, cwd);
		const redo = (old: string) => (file.kind === 'delete' || file.movedTo !== undefined ? undefined : applyPatchedFile(old, file));
		if (file.kind === 'create')
			return { path, redo, edits: [{ ...base, file_path: path, kind: 'create', before: null, after: redo('') ?? '', whole: true, fidelity: 'arguments' }] };
		if (file.kind === 'delete')
			return { path, redo, edits: [{ ...base, file_path: path, kind: 'delete', before: null, after: null, whole: true, fidelity: 'partial' }] };
		const place =
			file.movedTo === undefined
				? { file_path: path, kind: 'edit' as const }
				: { file_path: absolutePath(file.movedTo, cwd), kind: 'rename' as const, renamed_from: path };
		return { path, redo, edits: file.chunks.map((chunk): TurnEdit => ({ ...base, ...place, ...chunk, whole: false, fidelity: 'arguments' })) };
	});
}
