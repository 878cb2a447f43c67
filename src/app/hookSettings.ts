import { UserError } from '../core/errors';
import type { Insertion, JsonChild, JsonNode } from '../platform/jsonText';
import { addition, insert, parseJsonText, withoutChild } from '../platform/jsonText';
import type { HookTarget } from './hookTargets';

/** A settings file with our hooks in it, and how it came to be. */
export interface Written {
	readonly text: string;
	/** In the order in which they were made. */
	readonly insertions: readonly Insertion[];
}

/** Puts our hooks behind those that stand there. A blank file becomes one of our own. */
export function withHooks(base: string, target: HookTarget, command: (event: string) => string): Written {
	let written: Written = { text: base, insertions: [] };
	const add = (path: readonly string[], value: unknown, isList: boolean) => (written = added(written, path, value, isList));
	if (base.trim() === '') written = { text: `${base}{}\n`, insertions: [{ at: base.length, text: '{}\n' }] };
	for (const { path, value } of target.needs) add(path, value, false);
	for (const { event, value } of target.entries(command)) add(['hooks', event], value, true);
	return written;
}

/** Takes our hooks out, wherever they stand now; lists and objects that become empty go too. */
export function withoutHooks(text: string, target: HookTarget): string {
	let rest = text;
	for (let ours = findOurs(rest, target); ours !== undefined; ours = findOurs(rest, target)) {
		const [root, hooks, list, item] = ours;
		if (list.value.children.length > 1) rest = withoutChild(rest, list.value, item);
		else rest = hooks.value.children.length > 1 ? withoutChild(rest, hooks.value, list) : withoutChild(rest, root, hooks);
	}
	return rest;
}

export function hasOurs(text: string, target: HookTarget): boolean {
	return text.trim() !== '' && findOurs(text, target) !== undefined;
}

/** True when nothing stands there but what we needed ourselves. */
export function isBare(text: string, target: HookTarget): boolean {
	if (text.trim() === '') return true;
	return parseJsonText(text).children.every(({ key, value }) =>
		target.needs.some(
			({ path: [needed, ...deeper], value: wanted }) => needed === key && deeper.length === 0 && text.slice(value.start, value.end) === JSON.stringify(wanted),
		),
	);
}

/** Throws a UserError that names the file when it is no JSON object, or when its hooks are of another form. */
export function checkSettings(text: string, file: string): void {
	if (text.trim() === '') return;
	try {
		JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		throw new UserError(
			`${file} is no plain JSON (a comment, or a comma too many?), so it was left as it is. Add the hooks by hand, or take the comments out.`,
		);
	}
	const root = parseJsonText(text);
	const hooks = child(root, 'hooks')?.value;
	if (root.kind !== 'object' || (hooks !== undefined && (hooks.kind !== 'object' || hooks.children.some(({ value }) => value.kind !== 'array'))))
		throw new UserError(`${file} holds its hooks in a form that is not known, so it was left as it is.`);
}

function added(written: Written, path: readonly string[], value: unknown, isList: boolean): Written {
	const root = parseJsonText(written.text);
	let node = root;
	for (const [depth, key] of path.entries()) {
		const next = child(node, key);
		if (next === undefined) {
			const missing = path.slice(depth + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), isList ? [value] : value);
			return inserted(written, addition(written.text, node, depth, missing, key));
		}
		node = next.value;
	}
	return isList ? inserted(written, addition(written.text, node, path.length, value)) : written;
}

function inserted({ text, insertions }: Written, insertion: Insertion): Written {
	return { text: insert(text, insertion), insertions: [...insertions, insertion] };
}

/** Root, hooks, list of an event, and the first entry in it that runs our script for this assistant. */
function findOurs(text: string, target: HookTarget): [JsonNode, JsonChild, JsonChild, JsonChild] | undefined {
	const root = parseJsonText(text);
	const hooks = child(root, 'hooks');
	// Inside JSON a quote or backslash of the command is escaped.
	const ours = new RegExp(`[\\\\/]hook\\.(sh|ps1)['"\\\\]+ ${target.name}\\b`);
	for (const list of hooks?.value.children ?? [])
		for (const item of list.value.children) if (hooks !== undefined && ours.test(text.slice(item.start, item.value.end))) return [root, hooks, list, item];
	return undefined;
}

function child(node: JsonNode, key: string): JsonChild | undefined {
	return node.kind === 'object' ? node.children.find((one) => one.key === key) : undefined;
}
