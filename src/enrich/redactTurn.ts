import { isSecretPath, notCaptured } from '../core/secretPath';
import type { ToolCall, TurnEdit, TurnObservation } from '../core/turn';
import type { Redactor } from './redact';
import { namesPath, pathsNamed } from './shownPaths';

/** True for a file whose text must not be kept; the path is as the assistant wrote it. */
export type IsPrivate = (path: string) => boolean;

const nothingIgnored: IsPrivate = () => false;

/**
 * Takes secrets out of every text of an observation, names and ids included, and drops what a private file would show: such a
 * file is known by its path (a file of secrets) or ignored in its repository (`isIgnored`), so nothing of its text depends on a rule.
 * Redacting twice changes nothing.
 */
export async function redactTurn(
	turn: TurnObservation,
	redactor: Redactor,
	isIgnored: IsPrivate = nothingIgnored,
): Promise<{ turn: TurnObservation; count: number }> {
	const counter = new Counter(redactor, isIgnored);
	const redacted: TurnObservation = {
		...turn,
		...(await counter.metadata(turn)),
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

/** Short texts that a source hands over as they are: any of them may hold what a person typed. */
const metadataNames = [
	'assistant',
	'session_id',
	'turn_key',
	'parent_turn_id',
	'cwd',
	'branch',
	'model',
	'model_version',
	'source_version',
	'commit_sha',
] as const;

class Counter {
	count = 0;

	constructor(
		private readonly redactor: Redactor,
		private readonly isIgnored: IsPrivate,
	) {}

	async text(text: string): Promise<string> {
		const done = await this.redactor.redact(text);
		this.count += done.count;
		return done.text;
	}

	async metadata(turn: TurnObservation): Promise<Partial<TurnObservation>> {
		const clean: Partial<Record<(typeof metadataNames)[number], string>> = {};
		for (const name of metadataNames) {
			const value = turn[name];
			if (value !== undefined) clean[name] = await this.text(value);
		}
		return clean;
	}

	async tool(tool: ToolCall): Promise<ToolCall> {
		const hidden = this.showsPrivateFile(tool);
		const args = hidden ? withoutTexts(tool.args) : tool.args;
		const done = args === undefined ? undefined : await this.redactor.redactDeep(args);
		this.count += done?.count ?? 0;
		const output = tool.output === undefined ? undefined : hidden ? notCaptured : await this.text(tool.output);
		return {
			...tool,
			id: await this.text(tool.id),
			name: await this.text(tool.name),
			...(done === undefined ? {} : { args: done.value }),
			...(output === undefined ? {} : { output }),
		};
	}

	async edit(edit: TurnEdit): Promise<TurnEdit> {
		const names = {
			file_path: await this.text(edit.file_path),
			...(edit.renamed_from !== undefined && { renamed_from: await this.text(edit.renamed_from) }),
			...(edit.tool_id !== undefined && { tool_id: await this.text(edit.tool_id) }),
		};
		if (isSecretPath(edit.file_path) || (edit.renamed_from !== undefined && isSecretPath(edit.renamed_from)))
			return {
				...edit,
				...names,
				before: edit.before === null ? null : notCaptured,
				after: edit.after === null ? null : notCaptured,
				whole: false,
				fidelity: 'partial',
			};
		return {
			...edit,
			...names,
			before: edit.before === null ? null : await this.text(edit.before),
			after: edit.after === null ? null : await this.text(edit.after),
		};
	}

	/** A file of secrets counts wherever it is named; an ignored one, which may be a program that is run, where it is shown. */
	private showsPrivateFile(tool: ToolCall): boolean {
		return pathsNamed(tool).some(({ path, shown }) => isSecretPath(path) || (shown && this.isIgnored(path)));
	}
}

/** Paths and commands stay readable; every other text of the call goes. A command that carries text of its own, like a heredoc, goes too. */
function withoutTexts(value: unknown, depth = 0, name = ''): unknown {
	if (typeof value === 'string') return keepsText(name, value) ? value : notCaptured;
	if (typeof value !== 'object' || value === null || depth > 24) return typeof value === 'object' && value !== null ? notCaptured : value;
	if (Array.isArray(value)) return value.map((part) => withoutTexts(part, depth + 1, name));
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutTexts(part, depth + 1, key)]));
}

function keepsText(name: string, value: string): boolean {
	if (value === notCaptured) return true;
	return namesPath(name) && !/\n|<<|\becho\b|\bprintf\b|\btee\b/.test(value);
}
