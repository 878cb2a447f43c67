import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executed, registered, resetVscode, user } from '../support/vscodeDouble';
import { registerCommands } from '../../src/commands/commands';
import { UserError } from '../../src/core/errors';
import { commandIds, type CommandId } from '../../src/vscode/commandIds';
import { fakeApp } from '../support/fakeApp';
import { fakeHost, type FakeHost } from '../support/fakeHost';

let host: FakeHost;

async function run(id: CommandId, args?: unknown): Promise<unknown> {
	return registered.get(id)?.(args);
}

function use(app = fakeApp()): void {
	host = fakeHost(app);
	registerCommands(host);
}

describe('commands', () => {
	beforeEach(() => {
		resetVscode();
		use();
	});

	it('index all files and say how many', async () => {
		host.app.files.set('a.ts', 'a').set('b.ts', 'b');
		assert.equal(await run(commandIds.indexWorkspace), '2 files indexed in 2 chunks.');
		assert.deepEqual(user.statusBar, ['Codelearn: 2 files indexed in 2 chunks.']);
	});

	it('say so when there was nothing to index', async () => {
		assert.equal(await run(commandIds.indexWorkspace), 'nothing was indexed: no files were found.');
		assert.equal(await run(commandIds.indexChanged), 'the index is up to date.');
	});

	it('show what failed and what to do, and nothing of it as done', async () => {
		use(fakeApp({ index: () => Promise.reject(new UserError('The disk is full. Make room.')) }));
		assert.equal(await run(commandIds.indexWorkspace), undefined);
		assert.deepEqual(user.messages, [{ level: 'error', message: 'Index Workspace: The disk is full. Make room.' }]);
	});

	it('promote the turn of a tree item with the description and tags that were typed', async () => {
		const id = await host.app.put({ prompt: 'Fix the parser' });
		user.answers.push('as offered', 'parser, bug, parser');
		await run(commandIds.promoteTurn, { type: 'turn', folder: '/shop', id, turn: {} });
		const [learning] = host.app.learnings.values();
		assert.deepEqual([learning?.description, learning?.tags, learning?.source_chat_id], ['Fix the parser', ['parser', 'bug'], id]);
		assert.equal(host.app.turns.get(id)?.facts.review, 'promoted');
	});

	it('let the user pick the turn when none was given', async () => {
		await host.app.put({ prompt: 'First' });
		const id = await host.app.put({ prompt: 'Second' });
		user.answers.push('Second');
		await run(commandIds.ignoreTurn);
		assert.equal(host.app.turns.get(id)?.facts.review, 'ignored');
		user.answers.push('First');
		await run(commandIds.openTurn);
		assert.match(host.opened[0] ?? '', /^turn \/shop t_/);
	});

	it('do nothing when the user closes a question', async () => {
		const id = await host.app.put({ prompt: 'Fix the parser' });
		user.answers.push('as offered');
		await run(commandIds.promoteTurn, { folder: '/shop', id });
		assert.equal(host.app.learnings.size, 0);
		assert.deepEqual(user.messages, []);
		assert.deepEqual(user.statusBar, ['Promote Turn to Learning: cancelled']);
	});

	it('refuse what is no turn', async () => {
		await run(commandIds.openTurn, { id: 3 });
		assert.equal(user.messages[0]?.level, 'error');
		assert.deepEqual(host.opened, []);
	});

	it('import transcripts only after they were listed and the user agreed', async () => {
		const transcript = (source: string) => ({ path: `/t/${source}`, source, session_id: 's', bytes: 1, modified: '' });
		const asked: boolean[] = [];
		const report = {
			found: 2,
			transcripts: 2,
			turns_seen: 3,
			turns_new: 2,
			turns_extended: 0,
			turns_unchanged: 1,
			turns_left_out: 0,
			redactions: 0,
			unknown: {},
			errors: [],
		};
		use(
			fakeApp({
				findTranscripts: () => Promise.resolve({ transcripts: [transcript('claude-code'), transcript('claude-code'), transcript('codex')] }),
				importTranscripts: ({ everywhere = false }) => {
					asked.push(everywhere);
					return Promise.resolve(report);
				},
			}),
		);
		await run(commandIds.importTranscripts);
		assert.deepEqual(
			user.messages.map(({ message }) => message),
			['Import 2 of claude-code, 1 of codex for shop, or those of all folders?'],
		);
		assert.ok(!host.app.calls.includes('importTranscripts'));
		for (const answer of ['Import for shop', 'Import All']) {
			user.answers.push(answer);
			assert.equal(await run(commandIds.importTranscripts), '2 new turns, 0 extended, 1 known.');
		}
		assert.deepEqual(asked, [false, true]);
	});

	it('say that there is nothing to import', async () => {
		await run(commandIds.importTranscripts);
		assert.match(user.messages[0]?.message ?? '', /No transcripts of AI assistants were found on this machine/);
	});

	it('pause and resume capture; resuming gives consent', async () => {
		assert.equal(host.capture.state.kind, 'waiting');
		await run(commandIds.resumeCapture);
		assert.equal(host.capture.isOn, true);
		await run(commandIds.pauseCapture);
		assert.deepEqual([host.capture.state.kind, host.capture.isOn], ['paused', false]);
	});

	it('copy a configuration that other assistants understand', async () => {
		const before = process.env['CODELEARN_HOME'];
		const home = mkdtempSync(join(tmpdir(), 'codelearn-launcher-'));
		process.env['CODELEARN_HOME'] = home;
		try {
			await run(commandIds.copyMcpConfiguration);
			const command = join(home, 'bin', process.platform === 'win32' ? 'chroma-client.cmd' : 'chroma-client');
			assert.deepEqual(JSON.parse(user.clipboard), { mcpServers: { codelearn: { command, args: ['mcp'], env: { CODELEARN_FOLDER: '/shop' } } } });
			assert.ok(existsSync(command));
		} finally {
			if (before === undefined) delete process.env['CODELEARN_HOME'];
			else process.env['CODELEARN_HOME'] = before;
			rmSync(home, { recursive: true });
		}
	});

	it('restart the server and say which one runs', async () => {
		assert.match(String(await run(commandIds.restartServer)), /server 0\.0\.0 runs again/);
		assert.equal(host.restarts, 1);
	});

	it('offer in the menu what fits the state of capture', async () => {
		user.answers.push('$(record) Allow Capture on This Machine');
		await run(commandIds.showMenu);
		await host.capture.allow();
		user.answers.push('$(debug-pause) Pause Capture');
		await run(commandIds.showMenu);
		assert.deepEqual(
			executed.map(({ command }) => command),
			[commandIds.resumeCapture, commandIds.pauseCapture],
		);
	});
});
