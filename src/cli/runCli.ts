import { Command, CommanderError } from 'commander';
import { packageVersion } from '../app/version';
import { Cancelled, UserError } from '../core/errors';
import { allCommands } from './commands';
import { CliContext } from './cliContext';

/** Runs one command line. Returns its exit code: 0 done, 1 failed or nothing done, 2 wrong use, 3 a gate found violations. */
export async function runCli(argv: readonly string[]): Promise<number> {
	const context = new CliContext();
	const program = new Command('chroma-client')
		.description('Codelearn: what you and your AI assistants did, linked to the code.')
		.version(packageVersion())
		.option('-C, --folder <folder>', 'work on this folder instead of the current one')
		.showHelpAfterError('(see --help)')
		.exitOverride()
		.hook('preAction', (_, action) => context.begin(action.optsWithGlobals()));
	for (const add of allCommands) add(program, context);
	try {
		await program.parseAsync([...argv]);
		return context.exitCode;
	} catch (cause) {
		return failed(cause, context);
	} finally {
		await context.end();
	}
}

/** The one place that knows what a failed command looks like in a terminal. */
function failed(cause: unknown, context: CliContext): number {
	if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
	if (cause instanceof Cancelled) {
		context.complain('Cancelled. What was done so far is kept; run the command again to go on.');
		return 1;
	}
	if (cause instanceof UserError) {
		context.complain(cause.message);
		return cause.exitCode;
	}
	context.complain(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
	return 1;
}
