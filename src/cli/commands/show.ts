import type { Command } from 'commander';
import type { CliContext } from '../cliContext';
import { turnText } from '../turnText';

export function addShow(program: Command, context: CliContext): void {
	program
		.command('show')
		.description('show a whole turn: what was asked, done, checked and changed, and why it is worth what it is')
		.argument('<id>', 'id of a turn; its beginning is enough when no other turn has it')
		.option('--json', 'print JSON')
		.action(async (id: string) => {
			const detail = await context.app.getTurn({ id });
			context.print(detail, () => turnText(detail));
		});
}
