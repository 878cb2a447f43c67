import { commandIds } from '../vscode/commandIds';
import { openTurnDiff } from '../vscode/turnDiffs';
import { defineCommand, TurnFileRef } from './command';
import { pickTurn } from './pickTurn';

export const diffTurn = defineCommand({
	id: commandIds.diffTurn,
	title: 'Diff of the Turn',
	args: TurnFileRef.partial({ file_path: true }).optional(),
	async run(host, given) {
		await openTurnDiff(host, given ?? (await pickTurn(host, 'Of which turn do you want to see the diff?')));
		return undefined;
	},
});
