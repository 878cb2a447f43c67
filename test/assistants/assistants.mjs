// How each assistant is led to the scripted model and run without an account. One entry an assistant; `name` is the word for it in turns.
//
// `prepare` writes its settings into the run's home and returns variables for its environment. `run` gives program and arguments for a
// prompt; `again` resumes the last session. `resume` does that in a terminal, with what was said last and what will be. `hooks`: whether Codelearn's hooks there tell `turns`, or only when to look at the record, or there are none. `adapt` fits a scenario to it. `cannot` names scenarios with the reason why they
// are left out. `withImage` is `run` for a prompt with a picture, where that needs no terminal. `differs` says in what its records differ from the script, because the assistant itself does or writes it so.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startFiles } from './scenarios.mjs';

const key = 'sk-ant-scripted';
const allowed = ['Bash(node:*)', 'mcp__glossary'];
const quiet = { DO_NOT_TRACK: '1', DISABLE_AUTOUPDATER: '1', DISABLE_TELEMETRY: '1' };
const noTerminal = 'only Claude Code is driven in a terminal';
const noSubAgents = 'has no sub-agents';
const noMoments = 'no hook tells when a command has run';

export const assistants = [
	{
		name: 'claude-code',
		hooks: 'turns',
		prepare({ home, repo, url }) {
			// Answers the questions of a first start in a terminal.
			const projects = { [repo]: { hasTrustDialogAccepted: true } };
			write(home, '.claude.json', { hasCompletedOnboarding: true, theme: 'dark', customApiKeyResponses: { approved: [key] }, projects });
			const off = { ...quiet, DISABLE_ERROR_REPORTING: '1', CLAUDE_CODE_MAX_RETRIES: '0', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
			return { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key, TERM: 'xterm-256color', ...off };
		},
		run: (prompt, again, place, { forks = false }) => ({
			program: 'claude',
			args: [
				'-p',
				prompt,
				...(again ? ['--continue', ...(forks ? ['--fork-session'] : [])] : []),
				'--permission-mode',
				'acceptEdits',
				'--allowedTools',
				...allowed,
			],
		}),
		withImage: (prompt, file) => ({
			program: 'claude',
			args: ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
			input: `${JSON.stringify({ type: 'user', message: { role: 'user', content: [{ type: 'text', text: prompt }, imageBlock(file)] } })}\n`,
		}),
		terminal: {
			program: 'claude',
			args: ['--permission-mode', 'acceptEdits'],
			steps: {
				reject: (prompt) => [
					['❯', `${prompt}\r`],
					['Do you want to proceed.*Yes', '\x1b'],
					['Interrupted|interrupted|No \\(', '/exit\r'],
				],
				cancel: (prompt) => [
					['❯', `${prompt}\r`],
					['I will read the file first', '\x1b'],
					['Interrupted|interrupted', '/exit\r'],
				],
				branch: (first, second) => [
					['❯', `${first}\r`],
					['Turn one is done', '/branch\r'],
					['ranched', `${second}\r`],
					['Turn two is done', '/exit\r'],
				],
				rewind: (first, second, third) => [
					['❯', `${first}\r`],
					['Turn one is done', `${second}\r`],
					['Turn two is done', '/rewind\r'],
					['Rewind.*current', '\x1b[A'],
					['.', '\r'],
					['conversation', '2'],
					['Turn one is done', `\x15${third}\r`],
					['Do you want to proceed', '\r'],
					['The last turn is done', '/exit\r'],
				],
			},
		},
		// It offers its model the tools of servers only when that has looked for them.
		adapt: (scenario) => findsFirst(forSubAgent(worksOn)(scenario)),
		cannot: {},
		differs: {},
	},
	{
		name: 'codex',
		hooks: 'turns',
		prepare({ home, url }) {
			write(
				home,
				'.codex/config.toml',
				[
					'model = "gpt-6.1-sol"',
					'model_provider = "scripted"',
					'check_for_update_on_startup = false',
					'[model_providers.scripted]',
					'name = "Scripted"',
					`base_url = "${url}/v1"`,
					'env_key = "SCRIPTED_KEY"',
					'wire_api = "responses"',
					'request_max_retries = 0',
					'stream_max_retries = 0',
					'[analytics]',
					'enabled = false',
					'[features]',
					'hooks = true',
					'',
				].join('\n'),
			);
			return { SCRIPTED_KEY: key };
		},
		run(prompt, again) {
			const flags = ['--json', '--skip-git-repo-check', '--sandbox', 'danger-full-access', '--dangerously-bypass-hook-trust'];
			return { program: 'codex', args: ['exec', ...flags, ...(again ? ['resume', '--last'] : []), prompt] };
		},
		withImage(prompt, file) {
			const { program, args } = this.run(prompt, false);
			return { program, args: [...args, '-i', file] };
		},
		// Its sub-agents take the conversation along unless told otherwise, and a run does not wait for them by itself.
		adapt: forSubAgent(({ steps: [hand, done] }) => ({ steps: [withCall(hand, { history: 'none' }), { calls: [{ do: 'wait' }] }, done] })),
		cannot: { rejected: noTerminal },
		// What a file held that a patch "adds" over it is not recorded. A task for an agent is encrypted. A program that fails shows no action.
		differs: {
			oldTextUnknown: true,
			subAgentPrompt: '/root/fix_the_loop',
			subAgentSession: true,
			subAgentWithoutHooks: true,
			imagePrompt: (prompt) => `[image]\n${prompt}`,
			calls: ({ calls }) => calls.map((call) => (call.do === 'edit' && call.fails ? { ...call, do: 'program' } : call)),
		},
	},
	{
		name: 'gemini-cli',
		hooks: 'looks',
		prepare({ home, url }) {
			write(home, '.gemini/settings.json', {
				security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
				general: { disableAutoUpdate: true, enableAutoUpdate: false, disableUpdateNag: true },
				privacy: { usageStatisticsEnabled: false },
				telemetry: { enabled: false },
			});
			const gemini = { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: url, GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_TRUST_WORKSPACE: 'true' };
			return { ...gemini, NO_BROWSER: '1' };
		},
		run: (prompt, again) => ({
			program: 'gemini',
			args: [...(again ? ['--resume', 'latest'] : []), '-p', prompt, '--yolo', '-m', 'gemini-2.5-pro', '--output-format', 'json'],
		}),
		withImage(prompt, file) {
			return this.run(`${prompt} @${path.basename(file)}`, false);
		},
		// Its agent for everything; one that does not say by a call that it is done is asked to.
		adapt: forSubAgent(({ steps: [hand, done], subAgent }) => ({
			steps: [withCall(hand, { agent: 'generalist' }), done],
			subAgent: { ...subAgent, steps: subAgent.steps.map((step) => (step.calls === undefined ? { ...step, calls: [{ do: 'finish' }] } : step)) },
		})),
		cannot: { rejected: noTerminal },
		// Its record says nothing of an answer that never came, or that the user stopped, and no hook does.
		differs: { states: { failed: 'open', cancelled: 'open' }, silentFailure: true, imagePrompt: (prompt) => `${prompt} @screen.png` },
	},
	{
		name: 'opencode',
		hooks: 'none',
		prepare({ home, url }) {
			const limit = { context: 200_000, output: 8192 };
			const seesImages = { attachment: true, modalities: { input: ['text', 'image'], output: ['text'] } };
			write(home, '.config/opencode/opencode.json', {
				autoupdate: false,
				share: 'disabled',
				model: 'scripted/scripted-model',
				small_model: 'scripted/scripted-model',
				permission: 'allow',
				provider: {
					scripted: {
						npm: '@ai-sdk/openai-compatible',
						name: 'Scripted',
						options: { baseURL: `${url}/v1`, apiKey: key },
						models: { 'scripted-model': { name: 'Scripted', tool_call: true, reasoning: true, limit, ...seesImages } },
					},
				},
			});
			const config = path.join(home, '.config/opencode/opencode.json');
			return { OPENCODE_CONFIG: config, OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' };
		},
		run: (prompt, again) => ({ program: 'opencode', args: ['run', ...(again ? ['--continue'] : []), '--format', 'json', prompt] }),
		withImage(prompt, file) {
			const { program, args } = this.run(prompt, false);
			return { program, args: [...args, '--file', file] };
		},
		// Its agent for everything.
		adapt: forSubAgent(({ steps: [hand, done] }) => ({ steps: [withCall(hand, { agent: 'general' }), done] })),
		cannot: { 'shell-edit': noMoments, rejected: noTerminal, cancelled: noTerminal },
		// A sub-agent has a session of its own.
		differs: { subAgentSession: true, imagePrompt: (prompt) => `[image]\n\n${prompt}` },
	},
	{
		name: 'copilot-cli',
		hooks: 'looks',
		prepare: ({ url }) => ({
			COPILOT_PROVIDER_TYPE: 'openai',
			COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
			COPILOT_PROVIDER_API_KEY: key,
			COPILOT_PROVIDER_WIRE_API: 'completions',
			COPILOT_MODEL: 'scripted-model',
			COPILOT_OFFLINE: 'true',
			COPILOT_AUTO_UPDATE: 'false',
		}),
		run: (prompt, again) => ({
			program: 'copilot',
			args: [...(again ? ['--continue'] : []), '-p', prompt, '--allow-all-tools', '--output-format', 'json', '--disable-client-telemetry', '--no-color'],
		}),
		withImage(prompt, file) {
			const { program, args } = this.run(prompt, false);
			return { program, args: [...args, '--attachment', file] };
		},
		// Its tool that creates files refuses those that are there.
		adapt: overwritesByEdits,
		cannot: { rejected: noTerminal, cancelled: noTerminal },
		differs: {},
	},
	{
		name: 'cline',
		hooks: 'none',
		prepare: () => ({ CLINE_TELEMETRY_DISABLED: '1', CLINE_NO_AUTO_UPDATE: '1', ...quiet }),
		before: ({ url }) => ({ program: 'cline', args: ['auth', '-p', 'openai-compatible', '-k', key, '-m', 'scripted-model', '-b', `${url}/v1`] }),
		run: (prompt) => ({ program: 'cline', args: ['--json', '--auto-approve', 'true', '-t', '60', prompt] }),
		withImage(prompt, file) {
			return this.run(`${prompt} @${file}`, false);
		},
		// It resumes a session only there. Its screen shows what was said before.
		resume(prompt, { home }, [saidBefore, answer]) {
			const [session] = readdirSync(path.join(home, '.cline/data/sessions'));
			const steps = [
				[shownWithoutSpaces(saidBefore), `${prompt}\r`],
				[shownWithoutSpaces(answer), '/exit\r'],
			];
			return { program: 'cline', args: ['--auto-approve', 'true', '--tui', '--id', session], steps };
		},
		// Its tool that creates files fails for those that are there.
		adapt: overwritesByEdits,
		cannot: { 'shell-edit': noMoments, rejected: noTerminal, cancelled: noTerminal },
		differs: { imagePrompt: (prompt) => `${prompt} [image: screen.png]\n[image]` },
	},
	{
		name: 'qwen-code',
		hooks: 'looks',
		prepare({ home, url }) {
			write(home, '.qwen/settings.json', {
				model: { generationConfig: { modalities: { image: true } } },
				security: { auth: { selectedType: 'openai' } },
				general: { disableAutoUpdate: true, enableAutoUpdate: false },
				privacy: { usageStatisticsEnabled: false },
				telemetry: { enabled: false },
			});
			return { OPENAI_API_KEY: key, OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'scripted-model' };
		},
		run: (prompt, again) => ({
			program: 'qwen',
			args: ['--yolo', '--auth-type', 'openai', '--output-format', 'stream-json', ...(again ? ['--continue'] : []), prompt],
		}),
		withImage(prompt, file) {
			return this.run(`${prompt} @${path.basename(file)}`, false);
		},
		adapt: forSubAgent(worksOn),
		cannot: { rejected: noTerminal, cancelled: noTerminal },
		// No hook runs when an answer fails. An image is sent, and recorded, as a JPEG made of it.
		differs: { silentFailure: true, imagePrompt: (prompt) => `${prompt} @screen.png`, imageSentAs: 'image/jpeg' },
	},
	{
		name: 'continue',
		hooks: 'none',
		prepare({ home, url }) {
			const model = { name: 'Scripted', provider: 'openai', model: 'scripted-model', apiKey: key, apiBase: `${url}/v1`, roles: ['chat', 'edit', 'apply'] };
			// JSON is YAML too.
			write(home, '.continue/config.yaml', { name: 'scripted', version: '1.0.0', schema: 'v1', models: [{ ...model, capabilities: ['tool_use'] }] });
			return { CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_METRICS_ENABLED: '0', CONTINUE_ALLOW_ANONYMOUS_TELEMETRY: '0' };
		},
		run: (prompt, again, { home }) => ({
			program: 'cn',
			args: ['--config', path.join(home, '.continue/config.yaml'), '--auto', ...(again ? ['--resume'] : []), '-p', prompt],
		}),
		// Of two edits of one file in one answer it loses one.
		adapt: (scenario) => ({ ...scenario, steps: scenario.steps.flatMap(oneEditAtATime) }),
		cannot: {
			'shell-edit': noMoments,
			'sub-agent': noSubAgents,
			'api-error': 'keeps no session whose answer failed',
			rejected: noTerminal,
			cancelled: noTerminal,
		},
		differs: {},
	},
	{
		name: 'aider',
		hooks: 'none',
		prepare: ({ url }) => ({
			OPENAI_API_KEY: key,
			OPENAI_API_BASE: `${url}/v1`,
			LITELLM_LOCAL_MODEL_COST_MAP: 'True',
			AIDER_ANALYTICS: 'false',
		}),
		run(prompt) {
			const flags = ['--no-show-model-warnings', '--no-check-update', '--analytics-disable', '--no-gitignore', '--yes-always', '--no-pretty'];
			return { program: 'aider', args: ['--model', 'openai/scripted-model', '--edit-format', 'diff', ...flags, '--message', prompt, 'src/sum.js'] };
		},
		// It has no tools: edits stand in the answer, and it commits them itself.
		adapt: (scenario) => ({
			...scenario,
			textOnly: true,
			asides: [{ when: 'diff --git', steps: [{ say: 'fix: start the loop at index 0' }] }],
			steps: [inWords(scenario)],
		}),
		cannot: {
			'shell-edit': noMoments,
			'two-turns': 'has neither calls that could fail nor sessions that could be resumed',
			'sub-agent': noSubAgents,
			'api-error': 'without a call, nothing happens before the error',
			rejected: noTerminal,
			cancelled: noTerminal,
		},
		differs: { calls: () => [] },
	},
];

function overwritesByEdits(scenario) {
	return { ...scenario, steps: scenario.steps.map((step) => ({ ...step, ...(step.calls && { calls: step.calls.map(editedInstead) }) })) };
}

/** Writing over a file that ends in new lines, as an edit of its last line. */
function editedInstead(call) {
	const old = startFiles[call.path];
	if (call.do !== 'write' || old === undefined) return call;
	const last = old.trimEnd().split('\n').at(-1);
	return { do: 'edit', path: call.path, old: last, new: last + call.content.slice(old.trimEnd().length).trimEnd() };
}

function oneEditAtATime(step) {
	return (step.calls ?? []).filter((call) => call.do === 'edit').length > 1 ? step.calls.map((call) => ({ ...step, calls: [call] })) : [step];
}

/** All edits of a scenario as one answer in words; `done` is what they come to. */
function inWords({ steps }) {
	const done = steps.flatMap(({ calls = [] }) => calls).filter((call) => call.do === 'edit' || call.do === 'write');
	const ended = (text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
	const blocks = done.map(
		(call) => `${call.path}\n\`\`\`\n<<<<<<< SEARCH\n${ended(call.old ?? '')}=======\n${ended(call.new ?? call.content)}>>>>>>> REPLACE\n\`\`\``,
	);
	return { say: ['The loop starts at 1, so the first number is lost.', ...blocks].join('\n\n'), done };
}

/** Changes the steps of scenarios with a sub-agent alone. */
function forSubAgent(change) {
	return (scenario) => (scenario.subAgent === undefined ? scenario : { ...scenario, ...change(scenario) });
}

/** For assistants that work on while the sub-agent does, and are told by the program when that one is done. */
function worksOn({ steps: [hand, done] }) {
	return { steps: [hand, { say: 'The sub-agent is at work.', goesOn: true }, done] };
}

function findsFirst(scenario) {
	const find = { calls: [{ do: 'find', query: 'select:mcp__glossary__look_up' }] };
	return scenario.usesServer ? { ...scenario, steps: [find, ...scenario.steps] } : scenario;
}

/** A pattern for words between which a program moves the cursor instead of writing spaces. */
function shownWithoutSpaces(text) {
	return text
		.split(' ')
		.map((word) => word.replace(/[^\w]/g, '\\$&'))
		.join('\\s*');
}

function withCall(step, change) {
	return { ...step, calls: step.calls.map((call) => ({ ...call, ...change })) };
}

function imageBlock(file) {
	return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: readFileSync(file, 'base64') } };
}

function write(home, file, content) {
	const target = path.join(home, file);
	mkdirSync(path.dirname(target), { recursive: true });
	writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content, null, 1));
}
