// Sessions that do not just go on: forked, rewound, compacted; and calls of MCP tools. Each is meant for the assistants in `only`, which can be led to it.

const fixLoop = { do: 'edit', path: 'src/sum.js', old: '  for (let i = 1; i < list.length; i++) {', new: '  for (let i = 0; i < list.length; i++) {' };
const readSum = { do: 'read', path: 'src/sum.js' };
const note = (content) => ({ do: 'write', path: 'NOTES.md', content });
const ask = 'Fix the loop in src/sum.js.';
const askNote = 'Now write a note about it.';

const fixed = [
	{ say: 'I will read the file first.', calls: [readSum] },
	{ say: 'The loop starts at 1.', calls: [fixLoop] },
	{ say: 'Turn one is done: the loop is fixed.' },
];
const noted = [{ say: 'A short one.', calls: [note('# sum\n')] }, { say: 'Turn two is done: the note is written.' }];
const tested = [{ calls: [{ do: 'run', command: 'node --test' }] }, { say: 'The last turn is done: the tests pass.' }];
const testIt = 'Please run the tests.';

/** A model that is asked for a summary still has its tools; what it is asked stands in the request alone, the summary in all that follow. */
const asksForSummary = 'create a detailed summary of';
const summary = 'SUMMARY: the loop in src/sum.js starts at 1.';

/** What a model answers when the conversation does not fit into its window. */
const tooLong = { error: { status: 400, message: 'prompt is too long: 201000 tokens > 200000 maximum' }, goesOn: true };

/** What the model does before and after the program has put a summary in the place of the conversation. */
const aroundSummary = (before, after) => ({
	steps: [...before, ...after],
	asides: [
		{ when: asksForSummary, steps: [{ say: `<summary>${summary}</summary>` }] },
		{ when: summary, steps: after },
	],
});

export const sessionScenarios = [
	{
		name: 'fork',
		about: 'a session is resumed as another one, twice',
		only: ['claude-code'],
		prompts: [ask, askNote, testIt],
		steps: [...fixed, ...noted, ...tested],
		forks: true,
	},
	{
		name: 'branch',
		about: 'the user branches off in the terminal and goes on there',
		only: ['claude-code'],
		prompts: [ask, askNote],
		steps: [...fixed, ...noted],
		forks: true,
		keys: 'branch',
		slow: true,
	},
	{
		name: 'rewind',
		about: 'the user takes the conversation back to an earlier prompt in the terminal and goes another way',
		only: ['claude-code'],
		prompts: [ask, askNote, testIt],
		steps: [...fixed, ...noted, ...tested],
		asides: [{ when: testIt, steps: [...fixed, ...tested] }],
		keys: 'rewind',
		slow: true,
	},
	{
		name: 'compact',
		about: 'the user has the conversation replaced by a summary and goes on',
		only: ['claude-code'],
		inputs: [ask, '/compact', askNote],
		prompts: [ask, askNote],
		...aroundSummary(fixed, noted),
	},
	{
		name: 'compact-within',
		about: 'the program replaces the conversation by a summary in the middle of a turn',
		only: ['claude-code'],
		prompts: [ask],
		...aroundSummary([fixed[0], tooLong], fixed.slice(1)),
	},
	{
		name: 'mcp',
		about: 'a tool of an MCP server is called twice, and fails once',
		only: ['claude-code', 'codex', 'gemini-cli', 'opencode', 'copilot-cli'],
		prompts: ['What does the glossary say about sums?'],
		steps: [
			{ say: 'I will look it up.', calls: [{ do: 'mcp', server: 'glossary', tool: 'look_up', args: { word: 'sum' } }] },
			{ calls: [{ do: 'mcp', server: 'glossary', tool: 'look_up', args: { word: 'nonsense' }, fails: true }] },
			{ say: 'A sum is what adding gives.' },
		],
		usesServer: true,
	},
];
