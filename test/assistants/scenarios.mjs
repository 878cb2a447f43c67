import { sessionScenarios } from './sessionScenarios.mjs';

// What is played, and what has to be recorded of it. The expectation is computed from the script itself: nobody writes it down twice.

/** The repository at its first commit. */
export const startFiles = {
	'package.json': '{ "name": "demo", "type": "module", "private": true }\n',
	'src/sum.js': [
		'export function sum(list) {',
		'  let total = 0;',
		'  for (let i = 1; i < list.length; i++) {',
		'    total += list[i];',
		'  }',
		'  return total;',
		'}',
		'',
	].join('\n'),
	'test/sum.test.js': [
		"import test from 'node:test';",
		"import assert from 'node:assert';",
		"import { sum } from '../src/sum.js';",
		"test('sum', () => assert.equal(sum([1, 2, 3]), 6));",
		'',
	].join('\n'),
};

const fixLoop = { do: 'edit', path: 'src/sum.js', old: '  for (let i = 1; i < list.length; i++) {', new: '  for (let i = 0; i < list.length; i++) {' };
const subTask = 'SUBTASK: fix the loop in src/sum.js';
/** The program of the command in "shell-edit", which has no quote that a shell would care for; what it does stands in the call's `changes`. */
const rewrite = [
	'const fs = require("fs")',
	'const file = "src/sum.js"',
	'fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("let i = 1", "let i = 0"))',
	'fs.writeFileSync("src/first.js", "export const first = (list) => list[0];\\n")',
].join('; ');
const readSum = { do: 'read', path: 'src/sum.js' };

/**
 * Each scenario has `prompts`, one a run of the assistant (the second resumes the session), and the model's `steps`, for a sub-agent too.
 * A step without calls ends a turn unless it `goesOn`; `done` are edits that it makes in words. Of a call, `fails` says that it ends in an error; `changes` of a command are the edits that it makes. `ends` says how the last turn ends when it is not complete. `keys`: typed in a terminal.
 * `delayMs`: time that the model takes for the answer. `image`: the prompt comes with the picture that lies in the repository.
 * `delayMs`: time that the model takes for the answer. `inputs`: what is given to the assistant where that is more than prompts.
 * `slow`: left out by `--quick` unless it is named. `asides`: what else the model does, when it is asked with `when`; see scriptedModel.mjs.
 * `forks`: each prompt but the first opens a session of its own, which begins with what the one before holds. `only`: the assistants that can be led to it.
 */
export const scenarios = [
	{
		name: 'fix-sum',
		about: 'read, edit, create, run, answer',
		prompts: ['sum([1,2,3]) gives 5. Please fix src/sum.js and run the tests.'],
		steps: [
			{ think: 'I should look at the file before changing it.', say: 'I will read the file first.', calls: [readSum] },
			{ say: 'The loop starts at 1, so the first number is lost.', calls: [fixLoop] },
			{ calls: [{ do: 'write', path: 'NOTES.md', content: '# sum\n\nAdds every number of the list.\n' }] },
			{ calls: [{ do: 'run', command: 'node --test' }] },
			{ say: 'Fixed: the loop now starts at index 0, and the tests pass.' },
		],
	},
	{
		name: 'two-turns',
		about: 'parallel reads, an edit that fails, two edits of one file at once, exit code 3, resume, overwrite',
		prompts: ['Fix the loop in src/sum.js.', 'Now add a test for the empty list.'],
		steps: [
			{ say: 'Reading both files at once.', calls: [readSum, { do: 'read', path: 'test/sum.test.js' }] },
			{
				say: 'This edit does not match and must fail.',
				calls: [{ do: 'edit', path: 'src/sum.js', old: 'this text is not in the file', new: 'nothing', fails: true }],
			},
			{
				say: 'Two edits of one file in one answer.',
				calls: [fixLoop, { do: 'edit', path: 'src/sum.js', old: '  return total;', new: '  return total; // größer: 5 → 6 ✓' }],
			},
			{ calls: [{ do: 'run', command: 'node -e \'console.error("boom"); process.exit(3)\'', fails: true }] },
			{ say: 'Turn one is done: the loop is fixed.' },
			{ calls: [{ do: 'read', path: 'test/sum.test.js' }] },
			{
				say: 'Overwriting the test file.',
				calls: [{ do: 'write', path: 'test/sum.test.js', content: `${startFiles['test/sum.test.js']}test('empty', () => assert.equal(sum([]), 0));\n` }],
			},
			{ calls: [{ do: 'run', command: 'node --test' }] },
			{ say: 'Turn two is done: a test for the empty list was added.' },
		],
	},
	{
		name: 'shell-edit',
		about: 'a shell command changes one file and creates another',
		prompts: ['Let the loop in src/sum.js start at 0, and add src/first.js.'],
		steps: [
			{ say: 'I will read the file first.', calls: [readSum] },
			{
				say: 'A command does both.',
				calls: [
					{
						do: 'run',
						command: `node -e '${rewrite}'`,
						changes: [fixLoop, { do: 'write', path: 'src/first.js', content: 'export const first = (list) => list[0];\n' }],
					},
				],
			},
			{ say: 'Both files are written.' },
		].map((step) => ({ ...step, delayMs: 600 })),
	},
	{
		name: 'sub-agent',
		about: 'the work is handed to a sub-agent, which edits',
		prompts: ['Have a sub-agent fix the loop.'],
		steps: [
			{ say: 'I hand this to a sub-agent.', calls: [{ do: 'agent', description: 'fix_the_loop', prompt: subTask, agent: 'general-purpose' }] },
			{ say: 'The sub-agent fixed the loop.' },
		],
		subAgent: {
			prompt: subTask,
			steps: [{ say: 'Sub-agent reads.', calls: [readSum] }, { say: 'Sub-agent edits.', calls: [fixLoop] }, { say: 'Sub-agent: the loop is fixed.' }],
		},
	},
	{
		name: 'image',
		about: 'the prompt comes with an image, which is kept as it was given',
		prompts: ['What is wrong in this picture?'],
		steps: [{ say: 'The picture shows a slope of colours.' }],
		image: true,
	},
	{
		name: 'api-error',
		about: 'the model refuses in the middle of a turn',
		prompts: ['Fix the loop in src/sum.js.'],
		steps: [{ say: 'Reading first.', calls: [readSum] }, { error: { status: 400 } }],
		ends: 'failed',
	},
	{
		name: 'rejected',
		about: 'the user refuses a command in the terminal',
		prompts: ['Fix the loop in src/sum.js, please.'],
		steps: [
			{ say: 'I will read the file first.', calls: [readSum] },
			{ calls: [fixLoop] },
			{ calls: [{ do: 'run', command: 'node --test', fails: true }] },
			{ say: 'Not reached.' },
		],
		ends: 'cancelled',
		keys: 'reject',
	},
	{
		name: 'cancelled',
		about: 'the user stops the answer: by a key in the terminal, or by Ctrl+C',
		prompts: ['Fix the loop in src/sum.js, please.'],
		steps: [
			{ say: 'I will read the file first.', calls: [readSum] },
			{ say: 'Not reached.', delayMs: 60_000 },
		],
		ends: 'cancelled',
		keys: 'cancel',
	},
	...sessionScenarios,
];

/** The script for the scripted model. */
export function scriptOf({ steps, subAgent, asides = [], textOnly = false }) {
	const ofSubAgent = subAgent === undefined ? [] : [{ when: subAgent.prompt, steps: subAgent.steps }];
	return { textOnly, scenarios: [...asides, ...ofSubAgent, { when: '', steps }] };
}

/**
 * What has to be stored: `turns` as `{ prompt, says, calls, state, isSubAgent, image }`, and `states`, which gives for each changed file every text
 * it had, in order; the first is null for a file that is created.
 */
export function expectationOf(scenario) {
	const turns = turnsOf(scenario.steps).map((steps, index) => ({
		...turnOf(scenario.prompts[index], steps),
		image: scenario.image === true,
		session: scenario.forks ? index : 0,
	}));
	turns[turns.length - 1].state = scenario.ends ?? 'complete';
	if (scenario.subAgent !== undefined) turns.push({ ...turnOf(scenario.subAgent.prompt, scenario.subAgent.steps), isSubAgent: true, session: 0 });
	return { turns, states: statesAfter(turns.flatMap(({ calls }) => calls)) };
}

function turnsOf(steps) {
	const ends = steps.flatMap((step, index) => (step.calls === undefined && !step.goesOn ? [index + 1] : []));
	return ends.map((end, index) => steps.slice(ends[index - 1] ?? 0, end));
}

function turnOf(prompt, steps) {
	const reached = steps.filter(({ say }) => say !== 'Not reached.');
	return {
		prompt,
		says: reached.flatMap(({ say }) => (say === undefined ? [] : [say])),
		calls: reached.flatMap(({ calls, done = [] }) => calls ?? done),
		state: 'complete',
		isSubAgent: false,
	};
}

function statesAfter(calls) {
	const states = {};
	for (const call of calls.flatMap((each) => each.changes ?? [each])) {
		if (call.fails || !(call.do === 'edit' || call.do === 'write')) continue;
		const texts = (states[call.path] ??= [startFiles[call.path] ?? null]);
		texts.push(call.do === 'write' ? call.content : texts.at(-1).replace(call.old, () => call.new));
	}
	return states;
}
