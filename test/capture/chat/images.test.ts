import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TranscriptSource } from '../../../src/capture/captureSource';
import { cline } from '../../../src/capture/chat/cline';
import { continueChat } from '../../../src/capture/chat/continueChat';
import { copilot } from '../../../src/capture/chat/copilot';
import { imageAt, imageOfFile } from '../../../src/capture/chat/imageFile';
import { kilo } from '../../../src/capture/chat/kilo';
import { openCodeDatabase } from '../../../src/capture/chat/openCode';
import { openCodeFiles } from '../../../src/capture/chat/openCodeFiles';
import { qwen } from '../../../src/capture/chat/qwen';
import { roo } from '../../../src/capture/chat/roo';
import { openForeign } from '../../../src/store/sqlite/foreignDatabase';
import { temporaryFolder } from '../../support/temporaryFolder';
import { readSession, writtenDatabase } from './databases';
import { inFolder, readAll } from './reading';
import { fixtures } from './recorded';

const png = Buffer.from('\u0089PNG\r\n\u001a\n and what follows', 'latin1');
const data = png.toString('base64');
const url = `data:image/png;base64,${data}`;
const shown = { name: '', media_type: 'image/png', data };
const at = '2026-01-01T00:00:00.000Z';
const ts = Date.parse(at);

/** A file that was there before the message. */
function write(path: string, content: string | Buffer, changed = new Date(ts - 1000)): string {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, content);
	utimesSync(path, changed, changed);
	return path;
}

describe('images', () => {
	const imagesOf = async (source: TranscriptSource, name: string, record: object | string) =>
		inFolder(async (folder) => {
			const { turns } = await readAll(source, write(join(folder, name), typeof record === 'string' ? record : JSON.stringify(record)));
			return turns.map(({ prompt, images }) => [prompt, images]);
		});

	it('of a Cline session are handed in, those of tool results and drawings not', async () => {
		const content = [
			{ type: 'text', text: '<user_input mode="act">What is this?</user_input>' },
			{ type: 'image', data, mediaType: 'image/png' },
			{ type: 'image', data, mediaType: 'image/svg+xml' },
			{ type: 'image', data: 7 },
		];
		const result = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', data, mediaType: 'image/png' }] };
		const messages = [
			{ id: 'm1', role: 'user', content, ts },
			{ id: 'm2', role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'read_file', input: {} }], ts },
			{ id: 'm3', role: 'user', content: [result], ts },
		];
		const file = { version: 1, updated_at: at, sessionId: 's', messages };
		assert.deepEqual(await imagesOf(cline, 's/s.messages.json', file), [['What is this?\n[image]\n[image]\n[image]', [shown]]]);
	});

	it('of tasks of Cline, Roo Code and Kilo Code are handed in, of the task and of what was said later', async () => {
		const messages = [
			{ ts, type: 'say', say: 'task', text: 'What is this?', images: [url, 'data:image/svg+xml;base64,AAAA', 7, 'image.png'] },
			{ ts: ts + 1000, type: 'say', say: 'text', text: 'A picture.' },
			{ ts: ts + 2000, type: 'say', say: 'user_feedback', text: '', images: [url] },
		];
		for (const [source, extension] of [
			[cline, 'saoudrizwan.claude-dev'],
			[roo, 'rooveterinaryinc.roo-cline'],
			[kilo, 'kilocode.kilo-code'],
		] as const)
			assert.deepEqual(await imagesOf(source, `globalStorage/${extension}/tasks/1/ui_messages.json`, messages), [
				['What is this?\n[image]\n[image]\n[image]\n[image]', [shown]],
				['[image]', [shown]],
			]);
	});

	it('of Qwen Code are handed in, without what the program writes beside them', async () => {
		const typed = [{ text: 'What is this? @a.png' }, { text: '\n--- Content from referenced files ---' }, { text: '\nContent from a.png:\n' }];
		const parts = [...typed, { inlineData: { mimeType: 'image/jpeg', data } }, { text: '\n--- End of content ---' }];
		const line = { uuid: 'u', sessionId: 's', timestamp: at, type: 'user', cwd: '/r', version: '1', message: { role: 'user', parts } };
		// A prompt is told once something follows it.
		const answer = { ...line, uuid: 'v', type: 'assistant', message: { role: 'model', parts: [{ text: 'A picture.' }] } };
		assert.deepEqual(await imagesOf(qwen, 'projects/p/chats/s.jsonl', `${JSON.stringify(line)}\n${JSON.stringify(answer)}\n`), [
			['What is this? @a.png', [{ ...shown, media_type: 'image/jpeg' }]],
		]);
	});

	it('of Continue are handed in', async () => {
		const content = [
			{ type: 'text', text: 'What is this?' },
			{ type: 'imageUrl', imageUrl: { url } },
			{ type: 'imageUrl', imageUrl: { url: 'https://example.invalid/a.png' } },
		];
		const session = { sessionId: 's', workspaceDirectory: '/r', history: [{ message: { role: 'user', content }, contextItems: [] }] };
		assert.deepEqual(await imagesOf(continueChat, 'sessions/s.json', session), [['What is this?\n[image]\n[image]', [shown]]]);
	});

	it('of Copilot CLI are read where it names them, when they are still the same', async () => {
		await inFolder(async (folder) => {
			const hash = createHash('sha256').update(png).digest('hex');
			// The hash decides, not the time.
			const path = write(join(folder, 'a.png'), png, new Date());
			const named = { type: 'file', path, displayName: 'a.png', mimeType: 'image/png', byteLength: png.length };
			const attachments = [
				{ ...named, assetId: `sha256:${hash}` },
				{ ...named, assetId: `sha256:${'0'.repeat(64)}` },
				{ ...named, mimeType: 'text/plain' },
			];
			const event = { type: 'user.message', id: 'e', timestamp: at, data: { content: 'What is this?', interactionId: 'i', attachments } };
			const { turns } = await readAll(copilot, write(join(folder, 'session-state/s/events.jsonl'), `${JSON.stringify(event)}\n`));
			assert.deepEqual(
				turns.map(({ prompt, images }) => [prompt, images]),
				[
					[
						'What is this?\n[image]\n[image]',
						[
							{ ...shown, name: 'a.png' },
							{ ...shown, name: 'a.png', data: '' },
						],
					],
				],
			);
		});
	});

	it('of OpenCode are handed in from its database and its older files, held there or named', async () => {
		await inFolder(async (home) => {
			const image = { type: 'file', mime: 'image/png', filename: 'a.png' };
			const parts = [
				{ type: 'text', text: 'What is this?' },
				{ ...image, url },
				{ ...image, url: pathToFileURL(write(join(home, 'a.png'), png)).href },
				{ ...image, url: pathToFileURL(join(home, 'gone.png')).href },
				{ ...image, url: 'https://example.invalid/a.png' },
				{ ...image, mime: 'text/plain', url },
			];
			const message = { role: 'user', time: { created: ts } };
			const named = { ...shown, name: 'a.png' };
			const expected = [named, named, { ...named, data: '' }];

			const rows = {
				session: [{ id: 'ses_1', project_id: 'p', slug: 's', directory: '/r', title: 't', version: '1', time_created: ts, time_updated: ts }],
				message: [{ id: 'msg_1', session_id: 'ses_1', time_created: ts, time_updated: ts, data: message }],
				part: parts.map((part, place) => ({
					id: `prt_${place}`,
					message_id: 'msg_1',
					session_id: 'ses_1',
					time_created: ts,
					time_updated: ts,
					data: part,
				})),
			};
			const path = join(home, 'opencode.db');
			const database = writtenDatabase(path, readFileSync(join(fixtures, 'opencode/schema.sql'), 'utf8'), rows);
			const { turns } = await readSession(openCodeDatabase(openForeign), path, 'ses_1');
			database.close();
			assert.deepEqual(
				turns.map(({ images }) => images),
				[expected],
			);

			const storage = join(home, 'storage');
			const put = (name: string, value: object) => write(join(storage, name), JSON.stringify(value));
			put('message/ses_1/msg_1.json', { id: 'msg_1', ...message });
			parts.forEach((part, place) => put(`part/msg_1/prt_${place}.json`, part));
			const older = await readAll(openCodeFiles, put('session/p/ses_1.json', { id: 'ses_1', directory: '/r' }));
			assert.deepEqual(
				older.turns.map(({ images }) => images),
				[expected],
			);
		});
	});
});

describe('a file that a record names as an image', () => {
	it('is taken only when it is a picture, whatever the record says', () => {
		const place = temporaryFolder('images');
		try {
			const read = (name: string, content: string | Buffer) => imageAt({ path: write(join(place.path, name), content), at });
			assert.deepEqual(read('a', png), shown);
			assert.equal(read('b.png', Buffer.from([0xff, 0xd8, 0xff, 0xe0])).media_type, 'image/jpeg');
			assert.equal(read('c.png', 'GIF89a').media_type, 'image/gif');
			assert.equal(read('d.png', 'RIFF....WEBPVP8 ').media_type, 'image/webp');
			for (const text of ['PRIVATE KEY', '', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'BM, a text']) assert.equal(read('e.png', text).data, '', text);
		} finally {
			place.remove();
		}
	});

	it('is left out when it is none, too large, or was changed after it was shown', () => {
		const place = temporaryFolder('images');
		try {
			const path = write(join(place.path, 'a.png'), png);
			assert.equal(imageAt({ path: place.path, at }).data, '');
			assert.equal(imageAt({ path: 'a.png', at }).data, '');
			assert.equal(imageAt({ path, at: 'no time' }).data, '');
			assert.equal(imageAt({ path, at: '2025-01-01T00:00:00.000Z' }).data, '');
			assert.equal(imageAt({ path: write(join(place.path, 'large.png'), Buffer.concat([png, Buffer.alloc(12_000_001)])), at }).data, '');
			if (process.platform !== 'win32') assert.equal(imageAt({ path: '/dev/zero', at }).data, '');
		} finally {
			place.remove();
		}
	});

	it('is never looked for on another machine, nor behind other addresses', () => {
		for (const address of [undefined, 'https://example.invalid/a.png', 'file://server/share/a.png', 'file:///%', 'a.png', 'file:///a%2Fb.png'])
			assert.equal(imageOfFile(address, at), undefined, address);
		for (const path of ['\\\\server\\share\\a.png', '//server/share/a.png']) assert.equal(imageAt({ path, at }).data, '');
	});
});
