import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';
import { indexFolders } from './indexFolders';

export const indexChanged = defineCommand({
	id: commandIds.indexChanged,
	title: 'Index Changed Files',
	args: noArgs,
	run: (host) => indexFolders(host, 'changed'),
});
