import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { belongsTo, sourceOf, transcriptSources } from '../../../src/capture/chat/sources';

const fixtures = join(__dirname, '../../fixtures');

describe('sources', () => {
	it('tells by its first lines who wrote a file, wherever it lies', () => {
		const head = (path: string): string => readFileSync(join(fixtures, path), 'utf8').slice(0, 4_096);
		assert.equal(sourceOf('/tmp/x.jsonl', head('claude-code/fix-sum/session.jsonl'))?.name, 'claude-code');
		assert.equal(
			sourceOf('/tmp/x.jsonl', head('vscode-chat/User/workspaceStorage/basic/chatSessions/24fffd3f-d766-42f3-86f8-f98524e6e2cb.jsonl'))?.name,
			'vscode-copilot',
		);
		assert.equal(sourceOf('/tmp/x.jsonl', '{"hello":1}\n'), undefined);
		assert.equal(sourceOf('/tmp/x.txt', 'hello'), undefined);
		assert.equal(sourceOf('/tmp/x.jsonl', ''), undefined);
	});

	it('tells by its place where a file is empty or strange', () => {
		assert.equal(sourceOf('/home/a/.claude/projects/-w/1.jsonl', '')?.name, 'claude-code');
		assert.equal(sourceOf('C:\\Users\\a\\AppData\\Roaming\\Code\\User\\workspaceStorage\\1\\chatSessions\\2.json', '')?.name, 'vscode-copilot');
	});

	it('names each source once', () => {
		assert.equal(new Set(transcriptSources.map((source) => source.name)).size, transcriptSources.length);
	});

	it('takes a transcript for a folder when it was made there or below', () => {
		assert.ok(belongsTo({ cwd: '/w/a' }, '/w/a', 'linux'));
		assert.ok(belongsTo({ cwd: '/w/a/b/' }, '/w/a/', 'linux'));
		assert.ok(belongsTo({ cwd: '/w' }, '/', 'linux'));
		assert.ok(!belongsTo({ cwd: '/w/ab' }, '/w/a', 'linux'));
		assert.ok(!belongsTo({ cwd: '/W/a' }, '/w/a', 'linux'));
		assert.ok(belongsTo({ cwd: '/W/a' }, '/w/A', 'darwin'));
		assert.ok(belongsTo({ cwd: 'c:\\Work\\a' }, 'C:\\work', 'win32'));
		assert.ok(!belongsTo({}, '/w', 'linux'));
		assert.ok(!belongsTo({ cwd: '/w' }, '', 'linux'));
	});
});
