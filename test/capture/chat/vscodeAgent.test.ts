import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vscodeChat } from '../../../src/capture/chat/vscodeChat';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { sha256 } from '../../../src/platform/hash';
import { inFolder, readAll } from './reading';

const user = join(__dirname, '../../fixtures/vscode-chat/User');
const agent = join(user, 'workspaceStorage/agent');
const sessions = {
	subAgent: '8aef7d03-b6dc-4fa3-8704-e40fc8a4ef97',
	cancelled: '3a1d1017-3a09-432a-8ccd-fee631f5de07',
	discarded: 'daf54614-abfd-4994-8123-7efc9a660fe0',
	undone: '3f6790b2-374b-4406-b545-0e4b754092b9',
	kept: '5981205a-c2e6-496f-92bc-a959a3092d0c',
	refused: '5ec30e14-f398-4fef-b060-3c7bbfe54f88',
};
const fileOf = (storage: string, session: string): string => join(storage, 'chatSessions', `${session}.jsonl`);

async function recorded(session: keyof typeof sessions): Promise<TurnObservation[]> {
	const { turns, unknown } = await readAll(vscodeChat, fileOf(agent, sessions[session]));
	assert.deepEqual(unknown, []);
	return turns;
}

const edits = (turn: TurnObservation | undefined): string[][] => (turn?.edits ?? []).map(({ file_path, kind, state }) => [file_path, kind, state]);

describe('vscodeChat, the agent', () => {
	it('makes a turn of its own of what a sub-agent did', async () => {
		const [parent, child, ...others] = await recorded('subAgent');
		assert.ok(parent && child);
		assert.deepEqual(others, []);
		assert.deepEqual([parent.tools.map(({ name }) => name), parent.edits], [['runSubagent'], []]);
		assert.deepEqual([child.prompt, child.response, child.state], ['Word it better', 'Worded.', 'complete']);
		assert.equal(child.parent_turn_id, turnId(sha256, 'vscode-copilot', parent.session_id, parent.turn_key));
		assert.deepEqual(
			child.edits.map(({ file_path, fidelity, tool_id }) => [file_path, fidelity, tool_id]),
			[['/home/dev/demo/tools/report.py', 'recorded', child.tools[0]?.id]],
		);
	});

	it('keeps what was edited before it was cancelled', async () => {
		const [turn] = await recorded('cancelled');
		assert.equal(turn?.state, 'cancelled');
		assert.deepEqual(edits(turn), [['/home/dev/demo/src/cart.ts', 'edit', 'applied']]);
	});

	it('tells edits that were taken back from those that were kept', async () => {
		assert.deepEqual(edits((await recorded('discarded'))[0]), [
			['/home/dev/demo/README.md', 'edit', 'undone'],
			['/home/dev/demo/src/gone.ts', 'create', 'undone'],
		]);
		assert.deepEqual(edits((await recorded('undone'))[0]), [['/home/dev/demo/src/undo.ts', 'edit', 'undone']]);
		assert.deepEqual(edits((await recorded('kept'))[0]), [['/home/dev/demo/src/keep.ts', 'edit', 'applied']]);
	});

	it('takes a refused call for failed and its edit for rejected', async () => {
		const [turn] = await recorded('refused');
		assert.deepEqual(
			turn?.tools.map(({ name, ok }) => [name, ok]),
			[
				['create_file', false],
				['run_in_terminal', false],
			],
		);
		assert.deepEqual(edits(turn), [['/home/dev/demo/.vscode/tasks.json', 'create', 'rejected']]);
	});

	it('takes the word of a later request that edits were undone', async () => {
		await inFolder(async (folder) => {
			cpSync(agent, folder, { recursive: true });
			const file = fileOf(folder, sessions.kept);
			const text = readFileSync(file, 'utf8');
			assert.match(text, /"eventKind":1/);
			writeFileSync(file, text.replaceAll('"eventKind":1', '"eventKind":2'));
			assert.deepEqual(edits((await readAll(vscodeChat, file)).turns[0]), [['/home/dev/demo/src/keep.ts', 'edit', 'undone']]);
		});
	});

	it('knows the folder of a browser’s window by the extension’s word', async () => {
		const refs = await vscodeChat.find({ home: '/nowhere', platform: 'linux', env: { CODELEARN_VSCODE_USER_DIR: user } });
		const own = refs.filter(({ path }) => path.startsWith(agent));
		assert.equal(own.length, 6);
		assert.deepEqual([...new Set(own.map(({ cwd }) => cwd))], ['/home/dev/demo']);
	});

	it('says when the editing session changed, not when it was only written anew', async () => {
		await inFolder(async (folder) => {
			cpSync(agent, folder, { recursive: true });
			const file = fileOf(folder, sessions.kept);
			const state = join(folder, 'chatEditingSessions', sessions.kept, 'state.json');
			const before = await vscodeChat.beside?.(file);
			const text = readFileSync(state, 'utf8');
			await new Promise((resolve) => setTimeout(resolve, 20));
			writeFileSync(state, text);
			assert.equal(await vscodeChat.beside?.(file), before);
			await new Promise((resolve) => setTimeout(resolve, 20));
			writeFileSync(state, `${text} `);
			assert.notEqual(await vscodeChat.beside?.(file), before);
			assert.equal(await vscodeChat.beside?.(fileOf(folder, 'none')), '');
		});
	});
});
