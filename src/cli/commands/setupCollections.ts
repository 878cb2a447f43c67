import type { Command } from 'commander';
import type { CliContext } from '../cliContext';

export function addSetupCollections(program: Command, context: CliContext): void {
	program
		.command('setup-collections')
		.description('create the four collections where they are missing')
		.option('--json', 'print JSON')
		.action(async () => {
			const { database, collections } = await context.app.setupCollections({});
			context.print({ database, collections }, () =>
				[`Database ${database}:`, ...collections.map(({ name, created }) => `  ${name}: ${created ? 'created' : 'was there'}`)].join('\n'),
			);
		});
}
