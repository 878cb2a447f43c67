import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { CliContext } from '../cliContext';

const Options = z.object({
	fromChat: z.string().optional(),
	sourceChatId: z.string().optional(),
	description: z.string().optional(),
	pattern: z.string().optional(),
	codeRef: z.string().optional(),
	tags: z.string().optional(),
	category: z.string().optional(),
	confidence: z.number().optional(),
});

export function addPromoteLearning(program: Command, context: CliContext): void {
	program
		.command('promote-learning')
		.description('make a learning out of a turn, or from scratch')
		.option('--from-chat <id>', 'the turn; what you leave out is taken from it')
		.option('--source-chat-id <id>', 'the same')
		.option('--description <text>', 'what was learnt')
		.option('--pattern <text>', 'the rule or code shape to follow')
		.option('--code-ref <chunk>', 'chunk_id of an example')
		.option('--tags <list>', 'comma-separated')
		.option('--category <name>', 'for grouping')
		.option('--confidence <number>', '0 to 1', unit)
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const options = Options.parse(raw);
			const turn = options.fromChat ?? options.sourceChatId;
			const learning = await context.app.promote({
				...(turn !== undefined && { turn_id: turn }),
				...(options.description !== undefined && { description: options.description }),
				...(options.pattern !== undefined && { pattern: options.pattern }),
				...(options.codeRef !== undefined && { example_code_reference: options.codeRef }),
				...(options.tags !== undefined && {
					tags: options.tags
						.split(',')
						.map((tag) => tag.trim())
						.filter((tag) => tag !== ''),
				}),
				...(options.category !== undefined && { category: options.category }),
				...(options.confidence !== undefined && { confidence: options.confidence }),
			});
			context.print(
				learning,
				() =>
					`Learning ${learning.learning_id}\n  ${learning.description}${learning.pattern === '' ? '' : `\n  Pattern: ${learning.pattern}`}\n  confidence ${learning.confidence}${learning.tags.length === 0 ? '' : `, tags ${learning.tags.join(', ')}`}`,
			);
		});
}

function unit(text: string): number {
	const value = Number(text);
	if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('Give a number from 0 to 1.');
	return value;
}
