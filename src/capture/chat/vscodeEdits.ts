import { z } from 'zod';
import type { TurnEdit } from '../../core/turn';
import { replaceText } from './hunks';
import { applyPatchedFile, parsePatchText } from './patchText';
import { pathOf, type EditingOperation, type EditingState, type TextEdit } from './vscodeSchema';
import type { UndoneWork } from './vscodeUndone';

/** A call that may have edited files, with its arguments read. */
export interface EditingCall {
	readonly id: string;
	readonly name: string;
	readonly args: unknown;
	readonly failed: boolean;
	readonly refused: boolean;
}

/** What one call did to one file, by its arguments. */
interface Step {
	readonly path: string;
	readonly id: string;
	readonly kind: TurnEdit['kind'];
	readonly movedTo?: string;
	readonly before: string | null;
	readonly after: string | null;
	readonly whole: boolean;
	/** Does it again on the file's text; undefined when it does not fit. */
	readonly redo: (text: string) => string | undefined;
}

const string = z.string().optional().catch(undefined);
const Args = z.object({ filePath: string, path: string, oldString: string, newString: string, content: string, input: string, patch: string, code: string });
const Many = z.object({ replacements: z.array(z.object({ filePath: string, oldString: z.string(), newString: z.string() })) });

/** What is recorded of a request's edits besides its calls. */
export interface EditRecord {
	readonly requestId: string;
	readonly state: EditingState | undefined;
	/** Files of which only the new text is known. */
	readonly changed: ReadonlyMap<string, readonly TextEdit[]>;
	readonly undone: UndoneWork;
}

/**
 * The edits of one request: the calls' arguments, made whole where the editing session kept the text before. What the user refused is
 * rejected; what was taken back is undone.
 */
export function vscodeEdits(calls: readonly EditingCall[], record: EditRecord): TurnEdit[] {
	const steps = calls.filter((call) => !call.failed).flatMap(stepsOf);
	const refused = calls.filter((call) => call.refused).flatMap(stepsOf);
	const recorded = recordedTexts(record);
	const paths = new Set([...steps.map((step) => step.path), ...recorded.keys(), ...record.changed.keys()]);
	const made = [...paths].flatMap((path) => {
		const ofFile = steps.filter((step) => step.path === path);
		const texts = recorded.get(path);
		if (texts !== undefined) return wholeEdits(path, ofFile, texts);
		const edits = ofFile.length > 0 ? ofFile.map(snippetEdit) : typedEdits(path, record.changed.get(path) ?? []);
		return record.undone.file(path, record.requestId) ? edits.map((edit) => ({ ...edit, state: 'undone' as const })) : edits;
	});
	return [...made, ...refused.map((step) => ({ ...snippetEdit(step), state: 'rejected' as const }))];
}

function stepsOf(call: EditingCall): Step[] {
	const args = Args.safeParse(call.args).data;
	if (args === undefined) return [];
	const path = args.filePath ?? args.path ?? '';
	if (call.name === 'create_file') return args.content === undefined || path === '' ? [] : [created(call.id, path, args.content)];
	if (call.name === 'replace_string_in_file')
		return args.oldString === undefined || path === '' ? [] : [replaced(call.id, path, args.oldString, args.newString ?? '')];
	if (call.name === 'multi_replace_string_in_file') {
		const many = Many.safeParse(call.args).data?.replacements ?? [];
		return many.flatMap((one) => ((one.filePath ?? path) === '' ? [] : [replaced(call.id, one.filePath ?? path, one.oldString, one.newString)]));
	}
	return call.name === 'apply_patch' ? patchSteps(call.id, args.input ?? args.patch ?? '') : [];
}

function created(id: string, path: string, content: string): Step {
	return { path, id, kind: 'create', before: null, after: content, whole: true, redo: () => content };
}

function replaced(id: string, path: string, before: string, after: string): Step {
	return { path, id, kind: 'edit', before, after, whole: false, redo: (text) => replaceText(text, before, after, false) };
}

function patchSteps(id: string, text: string): Step[] {
	return parsePatchText(text).flatMap((file): Step[] => {
		const base = { path: file.path, id, kind: file.kind, ...(file.movedTo === undefined ? {} : { movedTo: file.movedTo }) };
		const redo = (before: string): string | undefined => applyPatchedFile(before, file);
		if (file.kind === 'delete') return [{ ...base, before: null, after: null, whole: true, redo }];
		if (file.kind === 'create') return [{ ...base, before: null, after: applyPatchedFile('', file) ?? '', whole: true, redo }];
		// Each chunk is a step of its own, so that snippets stay snippets of one place.
		return file.chunks.map((chunk) => ({ ...base, ...chunk, whole: false, redo: (before: string) => replaceText(before, chunk.before, chunk.after, false) }));
	});
}

function snippetEdit(step: Step): TurnEdit {
	const { path, id, kind, movedTo, before, after, whole } = step;
	return {
		file_path: movedTo ?? path,
		kind: movedTo === undefined ? kind : 'rename',
		before,
		after,
		whole,
		fidelity: kind === 'delete' ? 'partial' : 'arguments',
		tool_id: id,
		state: 'applied',
		...(movedTo === undefined ? {} : { renamed_from: path }),
	};
}

/** Only the new text and its place are recorded for an edit that no call explains. */
function typedEdits(path: string, edits: readonly TextEdit[]): TurnEdit[] {
	const texts = edits.map((edit) => edit.text).filter((text) => text !== '');
	return texts.length === 0
		? []
		: [{ file_path: path, kind: 'edit', before: null, after: texts.join('\n'), whole: false, fidelity: 'partial', state: 'applied' }];
}

/** A file's text before a request, and after each operation the request made on it. */
interface RecordedTexts {
	readonly before: string | null;
	readonly states: readonly string[];
	/** How many of the states were not taken back. */
	readonly kept: number;
}

/** Both sides come from the editor's record; each call gets its own share of the way where that can be told. */
function wholeEdits(path: string, steps: readonly Step[], texts: RecordedTexts): TurnEdit[] {
	const last = texts.states.at(-1) ?? texts.before ?? '';
	if (texts.before === last) return [];
	const base = { file_path: path, whole: true, fidelity: 'recorded' as const };
	const made = redone(steps, texts.before, last) ?? [{ id: steps[0]?.id, before: texts.before, after: last }];
	const kept = keptOf(made, texts);
	return made.map(({ id, before, after }, index) => ({
		...base,
		kind: before === null ? 'create' : 'edit',
		before,
		after,
		state: index < kept ? 'applied' : 'undone',
		...(id === undefined ? {} : { tool_id: id }),
	}));
}

/** How many of the edits stand. Where the text that was left is that of no edit, none was taken back as a whole. */
function keptOf(made: readonly MadeEdit[], { before, states, kept }: RecordedTexts): number {
	if (kept === states.length) return made.length;
	const left = kept === 0 ? before : states[kept - 1];
	if (left === before) return 0;
	const last = made.findLastIndex((edit) => edit.after === left);
	return last === -1 ? made.length : last + 1;
}

/** One call's share of the way from a text to another. */
interface MadeEdit {
	readonly id: string | undefined;
	readonly before: string | null;
	readonly after: string;
}

function redone(steps: readonly Step[], start: string | null, end: string): MadeEdit[] | undefined {
	const made: MadeEdit[] = [];
	let text = start;
	for (const step of steps) {
		const after = step.redo(text ?? '');
		if (after === undefined) return undefined;
		const previous = made.at(-1);
		if (previous?.id === step.id) made[made.length - 1] = { ...previous, after };
		else made.push({ id: step.id, before: text, after });
		text = after;
	}
	return made.length > 0 && text === end ? made : undefined;
}

function recordedTexts({ state, requestId, undone }: EditRecord): Map<string, RecordedTexts> {
	const found = new Map<string, RecordedTexts>();
	if (state === undefined) return found;
	for (const [, baseline] of state.timeline.fileBaselines)
		if (baseline.requestId === requestId) found.set(pathOf(baseline.uri), { before: baseline.content, states: [], kept: 0 });
	const operations = state.timeline.operations.filter((one) => one.requestId === requestId).sort((a, b) => a.epoch - b.epoch);
	for (const operation of operations) {
		if (operation.uri === undefined) continue;
		const path = pathOf(operation.uri);
		const after = afterOperation(operation, found.get(path));
		if (after === undefined) found.delete(path);
		else found.set(path, { ...after, kept: undone.operation(path, requestId, operation.epoch) ? after.kept : after.states.length });
	}
	return found;
}

/** undefined where the record does not tell the text. */
function afterOperation(operation: EditingOperation, texts: RecordedTexts | undefined): RecordedTexts | undefined {
	if (operation.type === 'create') return { before: null, states: [operation.initialContent ?? ''], kept: 0 };
	if (operation.type !== 'textEdit' || texts === undefined) return undefined;
	return { ...texts, states: [...texts.states, withEdits(texts.states.at(-1) ?? texts.before ?? '', operation.edits ?? [])] };
}

/** Applies edits whose places all count in the text before any of them. */
function withEdits(text: string, edits: readonly TextEdit[]): string {
	const starts = [0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
	const offset = (line: number, column: number): number => Math.min((starts[line - 1] ?? text.length) + column - 1, text.length);
	const placed = edits.map((edit) => ({
		text: edit.text,
		from: offset(edit.range.startLineNumber, edit.range.startColumn),
		to: offset(edit.range.endLineNumber, edit.range.endColumn),
	}));
	placed.sort((a, b) => b.from - a.from);
	return placed.reduce((result, edit) => result.slice(0, edit.from) + edit.text + result.slice(Math.max(edit.to, edit.from)), text);
}
