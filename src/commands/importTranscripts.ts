import * as vscode from 'vscode';
import { Cancelled, UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import type { FolderApp } from '../vscode/host';
import { defineCommand, noArgs } from './command';
import { withProgress } from './withProgress';

export const importTranscripts = defineCommand({
	id: commandIds.importTranscripts,
	title: 'Import Past Transcripts',
	args: noArgs,
	async run(host) {
		const folder = host.current();
		const { transcripts } = await folder.app.findTranscripts({});
		const where = folder.name === '' ? 'this window' : folder.name;
		if (transcripts.length === 0)
			throw new UserError(`No transcripts of AI assistants belong to ${where}. Sources that are known: see \`chroma-client import --help\`.`);
		const sources = transcripts.map(({ source }) => source);
		const counts = [...new Set(sources)].map((source) => `${sources.filter((other) => other === source).length} of ${source}`).join(', ');
		const detail = 'They are read on this machine; secrets are taken out before anything is kept.';
		const answer = await vscode.window.showInformationMessage(`Import ${counts} for ${where}?`, { modal: true, detail }, 'Import');
		if (answer !== 'Import') throw new Cancelled();
		const done = await imported(folder);
		host.capture.counted('turns', done.turns_new);
		for (const { path, error } of done.errors) host.log.warn(`${path}: ${error}`);
		const failed = done.errors.length === 0 ? '' : ` ${done.errors.length} files could not be read, see the output.`;
		return `${done.turns_new} new turns, ${done.turns_extended} extended, ${done.turns_unchanged} known.${failed}`;
	},
});

function imported({ app }: FolderApp): ReturnType<FolderApp['app']['importTranscripts']> {
	return withProgress('Importing transcripts', (options) => app.importTranscripts({}, options));
}
