import assert from 'node:assert/strict';
import { join } from 'node:path';

interface Step {
	readonly say?: string;
	readonly calls?: readonly object[];
	readonly error?: { readonly status: number };
}
interface Heard {
	readonly role: string;
	readonly text: string;
	readonly calls: number;
}
interface Model {
	readonly startScriptedModel: (script: object, options: { cwd: string }) => Promise<{ url: string; stop: () => Promise<void> }>;
	readonly nextStep: (script: object, history: readonly Heard[]) => { index: number; step: Step | undefined };
}
interface Stored {
	readonly id: string;
	readonly prompt: string;
	readonly edits: readonly object[];
}
interface Comparison {
	readonly compare: (what: object) => string[];
}
interface Scenarios {
	readonly scenarios: readonly { readonly name: string; readonly prompts: readonly string[] }[];
	readonly startFiles: Readonly<Record<string, string>>;
	readonly expectationOf: (scenario: object) => { readonly states: Readonly<Record<string, readonly (string | null)[]>> };
}

const load = async <T>(file: string): Promise<T> => (await import(join(__dirname, file))) as T;

const steps = [{ say: 'Reading.', calls: [{ do: 'read', path: 'a.js' }] }, { say: 'Done.' }, { error: { status: 529 } }];
const user = { role: 'user', text: 'go', calls: 0 };
const tool = { role: 'tool', text: '', calls: 0 };
const said = (text: string, calls = 0) => ({ role: 'assistant', text, calls });

describe('the scripted model', () => {
	let model: Model;
	before(async () => {
		model = await load<Model>('model/scriptedModel.mjs');
	});

	it('finds the step in what the assistant sends back', () => {
		const index = (...history: Heard[]) => model.nextStep({ steps }, history).index;
		assert.equal(index(user), 0);
		assert.equal(index(user, said('Something else.'), user), 0);
		assert.equal(index(user, said('Reading.', 1), tool), 1);
		assert.equal(index(user, said('Reading.', 1), tool, said('Done.'), user), 2);
		const scenarios = [
			{ when: 'SUB', steps: [{ say: 'sub' }] },
			{ when: '', steps: [{ say: 'main' }] },
		];
		assert.equal(model.nextStep({ scenarios }, [{ ...user, text: 'SUB x' }]).step?.say, 'sub');
		assert.equal(model.nextStep({ scenarios }, [user]).step?.say, 'main');
	});

	const schema = { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] };
	const chat = [{ role: 'user', content: 'go' }];
	const protocols: [string, string, object, RegExp][] = [
		['Anthropic Messages', '/v1/messages', { tools: [{ name: 'Read', input_schema: schema }], messages: chat }, /event: message_stop/],
		['OpenAI Responses', '/v1/responses', { tools: [{ type: 'function', name: 'read_file', parameters: schema }], input: chat }, /event: response.completed/],
		[
			'OpenAI Chat Completions',
			'/v1/chat/completions',
			{ tools: [{ type: 'function', function: { name: 'read_file', parameters: schema } }], messages: chat },
			/data: \[DONE\]/,
		],
		[
			'Gemini',
			'/v1beta/models/m:streamGenerateContent',
			{ tools: [{ functionDeclarations: [{ name: 'read_file', parametersJsonSchema: schema }] }], contents: [{ role: 'user', parts: [{ text: 'go' }] }] },
			/"finishReason":"STOP"/,
		],
	];
	for (const [name, path, body, end] of protocols)
		it(`speaks ${name}, streamed and whole, with the tools that are offered`, async () => {
			const { url, stop } = await model.startScriptedModel({ steps, side: 'A title' }, { cwd: '/repo' });
			const post = async (to: string, content: object) => fetch(url + to, { method: 'POST', body: JSON.stringify(content) });
			const streamed = await post(path, { model: 'm', stream: true, ...body });
			assert.equal(streamed.headers.get('content-type'), 'text/event-stream');
			const events = await streamed.text();
			for (const part of [/Reading\./, end]) assert.match(events, part);
			const whole = await post(path.replace('streamGenerate', 'generate'), { model: 'm', ...body });
			assert.match(await whole.text(), /\/repo\/a\.js/);
			assert.match(await (await post(path, { model: 'm', ...body, tools: [] })).text(), /A title/);
			await stop();
		});

	it('fails as it is told, and serves no other path', async () => {
		const { url, stop } = await model.startScriptedModel({ steps: [{ error: { status: 529 } }] }, { cwd: '/repo' });
		const ask = async (path: string) =>
			(await fetch(url + path, { method: 'POST', body: JSON.stringify({ tools: [{ name: 'Read' }], messages: chat }) })).status;
		assert.deepEqual([await ask('/v1/messages'), await ask('/v1/other')], [529, 404]);
		await stop();
	});
});

describe('comparing what is stored with what was played', () => {
	const assistant = { name: 'x', hooks: 'none', differs: {} };
	let play: (change: (turn: Record<string, unknown>) => Record<string, unknown>[]) => string[];
	before(async () => {
		const { compare } = await load<Comparison>('compare.mjs');
		const { scenarios, startFiles, expectationOf } = await load<Scenarios>('scenarios.mjs');
		const scenario = scenarios.find(({ name }) => name === 'fix-sum');
		assert.ok(scenario);
		const expected = expectationOf(scenario);
		const edits = Object.entries(expected.states).map(([file_path, [before, after]]) => ({ file_path, before, after, whole: true, state: 'applied' }));
		const stored: Stored & Record<string, unknown> = {
			...{ id: 't', assistant: 'x', session_id: 's', prompt: scenario.prompts[0] ?? '', state: 'complete', channels: ['transcript'], edits },
			response:
				'I will read the file first.\n\nThe loop starts at 1, so the first number is lost.\n\nFixed: the loop now starts at index 0, and the tests pass.',
			tools: ['read', 'edit', 'create', 'run'].map((kind) => ({ kind, ok: true })),
		};
		const readCommitted = (file: string) => startFiles[file] ?? null;
		const readWorking = (file: string) => expected.states[file]?.at(-1) ?? null;
		play = (change) => compare({ expected, turns: change(stored), assistant, readCommitted, readWorking });
	});

	it('finds nothing where all is as it was played', () =>
		assert.deepEqual(
			play((turn) => [turn]),
			[],
		));

	it('finds a turn that is missing, there twice, or nobody played', () => {
		assert.match(play(() => []).join('\n'), /no turn has the prompt/);
		assert.match(play((turn) => [turn, turn]).join('\n'), /more than once/);
		assert.match(play((turn) => [turn, { ...turn, prompt: 'Another' }]).join('\n'), /2 turns instead of 1/);
	});

	it('finds what is another than it was', () => {
		const differing: [Record<string, unknown>, RegExp][] = [
			[{ response: 'I will read the file first.' }, /the answer/],
			[{ state: 'open' }, /the state/],
			[{ tools: [] }, /the list of calls/],
			[{ edits: [] }, /src\/sum\.js: went through/],
			[{ parent_turn_id: 'p' }, /hangs under p/],
			[{ channels: ['hook', 'transcript'] }, /told by hooks/],
		];
		for (const [change, problem] of differing) assert.match(play((turn) => [{ ...turn, ...change }]).join('\n'), problem);
	});

	it('finds sessions that were mixed up, and a call of an MCP tool with other arguments', async () => {
		const { compare } = await load<Comparison>('compare.mjs');
		const call = { do: 'mcp', server: 'glossary', tool: 'look_up', args: { word: 'sum' } };
		const turnOf = (prompt: string, session: number) => ({ prompt, says: [], calls: [call], state: 'complete', isSubAgent: false, session });
		const stored = (prompt: string, session_id: string, word: string) => ({
			...{ id: prompt, assistant: 'x', session_id, prompt, state: 'complete', response: '', channels: ['transcript'], edits: [] },
			tools: [{ name: 'mcp__glossary__look_up', kind: 'mcp', ok: true, args: { word } }],
		});
		const problems = (sessions: readonly [number, number], ids: readonly [string, string], word = 'sum') =>
			compare({
				expected: { turns: [turnOf('a', sessions[0]), turnOf('b', sessions[1])], states: {} },
				turns: [stored('a', ids[0], 'sum'), stored('b', ids[1], word)],
				assistant,
			});
		assert.deepEqual([...problems([0, 0], ['s', 's']), ...problems([0, 1], ['s', 'f'])], []);
		assert.match(problems([0, 0], ['s', 'f']).join(), /in 2 sessions instead of 1/);
		assert.match(problems([0, 1], ['s', 's']).join(), /in 1 sessions instead of 2/);
		assert.match(problems([0, 0], ['s', 's'], 'other').join(), /"word":"other"} instead of {"word":"sum"}/);
	});
});
