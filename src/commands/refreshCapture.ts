import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const refreshCapture = defineCommand({
	id: commandIds.refreshCapture,
	title: 'Refresh Capture Status',
	args: noArgs,
	run({ capture }) {
		capture.refresh();
		return Promise.resolve(undefined);
	},
});
