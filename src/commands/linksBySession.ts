import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const linksBySession = defineCommand({
	id: commandIds.linksBySession,
	title: 'Show Links by Session',
	args: noArgs,
	async run({ links }) {
		await links.arrange('sessions');
		return undefined;
	},
});
