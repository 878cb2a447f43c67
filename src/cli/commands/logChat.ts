import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { LogChatInput } from '../../core/api';
import { UserError, messageOf } from '../../core/errors';
import { definedOnly } from '../../app/definedOnly';
import { packageRoot } from '../../app/version';
import type { CliContext } from '../cliContext';

const Options = z.object({
	promptSummary: z.string().optional(),
	rawPrompt: z.string().optional(),
	responseSummary: z.string().optional(),
	rawResponse: z.string().optional(),
	sessionId: z.string().optional(),
	turnKey: z.string().optional(),
	assistant: z.string().optional(),
	model: z.string().optional(),
	file: z.array(z.string()).default([]),
	before: z.string().optional(),
	after: z.string().optional(),
	tool: z.array(z.string()).default([]),
	entities: z.string().optional(),
	modificationType: z.string().optional(),
	confidence: z.string().optional(),
	diffSummary: z.string().optional(),
	input: z.string().optional(),
	rule: z.boolean().default(false),
});

export function addLogChat(program: Command, context: CliContext): void {
	const collect = (value: string, former: string[]) => [...former, value];
	program
		.command('log-chat')
		.description('keep a turn by hand, as capture would')
		.option('--prompt-summary <text>', 'the prompt (or its summary)')
		.option('--raw-prompt <text>', 'the whole prompt')
		.option('--response-summary <text>', 'the response (or its summary)')
		.option('--raw-response <text>', 'the whole response')
		.option('--session-id <id>', 'session it belongs to (default: one of its own)')
		.option('--turn-key <key>', 'names the turn in its session, so that a second call extends it')
		.option('--assistant <name>', 'who answered')
		.option('--model <name>', 'model that answered')
		.option('--file <path>', 'a changed file (repeat); with --before and --after for one file', collect, [])
		.option('--before <file>', 'file with the text before the change')
		.option('--after <file>', 'file with the text after the change')
		.option('--tool <name>', 'a tool that was used, in order (repeat)', collect, [])
		.option('--entities <list>', 'files and symbols, comma-separated')
		.option('--modification-type <type>', 'refactor, bugfix, feature, documentation or unknown')
		.option('--confidence <number>', '0 to 1')
		.option('--diff-summary <text>', 'what changed')
		.option('--input <file>', 'read the turn as JSON from a file, - for stdin')
		.option('--rule', 'print the rule that asks an assistant without capture to log its turns over MCP')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const options = Options.parse(raw);
			if (options.rule) {
				printRule(context);
				return;
			}
			const given = options.input === undefined ? fromOptions(options) : fromFile(options.input);
			const parsed = LogChatInput.safeParse(given);
			if (!parsed.success)
				throw new UserError(`The turn is not complete: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`, 2);
			const kept = await context.app.logChat(parsed.data);
			const words = { new: 'Kept', extended: 'Extended', unchanged: 'Already known, nothing changed:' };
			context.print(kept, () => `${words[kept.outcome]} turn ${kept.turn_id}${kept.redactions > 0 ? ` (${kept.redactions} secrets taken out)` : ''}`);
		});
}

/** As it is, so that it can be sent into a file. */
function printRule(context: CliContext): void {
	const rule = readText(join(packageRoot(), 'resources', 'rules', 'auto_log_chat.md'));
	context.print({ rule }, () => rule.trimEnd());
}

function fromOptions(options: z.infer<typeof Options>): unknown {
	const prompt = options.rawPrompt ?? options.promptSummary;
	if (prompt === undefined) throw new UserError('Give the prompt with --prompt-summary or --raw-prompt, or a whole turn with --input.', 2);
	if ((options.before !== undefined || options.after !== undefined) && options.file.length !== 1)
		throw new UserError('--before and --after go with exactly one --file.', 2);
	const side = (file: string | undefined) => (file === undefined ? null : readText(file));
	const withTexts = options.before !== undefined || options.after !== undefined;
	return definedOnly({
		prompt,
		response: options.rawResponse ?? options.responseSummary,
		session_id: options.sessionId,
		turn_key: options.turnKey,
		assistant: options.assistant,
		model: options.model,
		tools: options.tool.map((name) => ({ name })),
		edits: withTexts ? options.file.map((file_path) => ({ file_path, before: side(options.before), after: side(options.after), whole: true })) : [],
		involved_entities: withTexts && options.entities === undefined ? undefined : entitiesOf(options),
		modification_type: options.modificationType,
		confidence_score: options.confidence === undefined ? undefined : Number(options.confidence),
		diff_summary: options.diffSummary,
	});
}

/** undefined when none was given: they are found in the texts then. */
function entitiesOf({ file, entities }: z.infer<typeof Options>): string[] | undefined {
	const given = [...file, ...(entities ?? '').split(',')].map((entity) => entity.trim()).filter((entity) => entity !== '');
	return given.length === 0 ? undefined : given;
}

function fromFile(file: string): unknown {
	const text = readText(file === '-' ? '/dev/stdin' : file);
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new UserError(`${file} is no JSON: ${messageOf(cause)}.`, 2, { cause });
	}
}

function readText(file: string): string {
	try {
		return readFileSync(file === '/dev/stdin' ? 0 : file, 'utf8');
	} catch (cause) {
		throw new UserError(`${file} cannot be read: ${messageOf(cause)}.`, 2, { cause });
	}
}
