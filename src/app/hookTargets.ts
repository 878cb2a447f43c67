import { join } from 'node:path';
import type { SourcePlaces } from '../capture/captureSource';
import { UserError } from '../core/errors';

/** An entry in an assistant's list of hooks for one event. */
export interface HookEntry {
	readonly event: string;
	readonly value: unknown;
}

/** Where and how an assistant wants its hooks. */
export interface HookTarget {
	readonly name: string;
	readonly label: string;
	/** The assistant's own folder. */
	folder(places: SourcePlaces): string;
	/** The JSON file that holds `hooks`. */
	file(places: SourcePlaces): string;
	entries(command: (event: string) => string): HookEntry[];
	/** Further members of the file that hooks need, by their path. Those that are there stay as they are. */
	readonly needs: readonly { readonly path: readonly string[]; readonly value: unknown }[];
	/** What the user has to know or do. */
	readonly note?: string;
}

/** Seconds after which an assistant gives up on a hook; ours takes some ten milliseconds. */
const timeout = 10;

/** A group as Claude Code introduced it. Only events that come after something was done: what runs before could hold it up. */
const group = (event: string, command: string) => ({
	event,
	value: { ...(event.includes('Tool') ? { matcher: '*' } : {}), hooks: [{ type: 'command', command, timeout }] },
});

/** The same as Gemini CLI and its relatives take it: named, and in milliseconds. */
const namedGroup = (event: string, command: string) => ({
	event,
	value: { matcher: '*', hooks: [{ name: 'codelearn', type: 'command', command, timeout: timeout * 1000 }] },
});

const inFolder = (folder: (places: SourcePlaces) => string, file: string) => ({ folder, file: (places: SourcePlaces) => join(folder(places), file) });

const targets: readonly HookTarget[] = [
	{
		name: 'claude-code',
		label: 'Claude Code',
		...inFolder(({ env, home }) => given(env['CLAUDE_CONFIG_DIR']) ?? join(home, '.claude'), 'settings.json'),
		entries: (command) =>
			['UserPromptSubmit', 'PostToolUse', 'PostToolUseFailure', 'Stop', 'StopFailure', 'SubagentStop', 'SessionEnd'].map((event) =>
				group(event, command(event)),
			),
		needs: [],
	},
	{
		name: 'cursor',
		label: 'Cursor',
		...inFolder(({ home }) => join(home, '.cursor'), 'hooks.json'),
		entries: (command) =>
			['beforeSubmitPrompt', 'postToolUse', 'postToolUseFailure', 'afterShellExecution', 'afterFileEdit', 'afterAgentResponse', 'stop'].map((event) => ({
				event,
				value: { command: command(event), timeout },
			})),
		needs: [{ path: ['version'], value: 1 }],
		note: "Made from Cursor's documentation; not tried in Cursor.",
	},
	{
		name: 'codex',
		label: 'Codex',
		...inFolder(({ env, home }) => given(env['CODEX_HOME']) ?? join(home, '.codex'), 'hooks.json'),
		entries: (command) => ['UserPromptSubmit', 'PostToolUse', 'Stop', 'SubagentStop', 'SessionEnd'].map((event) => group(event, command(event))),
		needs: [],
		note: 'Codex runs no hook before you have trusted it: start codex and trust the new hooks there. Until then nothing runs, and Codex does not say so.',
	},
	{
		name: 'gemini-cli',
		label: 'Gemini CLI',
		...inFolder(({ env, home }) => join(given(env['GEMINI_CLI_HOME']) ?? home, '.gemini'), 'settings.json'),
		entries: (command) => ['BeforeAgent', 'AfterTool', 'AfterAgent', 'SessionEnd'].map((event) => namedGroup(event, command(event))),
		needs: [],
	},
	{
		name: 'qwen-code',
		label: 'Qwen Code',
		...inFolder(({ env, home }) => given(env['QWEN_HOME']) ?? join(home, '.qwen'), 'settings.json'),
		entries: (command) =>
			['UserPromptSubmit', 'PostToolUse', 'PostToolUseFailure', 'Stop', 'StopFailure', 'SessionEnd'].map((event) => namedGroup(event, command(event))),
		needs: [],
	},
	{
		name: 'copilot-cli',
		label: 'Copilot CLI',
		...inFolder(({ env, home }) => given(env['COPILOT_HOME']) ?? join(home, '.copilot'), join('hooks', 'codelearn.json')),
		entries: (command) =>
			['userPromptSubmitted', 'postToolUse', 'agentStop', 'errorOccurred', 'sessionEnd'].map((event) => ({
				event,
				value: { type: 'command', bash: command(event), powershell: command(event), timeoutSec: timeout },
			})),
		needs: [{ path: ['version'], value: 1 }],
	},
	{
		name: 'windsurf',
		label: 'Windsurf',
		...inFolder(({ home }) => join(home, '.codeium', 'windsurf'), 'hooks.json'),
		// Without this very hook Windsurf writes no transcript.
		entries: (command) =>
			['post_cascade_response_with_transcript'].map((event) => ({
				event,
				value: { command: command(event), powershell: command(event), show_output: false },
			})),
		needs: [],
		note: "Made from Windsurf's documentation; not tried in Windsurf.",
	},
];

const otherNames: ReadonlyMap<string, string> = new Map(
	Object.entries({ claude: 'claude-code', gemini: 'gemini-cli', qwen: 'qwen-code', copilot: 'copilot-cli' }),
);

export const hookTargetNames: readonly string[] = targets.map(({ name }) => name);

/** The assistant of a name as a person writes it. Throws a UserError that lists the known ones. */
export function hookTarget(name: string): HookTarget {
	const wanted = otherNames.get(name) ?? name;
	const target = targets.find((one) => one.name === wanted);
	if (target !== undefined) return target;
	if (wanted === 'vscode' || wanted === 'vscode-copilot')
		throw new UserError("VS Code needs nothing installed: Codelearn's extension brings its hooks along. Capture is allowed in its view there.", 2);
	throw new UserError(`Hooks can be installed for: git, ${hookTargetNames.join(', ')}, cline. Not for "${name}".`, 2);
}

/** The variables of the assistants count when they are set to something. */
function given(value: string | undefined): string | undefined {
	return value === '' ? undefined : value;
}
