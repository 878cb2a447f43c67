import { commandIds } from '../vscode/commandIds';
import { openThenAndNow } from '../vscode/turnDiffs';
import { defineCommand, TurnFileRef } from './command';

/** Called by the trees, the hover and the pick of a line, not from the palette. */
export const compareTurn = defineCommand({
	id: commandIds.compareTurn,
	title: 'Compare Then and Now',
	args: TurnFileRef,
	async run(host, ref) {
		await openThenAndNow(host, ref);
		return undefined;
	},
});
