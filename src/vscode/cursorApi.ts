import * as vscode from 'vscode';

/** Calls a function of Cursor's own part of the API, which VS Code's types do not know. Returns false where there is none. */
export function callCursor(part: string, name: string, argument: unknown): boolean {
	const holder = memberOf(Reflect.get(vscode, 'cursor'), part);
	const called = memberOf(holder, name);
	if (typeof called !== 'function') return false;
	Reflect.apply(called, holder, [argument]);
	return true;
}

function memberOf(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
