import { commandIds } from '../vscode/commandIds';
import { defineCommand, TurnRef } from './command';
import { pickTurn } from './pickTurn';

export const openTurn = defineCommand({
	id: commandIds.openTurn,
	title: 'Open Turn',
	args: TurnRef.optional(),
	async run(host, given) {
		const { folder, id } = given ?? (await pickTurn(host, 'Which turn do you want to see?'));
		await host.openTurn(folder, id);
		return undefined;
	},
});
