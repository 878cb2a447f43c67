import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const showOutput = defineCommand({
	id: commandIds.showOutput,
	title: 'Show Output',
	args: noArgs,
	run({ channel }) {
		channel.show();
		return Promise.resolve(undefined);
	},
});
