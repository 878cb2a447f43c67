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
		const [here, all] = [(await folder.app.findTranscripts({})).transcripts, (await folder.app.findTranscripts({ everywhere: true })).transcripts];
		const where = folder.name === '' ? 'this window' : folder.name;
		if (all.length === 0)
			throw new UserError('No transcripts of AI assistants were found on this machine. Sources that are known: see `chroma-client import --help`.');
		const detail = `On this machine: ${counted(all)}. They are read here, in the background; secrets are taken out before anything is kept. An import that is cancelled goes on where it stopped.`;
		const choices = [...(here.length === 0 ? [] : [`Import for ${where}`]), 'Import All'];
		const answer = await vscode.window.showInformationMessage(
			`Import ${counted(here)} for ${where}, or those of all folders?`,
			{ modal: true, detail },
			...choices,
		);
		if (answer === undefined) throw new Cancelled();
		const done = await imported(folder, answer === 'Import All');
		host.capture.counted('turns', done.turns_new);
		for (const { path, error } of done.errors) host.log.warn(`${path}: ${error}`);
		const failed = done.errors.length === 0 ? '' : ` ${done.errors.length} files could not be read, see the output.`;
		return `${done.turns_new} new turns, ${done.turns_extended} extended, ${done.turns_unchanged} known.${failed}`;
	},
});

/** `3 of codex, 2 of claude-code` */
function counted(transcripts: readonly { readonly source: string }[]): string {
	const sources = transcripts.map(({ source }) => source);
	const counts = [...new Set(sources)].map((source) => `${sources.filter((other) => other === source).length} of ${source}`);
	return counts.length === 0 ? 'no transcripts' : counts.join(', ');
}

function imported({ app }: FolderApp, everywhere: boolean): ReturnType<FolderApp['app']['importTranscripts']> {
	return withProgress('Importing transcripts', (options) => app.importTranscripts({ everywhere }, options));
}
