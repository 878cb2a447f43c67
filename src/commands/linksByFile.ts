import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const linksByFile = defineCommand({
	id: commandIds.linksByFile,
	title: 'Show Links by File',
	args: noArgs,
	async run({ links }) {
		await links.arrange('files');
		return undefined;
	},
});
