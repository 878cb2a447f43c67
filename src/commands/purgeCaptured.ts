import * as vscode from 'vscode';
import { Cancelled, UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

type Wanted = { readonly file: string } | { readonly text: string } | { readonly session: string } | { readonly before: string };

export const purgeCaptured = defineCommand({
	id: commandIds.purgeCaptured,
	title: 'Purge Captured Data…',
	args: noArgs,
	async run(host) {
		const { app } = host.current();
		const wanted = await ask();
		const found = await app.purge({ ...wanted, dry_run: true });
		if (found.turns + found.edits + found.learnings.length === 0) throw new UserError('Nothing that was captured fits.');
		const detail = `They are deleted for good, and an import does not bring them back.${found.learnings.length > 0 ? ` ${found.learnings.length} learnings stay, without what they had from them.` : ''}`;
		const answer = await vscode.window.showWarningMessage(`Purge ${found.turns} turns and ${found.edits} edits?`, { modal: true, detail }, 'Purge');
		if (answer !== 'Purge') throw new Cancelled();
		const done = await app.purge({ ...wanted, dry_run: false });
		return `${done.turns} turns and ${done.edits} edits are gone.`;
	},
});

async function ask(): Promise<Wanted> {
	const file = vscode.window.activeTextEditor?.document.uri;
	const ofFile = file?.scheme === 'file' ? ['What was captured of this file'] : [];
	const what = await vscode.window.showQuickPick([...ofFile, 'Whatever holds a text', 'A session', 'All before a date'], {
		placeHolder: 'What shall be purged?',
	});
	if (what === undefined) throw new Cancelled();
	if (file !== undefined && what === ofFile[0]) return { file: file.fsPath };
	if (what === 'A session') return { session: await said('Id of the session') };
	if (what === 'All before a date') return { before: await date() };
	return { text: await said('Text, at least four characters') };
}

async function said(prompt: string): Promise<string> {
	const answer = await vscode.window.showInputBox({ prompt });
	if (answer === undefined || answer === '') throw new Cancelled();
	return answer;
}

async function date(): Promise<string> {
	const answer = await said('Date, like 2026-01-31');
	const time = Date.parse(answer);
	if (Number.isNaN(time)) throw new UserError(`"${answer}" is no date. Write it like 2026-01-31.`);
	return new Date(time).toISOString();
}
