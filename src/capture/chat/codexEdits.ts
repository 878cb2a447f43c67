import { z } from 'zod';
import type { TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { Change } from './codexLine';
import { sidesOf } from './hunks';
import { applyPatchedFile, parsePatchText } from './patchText';
import { hunksOfDiff } from './unifiedDiff';

/** Where and by which call files were changed. */
export interface ChangePlace {
	readonly id: string;
	readonly cwd: string | undefined;
	readonly declined: boolean;
	/** Files that the session showed to exist. A patch may "add" over one of them, and then the old text is not recorded. */
	readonly known: Set<string>;
}

/** The edits that Codex recorded for one call. Of a changed file it keeps the changed places, not the whole text. */
export function recordedEdits(changes: Readonly<Record<string, unknown>>, place: ChangePlace): TurnEdit[] {
	return Object.entries(changes).flatMap(([path, value]) => {
		const change = Change.safeParse(value).data;
		return change === undefined ? [] : editsOfChange(absolutePath(path, place.cwd), change, place);
	});
}

function editsOfChange(path: string, change: Change, place: ChangePlace): TurnEdit[] {
	const base = { file_path: path, tool_id: place.id, state: place.declined ? ('rejected' as const) : ('applied' as const) };
	if (change.type === 'add') return [{ ...base, ...added(path, place), before: null, after: change.content ?? '', whole: true }];
	if (change.type === 'delete') {
		place.known.delete(path);
		const before = change.content ?? null;
		return [{ ...base, kind: 'delete', before, after: null, whole: true, fidelity: before === null ? 'partial' : 'recorded' }];
	}
	const target = movedTo(change.move_path ?? undefined, place);
	place.known.add(target ?? path);
	const moved = target === undefined ? { kind: 'edit' as const } : { kind: 'rename' as const, file_path: target, renamed_from: path };
	const hunks = hunksOfDiff(change.unified_diff ?? '');
	if (hunks.length === 0) return target === undefined ? [] : [{ ...base, ...moved, before: null, after: null, whole: false, fidelity: 'partial' }];
	return hunks.map((hunk) => ({ ...base, ...moved, ...sidesOf(hunk), whole: false, fidelity: 'recorded' }));
}

function movedTo(path: string | undefined, place: ChangePlace): string | undefined {
	return path === undefined || path === '' ? undefined : absolutePath(path, place.cwd);
}

function added(path: string, place: ChangePlace): Pick<TurnEdit, 'kind' | 'fidelity'> {
	if (place.known.has(path)) return { kind: 'edit', fidelity: 'partial' };
	if (!place.declined) place.known.add(path);
	// Only the patch says that the file is new, so it counts as an argument.
	return { kind: 'create', fidelity: 'arguments' };
}

const PatchArgs = z.object({
	input: z.string().optional().catch(undefined),
	patch: z.string().optional().catch(undefined),
	cmd: z.string().optional().catch(undefined),
	command: z
		.union([z.string(), z.array(z.string())])
		.optional()
		.catch(undefined),
	workdir: z.string().optional().catch(undefined),
});

/** The edits of a patch in a call's own arguments: the patch tool's text, or a here-document in a shell command. For versions that record no changes. */
export function patchEdits(name: string, args: unknown, place: ChangePlace): TurnEdit[] {
	const known = typeof args === 'string' ? undefined : PatchArgs.safeParse(args).data;
	const text = typeof args === 'string' ? args : patchOf(name, known);
	const begin = text.indexOf('*** Begin Patch');
	if (begin === -1) return [];
	const end = text.indexOf('*** End Patch', begin);
	const cwd = known?.workdir ?? place.cwd;
	return parsePatchText(text.slice(begin, end === -1 ? undefined : end)).flatMap((file): TurnEdit[] => {
		const path = absolutePath(file.path, cwd);
		const base = { file_path: path, tool_id: place.id, state: 'applied' as const };
		if (file.kind === 'create') return [{ ...base, ...added(path, place), before: null, after: applyPatchedFile('', file) ?? '', whole: true }];
		if (file.kind === 'delete') return [{ ...base, kind: 'delete', before: null, after: null, whole: true, fidelity: 'partial' }];
		const target = movedTo(file.movedTo, { ...place, cwd });
		place.known.add(target ?? path);
		const moved = target === undefined ? { kind: 'edit' as const } : { kind: 'rename' as const, file_path: target, renamed_from: path };
		return file.chunks.map((chunk) => ({ ...base, ...moved, ...chunk, whole: false, fidelity: 'arguments' }));
	});
}

/** The code of a script (`exec`) is not read: what it did is recorded apart. */
function patchOf(name: string, args: z.infer<typeof PatchArgs> | undefined): string {
	if (args === undefined || name === 'exec') return '';
	if (name === 'apply_patch') return args.input ?? args.patch ?? '';
	const command = args.cmd ?? args.command ?? '';
	const script = typeof command === 'string' ? command : command.join('\n');
	return /\bapply_patch\b/.test(script) ? script : '';
}
