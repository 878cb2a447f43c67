import * as vscode from 'vscode';
import type { CaptureState } from '../vscode/captureControl';
import { commandIds, type CommandId } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

interface MenuItem extends vscode.QuickPickItem {
	readonly command: CommandId;
}

/** What the status bar opens. */
export const showMenu = defineCommand({
	id: commandIds.showMenu,
	title: 'Show Menu',
	args: noArgs,
	async run({ capture }) {
		const picked = await vscode.window.showQuickPick(menuOf(capture.state), { title: 'Codelearn' });
		if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
		return undefined;
	},
});

export function menuOf(state: CaptureState): MenuItem[] {
	return [
		...captureItems(state),
		{ label: '$(search) Search Code and Learnings', command: commandIds.search },
		{ label: '$(database) Index Changed Files', command: commandIds.indexChanged },
		{ label: '$(history) Import Past Transcripts', command: commandIds.importTranscripts },
		{ label: '$(eye) Show Capture Status', command: commandIds.showCapture },
		{ label: '$(plug) Copy MCP Configuration', command: commandIds.copyMcpConfiguration },
		{ label: '$(output) Show Output', command: commandIds.showOutput },
		{ label: '$(debug-restart) Restart Codelearn Server', command: commandIds.restartServer },
	];
}

function captureItems(state: CaptureState): MenuItem[] {
	switch (state.kind) {
		case 'on':
			return [
				{ label: '$(debug-pause) Pause Capture', description: `${state.turns} turns, ${state.edits} edits in this window`, command: commandIds.pauseCapture },
			];
		case 'error':
			return [{ label: '$(debug-pause) Pause Capture', description: state.message, command: commandIds.pauseCapture }];
		case 'paused':
			return [{ label: '$(record) Resume Capture', command: commandIds.resumeCapture }];
		case 'waiting':
			return [
				{ label: '$(record) Allow Capture on This Machine', description: 'AI turns and edits, kept on this machine only', command: commandIds.resumeCapture },
			];
		case 'off':
			return [{ label: '$(record) Capture in This Workspace', description: state.why, command: commandIds.resumeCapture }];
	}
}
