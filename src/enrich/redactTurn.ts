import type { ToolCall, TurnEdit, TurnObservation } from '../core/turn';
import type { Redactor } from './redact';
import { isSecretPath, notCaptured } from '../core/secretPath';

/**
 * Takes secrets out of every text of an observation, and drops what a file of secrets would show: such a file is known
 * by its path, so nothing of its text depends on a rule. Redacting twice changes nothing.
 */
export async function redactTurn(turn: TurnObservation, redactor: Redactor): Promise<{ turn: TurnObservation; count: number }> {
	const counter = new Counter(redactor);
	const redacted: TurnObservation = {
		...turn,
		...(turn.cwd !== undefined && { cwd: await counter.text(turn.cwd) }),
		...(turn.branch !== undefined && { branch: await counter.text(turn.branch) }),
		prompt: await counter.text(turn.prompt),
		response: await counter.text(turn.response),
		tools: await inTurn(turn.tools, (tool) => counter.tool(tool)),
		edits: await inTurn(turn.edits, (edit) => counter.edit(edit)),
	};
	return { turn: redacted, count: counter.count };
}

async function inTurn<T>(values: readonly T[], change: (value: T) => Promise<T>): Promise<T[]> {
	const changed: T[] = [];
	for (const value of values) changed.push(await change(value));
	return changed;
}

class Counter {
	count = 0;
	readonly #redactor: Redactor;

	constructor(redactor: Redactor) {
		this.#redactor = redactor;
	}

	async text(text: string): Promise<string> {
		const done = await this.#redactor.redact(text);
		this.count += done.count;
		return done.text;
	}

	async tool(tool: ToolCall): Promise<ToolCall> {
		const secret = showsSecretFile(tool);
		const args = secret ? withoutTexts(tool.args) : tool.args;
		const done = args === undefined ? undefined : await this.#redactor.redactDeep(args);
		this.count += done?.count ?? 0;
		const output = tool.output === undefined ? undefined : secret ? notCaptured : await this.text(tool.output);
		return { ...tool, ...(done === undefined ? {} : { args: done.value }), ...(output === undefined ? {} : { output }) };
	}

	async edit(edit: TurnEdit): Promise<TurnEdit> {
		if (isSecretPath(edit.file_path) || (edit.renamed_from !== undefined && isSecretPath(edit.renamed_from)))
			return { ...edit, before: edit.before === null ? null : notCaptured, after: edit.after === null ? null : notCaptured, whole: false, fidelity: 'partial' };
		return {
			...edit,
			file_path: await this.text(edit.file_path),
			...(edit.renamed_from !== undefined && { renamed_from: await this.text(edit.renamed_from) }),
			before: edit.before === null ? null : await this.text(edit.before),
			after: edit.after === null ? null : await this.text(edit.after),
		};
	}
}

/** Names of arguments that hold a path, a pattern of paths or a command. */
const pathNames = /^(?:file_?path|path|paths|file|files|notebook_?path|absolute_?path|target_?file|uri|filename|glob|include|command|cmd|input|patch)$/i;

/** True for a call whose arguments name a file of secrets, in a path or as a word of a command. */
function showsSecretFile(tool: ToolCall): boolean {
	return stringsOf(tool.args, 0).some(([name, value]) => pathNames.test(name) && wordsOf(value).some(isSecretPath));
}

/** The paths in a value: itself, or the words of a command. Options and quotes are taken off. */
function wordsOf(value: string): string[] {
	return value
		.slice(0, 8_192)
		.split(/[\s;|&<>()=,]+/)
		.map((word) => word.replace(/^["'`]+|["'`]+$/g, ''));
}

/** Paths and commands stay readable; every other text of the call goes. */
function withoutTexts(value: unknown, depth = 0, name = ''): unknown {
	if (typeof value === 'string') return /^(?:input|patch)$/i.test(name) || !(pathNames.test(name) || value.length < 40) ? notCaptured : value;
	if (typeof value !== 'object' || value === null || depth > 24) return typeof value === 'object' && value !== null ? notCaptured : value;
	if (Array.isArray(value)) return value.map((part) => withoutTexts(part, depth + 1, name));
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutTexts(part, depth + 1, key)]));
}

function stringsOf(value: unknown, depth: number, name = ''): [name: string, value: string][] {
	if (typeof value === 'string') return [[name, value]];
	if (typeof value !== 'object' || value === null || depth > 24) return [];
	if (Array.isArray(value)) return value.flatMap((part) => stringsOf(part, depth + 1, name));
	return Object.entries(value).flatMap(([key, part]) => stringsOf(part, depth + 1, key));
}
