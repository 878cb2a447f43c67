import { Option } from 'commander';
import type { Command } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import type { TurnSummary } from '../../core/api';
import type { CliContext } from '../cliContext';
import { wholeNumber } from '../wholeNumber';

const Options = z.object({
	number: z.number().default(20),
	review: z.enum(['new', 'promoted', 'ignored', 'any']).default('new'),
	everywhere: z.boolean().default(false),
	text: z.string().default(''),
	ignore: z.string().optional(),
});

export function addReview(program: Command, context: CliContext): void {
	program
		.command('review-and-promote')
		.description('show the turns that wait for a review, most confident first')
		.option('-n, --number <count>', 'how many', wholeNumber(1, 10_000), 20)
		.addOption(new Option('--review <state>', 'which ones').choices(['new', 'promoted', 'ignored', 'any']).default('new'))
		.option('--text <words>', 'only turns with these words')
		.option('--everywhere', 'turns of all repositories')
		.option('--ignore <id>', 'put a turn aside instead of listing')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const options = Options.parse(raw);
			if (options.ignore !== undefined) {
				const facts = await context.app.setReview({ id: options.ignore, review: 'ignored' });
				context.print(facts, () => `Ignored ${options.ignore ?? ''}.`);
				return;
			}
			const found = await context.app.listTurns({ review: options.review, limit: options.number, everywhere: options.everywhere, text: options.text });
			context.print(found, () =>
				found.turns.length === 0 ? 'No turn waits for a review.' : [...found.turns.map(describe), '', howTo(found.total, found.turns.length)].join('\n'),
			);
		});
}

function describe(turn: TurnSummary): string {
	const facts = [
		turn.assistant,
		turn.modification_type,
		`confidence ${turn.confidence_score.toFixed(2)}`,
		turn.status,
		...(turn.linked_chunks > 0 ? [`${turn.linked_chunks} chunks linked`] : []),
	];
	const files = turn.files.length === 0 ? [] : [`  ${turn.files.join(', ')}`];
	return [`${pc.bold(turn.id)} ${pc.dim(turn.started_at.slice(0, 16).replace('T', ' '))} ${facts.join(' · ')}`, `  ${turn.prompt_summary}`, ...files].join(
		'\n',
	);
}

function howTo(total: number, shown: number): string {
	return `${shown} of ${total}. Promote one: chroma-client promote-learning --from-chat ID. Put one aside: chroma-client review-and-promote --ignore ID.`;
}
