import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { PreviewedFind } from '../../app/redactionPreview';
import { previewRedaction } from '../../app/redactionPreview';
import { UserError } from '../../core/errors';
import type { CliContext } from '../cliContext';

const Options = z.object({ dryRun: z.boolean().default(false), journal: z.boolean().default(false) });

export function addRedact(program: Command, context: CliContext): void {
	program
		.command('redact')
		.description('show what redaction takes out of a file, a transcript or the standard input; with --journal apply the rules of today to what is kept')
		.argument('[path]', 'a file or a transcript, - for the standard input')
		.option('--dry-run', 'change nothing')
		.option('--journal', 'look at what is kept already')
		.option('--json', 'print JSON')
		.action(async (path: string | undefined, raw: unknown) => {
			const { dryRun, journal } = Options.parse(raw);
			if (journal === (path !== undefined)) throw new UserError('Give a file, - for the standard input, or --journal.', 2);
			if (journal) return ofJournal(context, dryRun);
			if (!dryRun) throw new UserError('A file is never changed: add --dry-run to see what redaction would take out of it.', 2);
			return ofFile(context, path ?? '-');
		});
}

async function ofFile(context: CliContext, path: string) {
	const preview = await previewRedaction(path === '-' ? path : resolve(context.folder, path), context.folder);
	const { source, turns, finds } = preview;
	const head = source === '' ? [] : [`A transcript of ${source}: ${turns} turns.`];
	context.print(preview, () => [...head, ...finds.map(describe), finds.length === 0 ? 'Nothing would be taken out.' : `${finds.length} places.`].join('\n'));
}

function describe({ part, line, column, kind, preview }: PreviewedFind): string {
	return `${part === '' ? '' : `${part} `}${line}:${column}  ${kind}  ${preview}`;
}

async function ofJournal(context: CliContext, dry_run: boolean) {
	const done = await context.app.redactJournal({ dry_run }, context.long);
	context.print(done, () => {
		if (done.changed.length === 0) return `${done.records} records; the rules of today find nothing in them.`;
		const list = done.changed.map(({ kind, id, redactions }) => `${kind} ${id}: ${redactions}`);
		const end = dry_run
			? 'Nothing was changed.'
			: `They were redacted, and what they held before was deleted${done.store_done ? '' : '; Chroma was not reached, its rows follow'}.`;
		return [...list, `${done.changed.length} of ${done.records} records hold something. ${end}`].join('\n');
	});
}
