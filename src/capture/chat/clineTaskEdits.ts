import { z } from 'zod';
import type { TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { copilotSteps } from './copilotEdits';
import { sidesOf } from './hunks';
import { hunksOfDiff } from './unifiedDiff';

const text = z.string().optional().catch(undefined);
const Batch = z.object({
	path: z.string(),
	content: text,
	diff: text,
	diffs: z
		.array(z.object({ content: z.string() }))
		.optional()
		.catch(undefined),
});

/** What the program shows of a tool it uses, or asks about. */
export const TaskTool = z.object({
	tool: z.string(),
	path: text,
	diff: text,
	content: text,
	command: text,
	batchDiffs: z.array(Batch).optional().catch(undefined),
});
export type TaskTool = z.infer<typeof TaskTool>;

const Args = z.object({ path: text, file_path: text, diff: text, content: text, patch: text, input: text });

/** A call whose edits are wanted. */
export interface TaskEdit {
	readonly id: string;
	readonly tool: TaskTool;
	/** The model's own arguments, for what the program did not show. */
	readonly args: unknown;
	readonly cwd: string | undefined;
	readonly refused: boolean;
}

type Base = Pick<TurnEdit, 'file_path' | 'tool_id' | 'state'>;

/**
 * The edits of one call. A unified diff was made by the program and shows both sides; SEARCH/REPLACE blocks, patches and whole contents
 * are what the model wrote. Of a file that was written over, the old text is not told.
 */
export function taskEdits({ id, tool, args: raw, cwd, refused }: TaskEdit): TurnEdit[] {
	const args = Args.safeParse(raw).data;
	const fallback = args?.diff ?? args?.content ?? args?.patch ?? args?.input;
	const files =
		tool.batchDiffs === undefined || tool.batchDiffs.length === 0
			? [{ path: tool.path ?? args?.path ?? args?.file_path, words: filled(tool.diff) ?? filled(tool.content) ?? fallback }]
			: tool.batchDiffs.map((one) => ({
					path: one.path,
					words: filled(one.diff) ?? filled(one.content) ?? one.diffs?.map(({ content }) => content).join('\n'),
				}));
	return files.flatMap(({ path, words }) => {
		if (path === undefined) return [];
		const base: Base = { file_path: absolutePath(path, cwd), tool_id: id, state: refused ? 'rejected' : 'applied' };
		if (tool.tool === 'fileDeleted') return [{ ...base, kind: 'delete', before: null, after: null, whole: true, fidelity: 'partial' }];
		return words === undefined ? [] : editsOf(base, tool.tool, words, cwd);
	});
}

function filled(words: string | undefined): string | undefined {
	return words === undefined || words === '' ? undefined : words;
}

function editsOf(base: Base, tool: string, words: string, cwd: string | undefined): TurnEdit[] {
	const created = tool === 'newFileCreated';
	const blocks = searchBlocks(words);
	if (blocks.length > 0 && !created) return blocks.map((sides) => ({ ...base, kind: 'edit', ...sides, whole: false, fidelity: 'arguments' }));
	if (/^\*\*\* (Begin Patch|(Add|Update|Delete) File: )/m.test(words))
		return copilotSteps(base.tool_id ?? '', 'apply_patch', words, '', cwd).flatMap((step) => step.edits.map((edit) => ({ ...edit, state: base.state })));
	const hunks = hunksOfDiff(words);
	if (created) {
		const after = blocks.length > 0 ? blocks.map((sides) => sides.after).join('\n') : hunks.length > 0 ? contentOfDiff(words) : words;
		return [{ ...base, kind: 'create', before: null, after, whole: true, fidelity: hunks.length > 0 ? 'recorded' : 'arguments' }];
	}
	if (hunks.length > 0) return hunks.map((hunk) => ({ ...base, kind: 'edit', ...sidesOf(hunk), whole: false, fidelity: 'recorded' }));
	if (tool === 'insertContent') return [{ ...base, kind: 'edit', before: '', after: words, whole: false, fidelity: 'arguments' }];
	return [{ ...base, kind: 'edit', before: null, after: words, whole: true, fidelity: 'partial' }];
}

/** The content of a file that a diff creates; it ends with a newline unless the diff says that it does not. */
function contentOfDiff(diff: string): string {
	const after = hunksOfDiff(diff)
		.map((hunk) => sidesOf(hunk).after)
		.join('\n');
	return /^\\ No newline at end of file/m.test(diff) ? after : `${after}\n`;
}

/**
 * The blocks `<<<<<<< SEARCH … ======= … >>>>>>> REPLACE`, which newer versions write with `-------` and `+++++++`, some with the line at
 * which they start (`:start_line:3`, then `-------`). A marker that is text has a backslash before it.
 */
export function searchBlocks(words: string): { before: string; after: string }[] {
	const blocks: { before: string[]; after: string[] }[] = [];
	let side: 'none' | 'before' | 'after' = 'none';
	for (const line of words.split(/\r?\n/)) {
		const block = blocks.at(-1);
		if (/^(<{3,}|-{3,}) SEARCH>?$/.test(line)) {
			blocks.push({ before: [], after: [] });
			side = 'before';
		} else if (block === undefined || side === 'none') continue;
		else if (side === 'before' && block.before.length === 0 && /^(:(start|end)_line:\s*\d+|-{7})\s*$/.test(line)) continue;
		else if (side === 'before' && /^={7}$/.test(line)) side = 'after';
		else if (side === 'after' && /^(>{3,}|\+{3,}) REPLACE>?$/.test(line)) side = 'none';
		else block[side].push(line.replace(/^\\(?=[<>=+-]{7})/, ''));
	}
	return blocks.map(({ before, after }) => ({ before: before.join('\n'), after: after.join('\n') }));
}
