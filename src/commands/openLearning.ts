import { z } from 'zod';
import { commandIds } from '../vscode/commandIds';
import { defineCommand } from './command';

/** Called by the tree and by search, not from the palette. */
export const openLearning = defineCommand({
	id: commandIds.openLearning,
	title: 'Open Learning',
	args: z.object({ folder: z.string(), id: z.string() }),
	async run(host, { folder, id }) {
		await host.openLearning(folder, id);
		return undefined;
	},
});
