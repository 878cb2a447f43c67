import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claudeCode } from '../../src/capture/chat/claudeCode';
import type { TurnObservationInput } from '../../src/core/turn';

interface Sample {
	folder: string;
	transcript: string;
	session: string;
	prompts: string[];
}

describe('sampleWorkspace', () => {
	const root = mkdtempSync(path.join(tmpdir(), 'codelearn-sample-'));
	const home = path.join(root, 'home');
	const folder = path.join(root, 'shop');
	let sample: Sample;
	const turns: TurnObservationInput[] = [];

	before(async () => {
		const script = (await import(path.resolve(__dirname, '../../scripts/sampleWorkspace.mjs'))) as {
			sampleWorkspace(where: { folder: string; home: string }): Sample;
		};
		sample = script.sampleWorkspace({ folder, home });
		for await (const event of claudeCode.read(sample.transcript)) {
			if (event.type === 'turn') turns.push(event.turn);
			else if (event.type === 'unknown') assert.fail(`not understood: ${event.what}`);
		}
	});
	after(() => rmSync(root, { recursive: true, force: true }));

	it('writes a transcript that is found and belongs to the repository', async () => {
		const found = await claudeCode.find({ home, platform: process.platform, env: {} });
		assert.deepEqual(
			found.map(({ path: file, cwd, session_id }) => ({ file, cwd, session_id })),
			[{ file: sample.transcript, cwd: folder, session_id: sample.session }],
		);
	});

	it('tells two turns with one edit each', () => {
		assert.deepEqual(
			turns.map(({ prompt }) => prompt),
			sample.prompts,
		);
		assert.deepEqual(
			turns.map(({ edits }) => edits?.map(({ file_path }) => path.relative(folder, file_path))),
			[['src/price.ts'], ['tools/report.py']],
		);
	});

	it('ends in a clean repository that holds what the edits left', () => {
		const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
		assert.equal(git('status', '--porcelain'), '');
		assert.equal(git('rev-list', '--count', 'HEAD').trim(), '4');
		for (const edit of turns.flatMap(({ edits }) => edits ?? [])) {
			const committed = git('show', `HEAD:${path.relative(folder, edit.file_path)}`);
			assert.ok(edit.after !== null && committed.includes(edit.after));
		}
	});
});
