import { Argument } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { attachmentRule, chooseAttachments, hearEnvironment, machine } from '../../app/attachmentChoice';
import { attachmentsKept } from '../../app/attachments';
import type { AttachmentRule } from '../../core/attachment';
import { UserError } from '../../core/errors';
import type { CliContext } from '../cliContext';

const Choice = z.enum(['on', 'off', 'default']).optional();
const Options = z.object({ machine: z.boolean().default(false), limit: z.string().optional() });

export function addAttachments(program: Command, context: CliContext): void {
	program
		.command('attachments')
		.description('keep images of chats in this folder, or stop; without a word, say what holds and how much is kept')
		.addArgument(new Argument('[choice]', 'on, off, or default to take back what was said').choices(Choice.unwrap().options))
		.option('--machine', 'for all folders of which nothing else is said')
		.option('--limit <MiB>', 'largest image that is kept')
		.option('--json', 'print JSON')
		.action((word: string | undefined, raw: unknown) => {
			const choice = Choice.parse(word);
			const options = Options.parse(raw);
			if (choice === 'default' && options.limit !== undefined) throw new UserError('`default` takes the limit back too. Leave out --limit.', 2);
			const folder = options.machine ? machine : context.folder;
			if (choice !== undefined || options.limit !== undefined) chooseAttachments(folder, choice, options.limit);
			if (!options.machine) hearEnvironment(folder);
			const rule = attachmentRule(folder);
			const state = { ...rule, ...attachmentsKept() };
			context.print(state, () => describe(folder, state));
			if ((choice === 'on') !== rule.keep && choice !== undefined && choice !== 'default')
				context.complain(
					`Images are ${rule.keep ? 'kept' : 'not kept'} nevertheless, since ${sayers[rule.from]} ${rule.keep ? 'asks for it' : 'is against it'}.`,
				);
		});
}

const sayers: Readonly<Record<AttachmentRule['from'], string>> = {
	editor: "the editor's setting",
	environment: 'CODELEARN_CAPTURE_ATTACHMENTS',
	'.env': 'the .env of the folder',
	command: 'what was said by this command',
	machine: 'what was said for the machine',
	default: 'the default',
};

function describe(folder: string, { keep, max_bytes, from, folder: by, files, bytes }: AttachmentRule & ReturnType<typeof attachmentsKept>): string {
	const place = folder === machine ? 'folders of which nothing else is said' : folder;
	const limit = `, up to ${Number((max_bytes / 1024 / 1024).toFixed(2))} MiB each`;
	const why = `${sayers[from]}${by === '' || by === folder ? '' : ` (${by})`}`;
	return [
		`Images of chats in ${place} are ${keep ? `kept${limit}` : 'not kept'}: ${why}.`,
		files === 0
			? 'No image is kept now.'
			: `Kept now: ${files} image${files === 1 ? '' : 's'}, ${(bytes / 1e6).toFixed(1)} MB. \`purge\` takes them out with their turns.`,
	].join('\n');
}
