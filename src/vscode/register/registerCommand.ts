import * as vscode from 'vscode';
import { Cancelled, messageOf, UserError } from '../../core/errors';
import type { CommandId } from '../commandIds';
import type { Host } from '../host';

/** A command: what it is called, what it takes and what it does. It knows nothing of errors and messages. */
export interface CommandSpec<A> {
	readonly id: CommandId;
	readonly title: string;
	/** Parses what the palette (nothing) or a tree (its item) hands over. */
	readonly args: { parse(raw: unknown): A };
	/** Returns a sentence for the status bar, or undefined where there is nothing to say. */
	run(host: Host, args: A): Promise<string | undefined>;
}

/** Registers a command. The one place that knows what a failed command looks like. */
export function registerCommand<A>(spec: CommandSpec<A>, host: Host): vscode.Disposable {
	return vscode.commands.registerCommand(spec.id, async (raw: unknown) => {
		try {
			const done = await spec.run(host, spec.args.parse(raw));
			if (done !== undefined) vscode.window.setStatusBarMessage(`Codelearn: ${done}`, 6000);
			return done;
		} catch (cause) {
			if (cause instanceof Cancelled) return vscode.window.setStatusBarMessage(`${spec.title}: cancelled`, 4000);
			host.log.error(`${spec.id} failed`, cause);
			void showFailure(spec.title, cause, host);
			return undefined;
		}
	});
}

async function showFailure(title: string, cause: unknown, host: Host): Promise<void> {
	const message = `${title}: ${messageOf(cause)}`;
	// What the user can mend is said in the message; for the rest the log knows more.
	const answer = await (cause instanceof UserError ? vscode.window.showErrorMessage(message) : vscode.window.showErrorMessage(message, 'Show Output'));
	if (answer === 'Show Output') host.channel.show(true);
}
