import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { turnIdOf } from '../../app/turnIdOf';
import type { ImportReport } from '../../core/api';
import type { CliContext } from '../cliContext';
import { size } from './server';

const noTranscript = 'No transcript of an assistant was found for this folder. `--everywhere` takes those of all folders.';

const Options = z.object({
	source: z.string().optional(),
	everywhere: z.boolean().default(false),
	list: z.boolean().default(false),
	dryRun: z.boolean().default(false),
});

export function addImport(program: Command, context: CliContext): void {
	program
		.command('import')
		.description('bring in past transcripts of assistants: those of this repository, or given files')
		.argument('[paths...]', 'transcripts, or folders that hold some; their format is found out')
		.option('--source <name>', 'only this assistant, or: the given files are of this one')
		.option('--everywhere', 'transcripts of all folders')
		.option('--list', 'say what would be imported')
		.option('--dry-run', 'read the given files and show their turns; keep nothing')
		.option('--json', 'print JSON')
		.action(async (paths: string[], raw: unknown) => {
			const options = Options.parse(raw);
			const source = options.source === undefined ? {} : { source: options.source };
			const given = paths.map((path) => resolve(context.folder, path));
			if (options.list) return list(context, { everywhere: options.everywhere, ...source });
			if (options.dryRun) {
				const files =
					given.length > 0 ? given : (await context.app.findTranscripts({ everywhere: options.everywhere, ...source })).transcripts.map((ref) => ref.path);
				return dryRun(context, files, source);
			}
			const report = await context.app.importTranscripts({ paths: given, everywhere: options.everywhere, ...source }, context.long);
			// Given files are few, and whoever asks for JSON wants to see what stood in them.
			const turns = context.json && given.length > 0 ? { turns: (await read(context, given, source)).turns } : {};
			context.print({ ...report, ...turns }, () => describe(report));
			if (report.found === 0 || (report.errors.length > 0 && report.turns_seen === 0)) context.exitCode = 1;
		});
}

async function list(context: CliContext, filter: { everywhere: boolean; source?: string }) {
	const { transcripts } = await context.app.findTranscripts(filter);
	context.print({ transcripts }, () =>
		transcripts.length === 0
			? noTranscript
			: transcripts.map((ref) => `${ref.modified.slice(0, 16).replace('T', ' ')}  ${ref.source}  ${size(ref.bytes)}  ${ref.path}`).join('\n'),
	);
}

async function dryRun(context: CliContext, paths: string[], source: { source?: string }) {
	const { turns, unknown, transcripts } = await read(context, paths, source);
	context.print({ turns, unknown }, () => `${turns.length} turns in ${transcripts} transcripts. Nothing was kept.`);
}

/** Turns as they are printed. A turn goes by the assistant's own id, and so does its parent when it is among them. */
async function read(context: CliContext, paths: string[], source: { source?: string }) {
	const { turns, unknown, transcripts } = await context.app.readTranscripts({ paths, ...source }, context.long);
	const keys = new Map(turns.map((turn) => [turnIdOf(turn), turn.turn_key]));
	const shown = turns.map((turn) => ({
		source: turn.assistant,
		session_id: turn.session_id,
		turn_id: turn.turn_key,
		parent_turn_id: keys.get(turn.parent_turn_id ?? '') ?? turn.parent_turn_id,
		timestamp: turn.started_at,
		prompt: turn.prompt,
		response: turn.response,
		model: turn.model,
		tools: turn.tools.map(({ name, kind, args, ok }) => ({ name, kind, args, ok })),
		edits: turn.edits.map(({ file_path, before, after, fidelity }) => ({ file_path, before, after, fidelity })),
	}));
	return { turns: shown, unknown, transcripts };
}

function describe(report: ImportReport): string {
	const done = `${report.transcripts} transcripts: ${report.turns_seen} turns, ${report.turns_new} new, ${report.turns_extended} extended, ${report.turns_unchanged} known already${report.redactions > 0 ? `; ${report.redactions} secrets taken out` : ''}`;
	const unknown = Object.entries(report.unknown).map(([what, count]) => `  not understood: ${what} (${count})`);
	const errors = report.errors.map(({ path, error }) => `  failed: ${path}: ${error}`);
	if (report.found === 0) return noTranscript;
	return [report.transcripts === 0 ? `Everything is up to date: ${report.found} transcripts, none of them changed.` : done, ...unknown, ...errors].join('\n');
}
