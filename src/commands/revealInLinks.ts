import * as vscode from 'vscode';
import { UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const revealInLinks = defineCommand({
	id: commandIds.revealInLinks,
	title: 'Reveal in Links',
	args: noArgs,
	async run({ links }) {
		const file = vscode.window.activeTextEditor?.document.uri;
		if (file === undefined) throw new UserError('No file is open in an editor. Open the file whose turns you want to see.');
		// The editor makes this command of the view's name.
		await vscode.commands.executeCommand('codelearn.links.focus');
		if (!(await links.reveal(file))) throw new UserError(`No captured turn is known to have changed ${vscode.workspace.asRelativePath(file)}.`);
		return undefined;
	},
});
