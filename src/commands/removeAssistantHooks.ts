import * as vscode from 'vscode';
import { assistantHookStatus, uninstallAssistantHooks } from '../app/assistantHooks';
import { Cancelled, UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const removeAssistantHooks = defineCommand({
	id: commandIds.removeAssistantHooks,
	title: 'Remove Assistant Hooks',
	args: noArgs,
	async run({ capture }) {
		const items = assistantHookStatus()
			.filter(({ installed }) => installed)
			.map(({ assistant, label, file }) => ({ label, description: file, assistant }));
		if (items.length === 0) throw new UserError('No hooks are installed for any assistant.');
		const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Assistant whose hooks to take out' });
		if (picked === undefined) throw new Cancelled();
		const answer = await vscode.window.showInformationMessage(`Take the hooks out of ${picked.description}?`, { modal: true }, 'Remove');
		if (answer !== 'Remove') throw new Cancelled();
		uninstallAssistantHooks(picked.assistant);
		capture.refresh();
		return `hooks for ${picked.label} are taken out.`;
	},
});
