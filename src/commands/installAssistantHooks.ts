import * as vscode from 'vscode';
import { assistantHookStatus, installAssistantHooks as install } from '../app/assistantHooks';
import { Cancelled, UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { AssistantRef, defineCommand } from './command';

export const installAssistantHooks = defineCommand({
	id: commandIds.installAssistantHooks,
	title: 'Install Assistant Hooks',
	/** From the tree of capture: the assistant is chosen already. */
	args: AssistantRef.optional().catch(undefined),
	async run({ capture }, chosen) {
		const missing = assistantHookStatus().filter(({ installed }) => !installed);
		if (missing.length === 0) throw new UserError('The hooks of every known assistant are installed.');
		const items = missing
			.sort((a, b) => Number(b.present) - Number(a.present))
			.map(({ assistant, label, file, present }) => ({ label, description: present ? file : 'not seen on this machine', assistant, file }));
		const picked =
			items.find(({ assistant }) => assistant === chosen?.assistant) ??
			(await vscode.window.showQuickPick(items, { placeHolder: 'Assistant whose turns Codelearn should hear of as they happen' }));
		if (picked === undefined) throw new Cancelled();
		const detail = `A command is added to ${picked.file}; everything in there stays. It keeps what ${picked.label} tells its hooks on this machine, and decides nothing.`;
		const answer = await vscode.window.showInformationMessage(`Install hooks for ${picked.label}?`, { modal: true, detail }, 'Install');
		if (answer !== 'Install') throw new Cancelled();
		const { note } = install(picked.assistant);
		capture.refresh();
		if (note !== undefined) void vscode.window.showInformationMessage(note);
		return `hooks for ${picked.label} are installed; sessions that run already do not know it yet.`;
	},
});
