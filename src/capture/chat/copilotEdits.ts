import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { replaceText, sidesOf } from './hunks';
import { applyPatchedFile, parsePatchText } from './patchText';
import { hunksOfDiff } from './unifiedDiff';

const kinds: Readonly<Record<string, ToolKind>> = {
	view: 'read',
	read: 'read',
	grep: 'search',
	glob: 'search',
	edit: 'edit',
	str_replace_editor: 'edit',
	apply_patch: 'edit',
	create: 'create',
	bash: 'run',
	read_bash: 'run',
	write_bash: 'run',
	stop_bash: 'run',
	list_bash: 'run',
	powershell: 'run',
	read_powershell: 'run',
	write_powershell: 'run',
	stop_powershell: 'run',
	task: 'agent',
	read_agent: 'agent',
	write_agent: 'agent',
	list_agents: 'agent',
	web_fetch: 'web',
	web_search: 'web',
	'github-mcp-server': 'mcp',
};

/** What a tool of GitHub Copilot CLI does. Older versions name the MCP server, if any, in the tool's name alone. */
export function copilotToolKind(name: string, args: unknown, mcpServer?: string): ToolKind {
	if (mcpServer !== undefined) return 'mcp';
	const command = Args.safeParse(args).data?.command;
	if (name === 'str_replace_editor') return command === 'view' ? 'read' : command === 'create' ? 'create' : 'edit';
	return kinds[name] ?? (/^(mcp|github-mcp-server)[_-]/.test(name) ? 'mcp' : 'other');
}

const text = z.string().optional().catch(undefined);
const Args = z.object({ command: text, path: text, old_str: text, new_str: text, file_text: text, input: text, patch: text });

/** What one call did to one file. */
export interface CopilotStep {
	readonly path: string;
	readonly edits: readonly TurnEdit[];
	/** Does it again on the file's text; undefined when it does not fit. */
	readonly redo: (text: string) => string | undefined;
}

/** What a call did to its files, by its arguments; of a changed file the recorded diff shows the places. */
export function copilotSteps(id: string, name: string, args: unknown, diff: string, cwd: string | undefined): CopilotStep[] {
	const given = typeof args === 'string' ? { input: args } : Args.safeParse(args).data;
	const kind = copilotToolKind(name, args);
	if (given === undefined || (kind !== 'edit' && kind !== 'create')) return [];
	const base = { tool_id: id, state: 'applied' as const };
	if (name === 'apply_patch') return patchSteps(given.input ?? ('patch' in given ? given.patch : undefined) ?? '', base, cwd);
	const { path, old_str: before, new_str: after, file_text: content } = Args.parse(given);
	if (path === undefined) return [];
	const file_path = absolutePath(path, cwd);
	if (kind === 'create') {
		const edit: TurnEdit = { ...base, file_path, kind: 'create', before: null, after: content ?? '', whole: true, fidelity: 'arguments' };
		return content === undefined ? [] : [{ path: file_path, edits: [edit], redo: () => content }];
	}
	const hunks = hunksOfDiff(diff).map((hunk): TurnEdit => ({ ...base, file_path, kind: 'edit', ...sidesOf(hunk), whole: false, fidelity: 'recorded' }));
	if (before === undefined) return hunks.length === 0 ? [] : [{ path: file_path, edits: hunks, redo: () => undefined }];
	const asked: TurnEdit = { ...base, file_path, kind: 'edit', before, after: after ?? '', whole: false, fidelity: 'arguments' };
	return [{ path: file_path, edits: hunks.length === 0 ? [asked] : hunks, redo: (old) => replaceText(old, before, after ?? '', false) }];
}

function patchSteps(patch: string, base: Pick<TurnEdit, 'tool_id' | 'state'>, cwd: string | undefined): CopilotStep[] {
	return parsePatchText(patch).map((file) => {
		const path = absolutePath(file.path, cwd);
		const redo = (old: string): string | undefined => (file.movedTo === undefined ? applyPatchedFile(old, file) : undefined);
		if (file.kind === 'create')
			return { path, redo, edits: [{ ...base, file_path: path, kind: 'create', before: null, after: redo('') ?? '', whole: true, fidelity: 'arguments' }] };
		if (file.kind === 'delete')
			return {
				path,
				redo: () => undefined,
				edits: [{ ...base, file_path: path, kind: 'delete', before: null, after: null, whole: true, fidelity: 'partial' }],
			};
		const moved =
			file.movedTo === undefined
				? { file_path: path, kind: 'edit' as const }
				: { file_path: absolutePath(file.movedTo, cwd), kind: 'rename' as const, renamed_from: path };
		return { path, redo, edits: file.chunks.map((chunk): TurnEdit => ({ ...base, ...moved, ...chunk, whole: false, fidelity: 'arguments' })) };
	});
}
