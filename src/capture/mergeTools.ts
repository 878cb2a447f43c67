import type { ToolCall } from '../core/turn';
import { canonicalJson, larger, longer, smaller } from './prefer';

/** The part of a turn that orders its tools. */
interface Tools {
	readonly started_at: string;
	readonly tools: readonly ToolCall[];
}

/**
 * Joins the tool calls of two views of one turn, in the order of their times.
 *
 * Calls are the same when their ids are; calls without an id are the same when name, arguments and
 * place among equals are, and give way to as many calls with an id. A call without a time gets the one that its place
 * in its list gives it, once, so that the order a source reported is kept.
 */
export function mergeTools(a: Tools, b: Tools): ToolCall[] {
	const byKey = new Map<string, ToolCall>();
	for (const [key, tool] of [...keyed(a), ...keyed(b)]) {
		const other = byKey.get(key);
		byKey.set(key, other === undefined ? tool : joinCalls(other, tool));
	}
	return withoutShadows([...byKey.values()]).sort(inOrder);
}

function keyed(view: Tools): [string, ToolCall][] {
	const equals = new Map<string, number>();
	return view.tools.map((tool, index) => {
		const timed = { ...tool, at: tool.at ?? later(view.started_at, index) };
		if (tool.id !== '') return [`id:${tool.id}`, timed];
		const call = callText(tool);
		const nth = equals.get(call) ?? 0;
		equals.set(call, nth + 1);
		return [`${nth}:${call}`, timed];
	});
}

function joinCalls(a: ToolCall, b: ToolCall): ToolCall {
	const args = longer(argsText(a), argsText(b));
	const ok = a.ok === undefined || b.ok === undefined ? (a.ok ?? b.ok) : a.ok && b.ok;
	const output = longer(a.output, b.output);
	const at = smaller(a.at, b.at);
	return {
		id: a.id,
		name: longer(a.name, b.name) ?? a.name,
		kind: a.kind === 'other' || b.kind === 'other' ? (a.kind === 'other' ? b.kind : a.kind) : larger(a.kind, b.kind) === a.kind ? a.kind : b.kind,
		...(args === undefined ? {} : { args: args === argsText(a) ? a.args : b.args }),
		...(ok === undefined ? {} : { ok }),
		...(output === undefined ? {} : { output }),
		...(at === undefined ? {} : { at }),
	};
}

/** Leaves out calls without an id where a source that gives ids reported as many of the same. */
function withoutShadows(tools: readonly ToolCall[]): ToolCall[] {
	const named = new Map<string, number>();
	for (const tool of tools) if (tool.id !== '') named.set(callText(tool), (named.get(callText(tool)) ?? 0) + 1);
	const seen = new Map<string, number>();
	return [...tools].sort(inOrder).filter((tool) => {
		if (tool.id !== '') return true;
		const call = callText(tool);
		const nth = seen.get(call) ?? 0;
		seen.set(call, nth + 1);
		return nth >= (named.get(call) ?? 0);
	});
}

function inOrder(a: ToolCall, b: ToolCall): number {
	return compare(a.at ?? '', b.at ?? '') || compare(a.id, b.id) || compare(callText(a), callText(b));
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

function callText(tool: ToolCall): string {
	return `${tool.name}:${argsText(tool) ?? ''}`;
}

function argsText(tool: ToolCall): string | undefined {
	return tool.args === undefined ? undefined : canonicalJson(tool.args);
}

function later(instant: string, milliseconds: number): string {
	return new Date(Date.parse(instant) + milliseconds).toISOString();
}
