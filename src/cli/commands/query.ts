import type { Command } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import type { QueryHit } from '../../core/query';
import type { CliContext } from '../cliContext';
import { wholeNumber } from '../wholeNumber';

const Options = z.object({ number: z.number().default(10), turns: z.boolean().default(false) });
const linesShown = 6;

export function addQuery(program: Command, context: CliContext): void {
	program
		.command('query')
		.description('search code and learnings by words and by meaning')
		.argument('<text...>', 'what you look for')
		.option('-n, --number <count>', 'how many results', wholeNumber(1, 200), 10)
		.option('--turns', 'past turns too')
		.option('--json', 'print JSON')
		.action(async (words: string[], raw: unknown) => {
			const { number, turns } = Options.parse(raw);
			const { results, notes } = await context.app.query({ text: words.join(' '), n: number, turns });
			for (const note of notes) context.complain(note);
			context.print({ results }, () => (results.length === 0 ? 'Nothing found.' : results.map(describe).join('\n\n')));
		});
}

function describe(hit: QueryHit): string {
	const place = hit.file_path === '' ? hit.collection : `${hit.file_path}:${hit.start_line}-${hit.end_line}`;
	const lines = hit.document.split('\n');
	const shown = lines.slice(0, linesShown).map((line) => `  ${line}`);
	const more = lines.length > linesShown ? [pc.dim(`  … ${lines.length - linesShown} more lines`)] : [];
	return [`${pc.bold(place)}${hit.symbol === '' ? '' : ` ${pc.cyan(hit.symbol)}`} ${pc.dim(`${hit.score.toFixed(2)} (${hit.why})`)}`, ...shown, ...more].join(
		'\n',
	);
}
