import type { Command } from 'commander';
import { hookStatus, installHook, uninstallHook } from '../../app/gitHooks';
import type { CliContext } from '../cliContext';

export function addHooks(program: Command, context: CliContext): void {
	const hooks = program.command('hooks').description("this repository's git hook, which indexes after each commit");
	hooks
		.command('install')
		.description('add it; a hook that is there is kept')
		.option('--json', 'print JSON')
		.action(async () => {
			const { file, changed } = await installHook(context.folder);
			context.print({ file, changed }, () => (changed ? `Installed in ${file}.` : `Already installed in ${file}.`));
		});
	hooks
		.command('uninstall')
		.description('take it out again, without a trace')
		.option('--json', 'print JSON')
		.action(async () => {
			const { file, changed } = await uninstallHook(context.folder);
			context.print({ file, changed }, () => (changed ? `Taken out of ${file}.` : 'It was not installed.'));
		});
	hooks
		.command('status')
		.description('say whether it is there')
		.option('--json', 'print JSON')
		.action(async () => {
			const status = await hookStatus(context.folder);
			context.print(status, () => (status.installed ? `Installed in ${status.file}.` : 'Not installed.'));
		});
}
