import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const restartServer = defineCommand({
	id: commandIds.restartServer,
	title: 'Restart Codelearn Server',
	args: noArgs,
	async run(host) {
		await host.restartServer();
		const { pid, version } = await host.current().app.status({});
		return `server ${version} runs again (process ${pid}).`;
	},
});
