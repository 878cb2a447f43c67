import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const pauseCapture = defineCommand({
	id: commandIds.pauseCapture,
	title: 'Pause Capture',
	args: noArgs,
	async run({ capture }) {
		await capture.pause();
		return 'capture is paused in this workspace.';
	},
});
