import * as vscode from 'vscode';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const showCapture = defineCommand({
	id: commandIds.showCapture,
	title: 'Show Capture Status',
	args: noArgs,
	async run() {
		// The editor makes this command of the view's name.
		await vscode.commands.executeCommand('codelearn.capture.focus');
		return undefined;
	},
});
