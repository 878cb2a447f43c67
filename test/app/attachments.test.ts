import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { claudeCode } from '../../src/capture/chat/claudeCode';
import { codex } from '../../src/capture/chat/codex';
import { gemini } from '../../src/capture/chat/gemini';
import { vscodeTurns } from '../../src/capture/chat/vscodeSession';
import { keepAttachmentWish } from '../../src/app/attachmentChoice';
import { attachmentFile } from '../../src/app/attachments';
import type { TurnObservationInput } from '../../src/core/turn';
import { readAll } from '../capture/chat/reading';
import { AppHarness, turnOf } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';
import { temporaryFolder } from '../support/temporaryFolder';

const pixels = Buffer.from('\u0089PNG a small picture');
const data = pixels.toString('base64');
const sha256 = createHash('sha256').update(pixels).digest('hex');
const image = { name: 'screen.png', media_type: 'image/png', data };

describe('images of a chat', function () {
	this.timeout(30_000);
	let harness: AppHarness;
	let repository: GitRepository;
	beforeEach(async () => {
		harness = await AppHarness.open();
		repository = harness.repository({ 'a.ts': '' });
	});
	afterEach(() => harness.close());
	const file = () => attachmentFile(harness.paths.root, sha256);
	const kept = async (turn: TurnObservationInput) => {
		await harness.capture(repository.root, turn);
		const { turns } = await harness.call('listTurns', {}, repository.root);
		return (await harness.call('getTurn', { id: turns[0]?.id ?? '' })).turn;
	};

	it('are not kept unless that was asked for, only counted', async () => {
		const turn = await kept(turnOf(repository, { images: [image, { ...image, data: `${data}AAAA` }] }));
		assert.deepEqual([turn.attachments, turn.attachments_left_out], [[], 2]);
		assert.ok(!existsSync(file()) && !harness.bytes().includes(data));
	});

	it('are kept once, for their owner alone, named in the turn and in the store', async () => {
		keepAttachmentWish(repository.root, 'editor', { keep: true, max_bytes: 100 }, harness.paths);
		const observed = turnOf(repository, { cwd: `${repository.root}/sub`, images: [image, image, { ...image, name: 'again.png' }] });
		const turn = await kept(observed);
		assert.deepEqual(turn.attachments, [{ name: 'screen.png', media_type: 'image/png', bytes: pixels.length, sha256 }]);
		assert.equal(turn.attachments_left_out, 0);
		if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
		assert.ok(!harness.bytes().includes(data), 'no base64 in the journal');
		assert.equal((await harness.capture(repository.root, observed)).unchanged, 1);
		const rows = await (await harness.rows(repository.root, 'turns')).get([turn.id]);
		assert.match(String(rows[0]?.metadata['attachments']), new RegExp(`^${sha256} `));
	});

	it('are left out when too large, and come in when the same turn is seen after the limit was raised', async () => {
		keepAttachmentWish(repository.root, 'editor', { keep: true, max_bytes: 5 }, harness.paths);
		const observed = turnOf(repository, { images: [image] });
		assert.equal((await kept(observed)).attachments_left_out, 1);
		keepAttachmentWish(repository.root, 'editor', { keep: true, max_bytes: 500 }, harness.paths);
		const turn = await kept(observed);
		assert.deepEqual([turn.attachments.length, turn.attachments_left_out], [1, 0]);
	});

	it('are gone when retention takes their turn, and stay while another turn has them', async () => {
		keepAttachmentWish(repository.root, 'editor', { keep: true, max_bytes: 500 }, harness.paths);
		const other = Buffer.from('another picture');
		const at = (days: number) => new Date(Date.now() - days * 24 * 3_600_000).toISOString();
		const old = turnOf(repository, { session_id: 'old', started_at: at(90), images: [image, { ...image, data: other.toString('base64') }] });
		await harness.capture(repository.root, old, turnOf(repository, { session_id: 'new', started_at: at(1), images: [image] }));
		const others = attachmentFile(harness.paths.root, createHash('sha256').update(other).digest('hex'));
		assert.ok(existsSync(file()) && existsSync(others));
		const privacy = { from: 'environment' as const, patterns: '', keepDays: 30, keepMegabytes: 0 };
		await harness.call('status', {}, repository.root, { privacy });
		await harness.app.retention.apply();
		assert.deepEqual([existsSync(file()), existsSync(others)], [true, false]);
	});

	it('are kept for calls from a folder whose environment asks for it, and for what is read there later', async () => {
		await harness.call('status', {}, repository.root, { attachments: { keep: true } });
		await harness.restart();
		assert.equal((await kept(turnOf(repository, { images: [image] }))).attachments.length, 1);
	});
});

describe('images in the records of assistants', () => {
	const folder = temporaryFolder('images');
	after(() => folder.remove());
	const lines = (...records: object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
	const url = `data:image/png;base64,${data}`;
	const found = async (source: Parameters<typeof readAll>[0], name: string, text: string) => {
		const { writeFileSync } = await import('node:fs');
		writeFileSync(`${folder.path}/${name}`, text);
		return (await readAll(source, `${folder.path}/${name}`)).turns.map(({ images }) => images.map((one) => [one.media_type, one.data]));
	};
	const expected = [[['image/png', data]]];
	const timestamp = '2026-01-01T00:00:00.000Z';

	it('are found in Claude Code’s', async () => {
		const content = [
			{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
			{ type: 'image', source: { type: 'base64', media_type: 'image/svg+xml', data } },
			{ type: 'text', text: 'What is this?' },
		];
		assert.deepEqual(
			await found(claudeCode, 'claude.jsonl', lines({ type: 'user', uuid: 'u1', sessionId: 's', timestamp, message: { role: 'user', content } })),
			expected,
		);
	});

	it('are found in Codex’s, once for several records of it', async () => {
		const records = lines(
			{ timestamp, type: 'session_meta', payload: { id: 's', timestamp, cwd: '/r' } },
			{ timestamp, type: 'event_msg', payload: { type: 'user_message', message: 'What is this?', images: [url] } },
			{ timestamp, type: 'response_item', payload: { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: url }] } },
		);
		assert.deepEqual(await found(codex, 'rollout-2026-01-01T00-00-00-s.jsonl', records), expected);
	});

	it('are found in Gemini’s', async () => {
		const content = [{ text: 'What is this?' }, { inlineData: { mimeType: 'image/png', data } }];
		const records = lines({ sessionId: 's', projectHash: 'p', startTime: timestamp, kind: 'main' }, { id: 'm1', timestamp, type: 'user', content });
		assert.deepEqual(await found(gemini, 'session-2026-01-01T00-00-s.jsonl', records), expected);
	});

	it('are found in VS Code’s', () => {
		const variables = [
			{ kind: 'image', name: 'shot.png', mimeType: 'image/png', value: { $base64: data } },
			{ kind: 'file', name: 'a.ts', value: 'x' },
			{ kind: 'image', name: 'other', value: { $base64: data } },
		];
		const { turns } = vscodeTurns(
			{ requests: [{ requestId: 'r', message: 'What?', variableData: { variables } }] },
			{ sessionId: 's', cwd: '/r', editing: undefined },
		);
		assert.deepEqual(
			turns.map(({ images }) => images),
			[[{ name: 'shot.png', media_type: 'image/png', data }]],
		);
	});
});
