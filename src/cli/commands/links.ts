import type { Command } from 'commander';
import type { Link, LinkEnd } from '../../core/api';
import type { CliContext } from '../cliContext';

export function addLinks(program: Command, context: CliContext): void {
	program
		.command('links')
		.description('what belongs together: turns, the chunks they changed, the learnings they led to')
		.argument('[of]', 'id of a turn, chunk or learning, or a file; all of the repository when left out')
		.option('--json', 'print JSON')
		.action(async (of: string | undefined) => {
			const { links } = await context.app.links({ of: of ?? '' });
			context.print({ links }, () => (links.length === 0 ? 'No links.' : links.map(describe).join('\n')));
			if (links.length === 0 && of !== undefined) context.exitCode = 1;
		});
}

function describe({ from, to, kind }: Link): string {
	return `${end(from)} —${kind}→ ${end(to)}`;
}

function end({ type, id, label, file_path, start_line, end_line }: LinkEnd): string {
	const place = file_path === undefined ? '' : ` (${file_path}:${start_line ?? 0}-${end_line ?? 0})`;
	return `${type} ${id} "${label.length > 60 ? `${label.slice(0, 59)}…` : label}"${place}`;
}
