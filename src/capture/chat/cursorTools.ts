import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { copilotSteps } from './copilotEdits';

const kinds: ReadonlyMap<string, ToolKind> = new Map(
	Object.entries<ToolKind>({
		Shell: 'run',
		Read: 'read',
		ReadLints: 'read',
		Write: 'create',
		StrReplace: 'edit',
		EditNotebook: 'edit',
		ApplyPatch: 'edit',
		Delete: 'delete',
		Grep: 'search',
		Glob: 'search',
		LS: 'search',
		SemanticSearch: 'search',
		WebSearch: 'web',
		WebFetch: 'web',
		Task: 'agent',
	}),
);

/** What a tool of Cursor does. */
export function cursorToolKind(name: string): ToolKind {
	return kinds.get(name) ?? (name.startsWith('MCP:') || name === 'CallMcpTool' ? 'mcp' : 'other');
}

const text = z.string().optional().catch(undefined);
const Args = z.object({ path: z.string(), contents: text, old_string: text, new_string: text });

/** The edits that a call asked for. No result tells whether it was done, nor whether a written file was new. */
export function cursorEdits(id: string, name: string, raw: unknown, cwd: string | undefined): TurnEdit[] {
	if (name === 'ApplyPatch') return copilotSteps(id, 'apply_patch', raw, '', cwd).flatMap((step) => step.edits);
	const args = Args.safeParse(raw).data;
	if (args === undefined) return [];
	const base = { file_path: absolutePath(args.path, cwd), tool_id: id, state: 'applied' as const };
	if (name === 'Delete') return [{ ...base, kind: 'delete', before: null, after: null, whole: true, fidelity: 'partial' }];
	if (name === 'Write' && args.contents !== undefined) return [{ ...base, kind: 'edit', before: null, after: args.contents, whole: true, fidelity: 'partial' }];
	if (name !== 'StrReplace' || args.old_string === undefined || args.new_string === undefined) return [];
	return [{ ...base, kind: 'edit', before: args.old_string, after: args.new_string, whole: false, fidelity: 'arguments' }];
}
