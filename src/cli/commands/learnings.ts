import type { Command } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import type { CliContext } from '../cliContext';

const Options = z.object({ everywhere: z.boolean().default(false) });

export function addLearnings(program: Command, context: CliContext): void {
	program
		.command('learnings')
		.description('what was learnt')
		.command('list', { isDefault: true })
		.description('list the learnings of this repository')
		.option('--everywhere', 'of all repositories')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const { learnings } = await context.app.listLearnings(Options.parse(raw));
			context.print({ learnings }, () =>
				learnings.length === 0
					? 'No learning yet. Promote a turn with `chroma-client promote-learning`.'
					: learnings
							.map(
								(learning) =>
									`${pc.bold(learning.learning_id)} ${learning.state}, confidence ${learning.confidence}${learning.tags.length === 0 ? '' : ` [${learning.tags.join(', ')}]`}\n  ${learning.description}`,
							)
							.join('\n'),
			);
		});
}
