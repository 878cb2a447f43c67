import * as vscode from 'vscode';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, TurnRef } from './command';

/** Called by the trees, the hover and the pick of a line, not from the palette. */
export const copyTurnId = defineCommand({
	id: commandIds.copyTurnId,
	title: 'Copy Turn Id',
	args: TurnRef,
	async run(_host, { id }) {
		await vscode.env.clipboard.writeText(id);
		return `the id of the turn is in the clipboard: ${id}`;
	},
});
