import { z } from 'zod';
import { commandIds } from '../vscode/commandIds';
import { openCommitDiff } from '../vscode/commitDiff';
import { defineCommand } from './command';

/** Called by the hover and the pick of a line, not from the palette. */
export const openCommit = defineCommand({
	id: commandIds.openCommit,
	title: 'Open Diff of the Commit',
	args: z.object({ folder: z.string(), sha: z.string() }),
	async run(_host, { folder, sha }) {
		await openCommitDiff(folder, sha);
		return undefined;
	},
});
