import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';
import { indexFolders } from './indexFolders';

export const indexWorkspace = defineCommand({
	id: commandIds.indexWorkspace,
	title: 'Index Workspace',
	args: noArgs,
	run: (host) => indexFolders(host, 'all'),
});
