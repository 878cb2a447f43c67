import * as vscode from 'vscode';
import { promptOf, shortened, stateText, timeText } from '../../vscode/attributionText';
import { commandIds } from '../../vscode/commandIds';
import { settingValue } from '../../vscode/settings';
import { turnActions, type WhyAction } from '../../vscode/whyRows';
import { turnAt, type AuthoredLine } from './blocks';
import type { DocumentAuthors, LineAuthors } from './lineAuthors';

/** An answer that takes longer is not waited for; the next hover has it. */
const limitMs = 1500;

/** Tells on hover which turn wrote the line, and offers the same as the command. Says nothing about other lines. */
export function lineHover(authors: LineAuthors, limit = limitMs): vscode.HoverProvider {
	return {
		provideHover: async (document, position, token) => {
			if (settingValue('hover', document.uri) !== true) return undefined;
			const found = await withinLimit(authors.of(document, token), limit, token);
			const line = found === undefined ? undefined : turnAt(found.authors, position.line + 1);
			if (found === undefined || line === undefined) return undefined;
			return new vscode.Hover(hoverText(found, line, document.uri.fsPath, position.line + 1));
		},
	};
}

function hoverText({ folder, authors }: DocumentAuthors, { turn, range }: AuthoredLine, file: string, line: number): vscode.MarkdownString {
	const state = stateText({ state: range.state ?? 'unknown', written: undefined, file_path: authors.file_path });
	const why: WhyAction = { title: 'Why Is This Line Here?', icon: 'question', command: commandIds.whyLine, args: {} };
	const actions = turnActions(turn, folder, authors.file_path);
	const text = new vscode.MarkdownString();
	text.isTrusted = { enabledCommands: [why, ...actions].map(({ command }) => command) };
	text.appendMarkdown('**').appendText(turn.assistant).appendMarkdown('** · ');
	text.appendText([turn.model ?? '', timeText(turn.started_at), state].filter((part) => part !== '').join(' · '));
	text
		.appendMarkdown('\n\n')
		.appendText(shortened(promptOf(turn), 200))
		.appendMarkdown('\n\n');
	const links = [link(why, { file, line }), ...actions.map((action) => link(action, action.args))];
	return text.appendMarkdown(links.join(' · '));
}

function link({ title, command }: WhyAction, args: Readonly<Record<string, unknown>>): string {
	// Parentheses would end the link.
	const given = encodeURIComponent(JSON.stringify([args]))
		.replaceAll('(', '%28')
		.replaceAll(')', '%29');
	return `[${title}](command:${command}?${given} "${title}")`;
}

/** undefined when it takes too long or the editor wants it no more; the work goes on for the next one that asks. */
function withinLimit<T>(work: Promise<T>, limit: number, token: vscode.CancellationToken): Promise<T | undefined> {
	return new Promise((resolve) => {
		const stop = (): void => {
			clearTimeout(timer);
			cancelling.dispose();
			resolve(undefined);
		};
		const timer = setTimeout(stop, limit);
		const cancelling = token.onCancellationRequested(stop);
		void work.then((value) => {
			clearTimeout(timer);
			cancelling.dispose();
			resolve(value);
		});
	});
}
