import type { Command } from 'commander';
import { approveFolder, unapprovedIn } from '../../app/approveFolder';
import type { CliContext } from '../cliContext';

export function addApprove(program: Command, context: CliContext): void {
	program
		.command('approve')
		.description("use what this folder's .env says of stores, endpoints and keys; asked again when it changes")
		.option('--json', 'print JSON')
		.action(() => {
			const waiting = unapprovedIn(context.folder);
			if (waiting !== undefined) approveFolder(context.folder, waiting.hash);
			context.print({ approved: waiting?.shown ?? [] }, () =>
				waiting === undefined ? 'Nothing waits for approval in this folder.' : `Approved: ${waiting.shown.join(', ')}`,
			);
		});
}
