import type { Command } from 'commander';
import { z } from 'zod';
import { assistantHookStatus, installAssistantHooks, uninstallAssistantHooks } from '../../app/assistantHooks';
import { hookStatus, installHook, uninstallHook } from '../../app/gitHooks';
import type { AssistantHookStatus } from '../../app/hookChange';
import { hookTargetNames } from '../../app/hookTargets';
import type { CliContext } from '../cliContext';

const Options = z.object({ for: z.string().default('git'), notes: z.boolean().optional() });
const forWhom = `git, or an assistant: ${hookTargetNames.join(', ')}, cline`;

export function addHooks(program: Command, context: CliContext): void {
	const hooks = program
		.command('hooks')
		.description("this repository's git hook, which indexes after each commit, and hooks of assistants, which tell of turns as they happen");
	const add = (name: string, description: string, run: (whom: string, notes?: boolean) => void | Promise<void>) =>
		hooks
			.command(name)
			.description(description)
			.option('--for <whom>', forWhom, 'git')
			.option('--json', 'print JSON')
			.action((raw: unknown) => {
				const { for: whom, notes } = Options.parse(raw);
				return run(whom, notes);
			});
	add('install', 'add them; hooks that are there are kept', (whom, notes) => (whom === 'git' ? installGit(context, notes) : installFor(context, whom)))
		.option('--notes', 'for git: also write a git note at each commit, which of its lines assistants wrote')
		.option('--no-notes', 'no more notes');
	add('uninstall', 'take them out again, without a trace', (whom) => (whom === 'git' ? uninstallGit(context) : uninstallFor(context, whom)));
	add('status', 'say whether they are there; `--for all` for every assistant', (whom) => (whom === 'git' ? statusOfGit(context) : statusFor(context, whom)));
}

async function installGit(context: CliContext, wish: boolean | undefined) {
	const { file, changed, notes } = await installHook(context.folder, { notes: wish });
	context.print({ file, changed, notes }, () => (changed ? `Installed in ${file}${withNotes(notes)}.` : `Already installed in ${file}${withNotes(notes)}.`));
}

async function uninstallGit(context: CliContext) {
	const { file, changed } = await uninstallHook(context.folder);
	context.print({ file, changed }, () => (changed ? `Taken out of ${file}.` : 'It was not installed.'));
}

async function statusOfGit(context: CliContext) {
	const status = await hookStatus(context.folder);
	context.print(status, () => (status.installed ? `Installed in ${status.file}${withNotes(status.notes)}.` : 'Not installed.'));
}

function withNotes(notes: boolean): string {
	return notes ? ', with a git note at each commit' : '';
}

function installFor(context: CliContext, whom: string) {
	const done = installAssistantHooks(whom);
	const { label, file, changed, note } = done;
	const text = changed ? `Installed for ${label} in ${file}. Sessions that run already do not know it yet.` : `Already installed for ${label} in ${file}.`;
	context.print(done, () => (note === undefined ? text : `${text}\n${note}`));
}

function uninstallFor(context: CliContext, whom: string) {
	const done = uninstallAssistantHooks(whom);
	context.print(done, () => (done.changed ? `Taken out of ${done.file}.` : `Not installed for ${done.label}.`));
}

function statusFor(context: CliContext, whom: string) {
	if (whom === 'all') {
		const hooks = assistantHookStatus();
		context.print({ hooks }, () => hooks.map(describe).join('\n'));
		return;
	}
	for (const status of assistantHookStatus(whom)) context.print(status, () => describe(status));
}

function describe({ label, file, installed }: AssistantHookStatus): string {
	return installed ? `${label}: installed in ${file}.` : `${label}: not installed.`;
}
