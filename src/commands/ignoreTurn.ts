import { commandIds } from '../vscode/commandIds';
import { defineCommand, TurnRef } from './command';
import { appOf } from '../vscode/appOf';
import { pickTurn } from './pickTurn';

export const ignoreTurn = defineCommand({
	id: commandIds.ignoreTurn,
	title: 'Ignore Turn',
	args: TurnRef.optional(),
	async run(host, given) {
		const turn = given ?? (await pickTurn(host, 'Which turn is not worth keeping?'));
		await appOf(host, turn.folder).setReview({ id: turn.id, review: 'ignored' });
		return 'turn ignored.';
	},
});
