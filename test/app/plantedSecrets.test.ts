import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf } from '../capture/hooks/calls';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import { installedScript, runHook } from '../support/hookScript';
import { plantedSecrets } from '../support/plantedSecrets';
import { until } from '../support/waiting';

const planted = plantedSecrets(40, 21);
let next = 0;
const used = new Set<string>();
/** The next planted secret, in its text; all are used in turn. */
function plant(): string {
	const one = planted[next++ % planted.length];
	if (one === undefined) throw new Error('nothing is planted');
	used.add(one.secret);
	return one.text;
}
/** In one line, as names and arguments are. */
const plantLine = () => plant().replaceAll('\n', ' ');
/** What no byte may hold: the longest line of a secret, or its end. */
const traces = planted.map(({ kind, secret }) => ({ kind, trace: secret.split('\n')[0]?.slice(-12) ?? '' }));

describe('40 planted secrets of 20 kinds', () => {
	it('that come through hooks, transcripts, the editor and by hand stand nowhere in the data folder, nor in answers', async function () {
		this.timeout(60_000);
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': `export const a = 1;\n// ${plantLine()}\n` });
			const answers: unknown[] = [];
			await app.index(repo);

			// A hook, by the script that assistants run; one of each event.
			const script = installedScript(app.outside('hooks'), app.paths.spool);
			const base = { session_id: 'hook', prompt_id: 'p-1', cwd: repo.root };
			const events = [
				{ ...base, hook_event_name: 'UserPromptSubmit', prompt: `Deploy with ${plant()} and ${plant()}` },
				{
					...base,
					hook_event_name: 'PostToolUse',
					tool_name: 'Bash',
					tool_use_id: 't1',
					tool_input: { command: `curl -H "x: ${plantLine()}"`, description: plantLine(), env: { note: plantLine() } },
					tool_response: { stdout: `${plant()}\n\u001b[31m${plant()}` },
				},
				{
					...base,
					hook_event_name: 'PostToolUse',
					tool_name: 'Write',
					tool_use_id: 't2',
					tool_input: { file_path: join(repo.root, 'src/made.ts'), content: `${plant()}\n${plant()}\n` },
					tool_response: { type: 'create', filePath: join(repo.root, 'src/made.ts'), content: plant() },
				},
				{ ...base, hook_event_name: 'Stop', last_assistant_message: `I used ${plant()}.` },
			];
			for (const event of events) await runHook(script, ['claude-code', event.hook_event_name], JSON.stringify(event), { cwd: repo.root });
			const waits = () => readdirSync(app.paths.spool).filter((name) => name.endsWith('.json')).length;
			await until('the spool is read', () => (waits() === 0 ? true : undefined));

			// A transcript, written after the documented format, read without keeping and then brought in.
			mkdirSync(app.outside('projects'), { recursive: true });
			const transcript = join(app.outside('projects'), 'told.jsonl');
			const line = (type: string, uuid: string, content: unknown, more = {}) =>
				JSON.stringify({
					...{ type, uuid, parentUuid: null, sessionId: 'told', cwd: repo.root, version: '2.1.0', gitBranch: `try/${plantLine()}` },
					...{
						timestamp: '2026-11-20T10:00:00.000Z',
						message: { role: type, content, ...(type === 'assistant' && { model: `model-${plantLine()}` }) },
						...more,
					},
				});
			const told = [
				line('user', 'u1', `Look at ${plant()}`, { promptId: 'p-9' }),
				line('assistant', 'a1', [
					{ type: 'text', text: `Found ${plant()}` },
					{ type: 'tool_use', id: 'c1', name: 'Bash', input: { command: `echo '${plantLine()}'` } },
				]),
				line('user', 'u2', [{ type: 'tool_result', tool_use_id: 'c1', content: `env:\n${plant()}\n` }], { promptId: 'p-9' }),
				line('assistant', 'a2', [{ type: 'text', text: 'Done.' }]),
			];
			writeFileSync(transcript, `${told.join('\n')}\n`);
			answers.push(await app.call('readTranscripts', { paths: [transcript] }, repo.root));
			answers.push(await app.call('importTranscripts', { paths: [transcript] }, repo.root));

			// Edits seen in the editor.
			const seen = {
				file_path: join(repo.root, 'src/a.ts'),
				symbol: plantLine(),
				before: plant(),
				after: plant(),
				start_line: 1,
				at: new Date().toISOString(),
			};
			answers.push(await app.call('captureEdits', { edits: [seen] }, repo.root));

			// By hand and through the MCP tool, which calls the same operation.
			const manual = {
				...{ prompt: plant(), response: plant(), session_id: `title ${plantLine()}`, model: plantLine() },
				...{ tools: [{ name: `tool ${plantLine()}`, args: { header: plantLine() } }], edits: [{ file_path: 'src/a.ts', before: plant(), after: plant() }] },
				...{ diff_summary: plantLine(), code_context: plant(), tool_sequence: plantLine(), involved_entities: [plantLine()] },
			};
			answers.push(await app.call('logChat', manual, repo.root));

			// From a source of any kind.
			const made = turnOf(repo, {
				...{ prompt: plant(), response: plant(), branch: plantLine(), model: plantLine(), model_version: plantLine(), source_version: plantLine() },
				...{ session_id: plantLine(), turn_key: plantLine(), cwd: join(repo.root, 'src') },
				tools: [{ id: plantLine(), name: 'Bash', kind: 'run', args: { command: plantLine() }, output: plant() }],
				edits: [
					wholeEdit(join(repo.root, 'src/a.ts'), plant(), plant()),
					{ ...wholeEdit(join(repo.root, `src/${plantLine().replaceAll('/', '_')}.ts`), null, 'x'), tool_id: plantLine() },
				],
			});
			await app.capture(repo.root, made);
			assert.equal(used.size, planted.length);

			answers.push(await app.call('listTurns', {}, repo.root), await app.call('links', {}, repo.root), await app.call('status', {}, repo.root));
			const { turns } = await app.call('listTurns', { everywhere: true });
			assert.ok(turns.length >= 4, `${turns.length} turns`);
			for (const { id } of turns) answers.push(await app.call('getTurn', { id }, repo.root));
			await app.stop();
			const everywhere = `${app.bytes()}\n${app.vectors.dump()}\n${app.logged.join('\n')}\n${JSON.stringify(answers)}`;
			const left = traces.filter(({ trace }) => everywhere.includes(trace) || everywhere.includes(JSON.stringify(trace).slice(1, -1)));
			assert.deepEqual(left, []);
			assert.ok(new Set(everywhere.match(/\[redacted:[a-z-]+\]/g)).size > 12);
		} finally {
			await app.close();
		}
	});

	it('the reader of the spool keeps nothing of a file that it sets aside but the file itself, for a week', async () => {
		const app = await AppHarness.open();
		try {
			const entry = entryOf('claude-code', { hook_event_name: 'UserPromptSubmit', session_id: 's', prompt_id: 'p', prompt: plant() }, new Date());
			writeFileSync(join(app.paths.spool, `${entry.at}-1-1.json`), JSON.stringify(entry).slice(0, -2));
			await until('the file is aside', () => (app.logged.some((line) => line.includes('set aside')) ? true : undefined));
			const logged = app.logged.join('\n');
			assert.deepEqual(
				traces.filter(({ trace }) => logged.includes(trace)),
				[],
			);
		} finally {
			await app.close();
		}
	});
});
