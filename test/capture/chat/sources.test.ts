import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { belongsTo, sourceOf, transcriptSources } from '../../../src/capture/chat/sources';

const recordings = [
	['claude-code', 'claude-code/two-turns/session.jsonl'],
	['codex', 'codex/two-turns/session.jsonl'],
	['codex', 'codex/fix-sum-script/session.jsonl'],
	['gemini-cli', 'gemini/two-turns/session.jsonl'],
	['qwen-code', 'qwen/two-turns/session.jsonl'],
	['copilot-cli', 'copilot/two-turns/events.jsonl'],
	['continue', 'continue/two-turns/session.json'],
	['aider', 'aider/two-chats/.aider.chat.history.md'],
	['cline', 'cline/two-turns/1795469929309_gsozw/1795469929309_gsozw.messages.json'],
	['windsurf', 'windsurf/5f0c7d54-1111-4222-8333-944444444444.jsonl'],
	['cursor', 'cursor/projects/home-dev-demo/agent-transcripts/668320d2-aaaa-4888-b33c-2a466fec86e7/668320d2-aaaa-4888-b33c-2a466fec86e7.jsonl'],
] as const;
const fixtures = join(__dirname, '../../fixtures');

describe('sources', () => {
	it('tells by its first lines who wrote a file, wherever it lies', () => {
		const head = (path: string): string => readFileSync(join(fixtures, path), 'utf8').slice(0, 4_096);
		assert.equal(sourceOf('/tmp/x.jsonl', head('claude-code/fix-sum/session.jsonl'))?.name, 'claude-code');
		assert.equal(
			sourceOf('/tmp/x.jsonl', head('vscode-chat/User/workspaceStorage/basic/chatSessions/24fffd3f-d766-42f3-86f8-f98524e6e2cb.jsonl'))?.name,
			'vscode-copilot',
		);
		for (const [name, path] of recordings) {
			const end = path.slice(path.lastIndexOf('.'));
			assert.equal(sourceOf(`/tmp/x${end}`, head(path))?.name, name);
			// Nobody else takes it for theirs.
			assert.equal(transcriptSources.filter((source) => source.recognises(`/tmp/x${end}`, head(path))).length, 1, path);
		}
		assert.equal(sourceOf('/tmp/x.jsonl', '{"hello":1}\n'), undefined);
		assert.equal(sourceOf('/tmp/x.txt', 'hello'), undefined);
		assert.equal(sourceOf('/tmp/x.jsonl', ''), undefined);
	});

	it('tells by its place where a file is empty or strange', () => {
		assert.equal(sourceOf('/home/a/.claude/projects/-w/1.jsonl', '')?.name, 'claude-code');
		assert.equal(sourceOf('/home/a/.codex/sessions/2026/01/01/rollout-2026-01-01T00-00-00-x.jsonl', '')?.name, 'codex');
		assert.equal(sourceOf('C:\\Users\\a\\.gemini\\tmp\\app\\chats\\session-2026-01-01T00-00-1.json', '')?.name, 'gemini-cli');
		assert.equal(sourceOf('C:\\Users\\a\\.qwen\\projects\\-w\\chats\\1.jsonl', '')?.name, 'qwen-code');
		assert.equal(sourceOf('/home/a/.copilot/session-state/1/events.jsonl', '')?.name, 'copilot-cli');
		assert.equal(sourceOf('/home/a/.continue/sessions/1.json', '')?.name, 'continue');
		assert.equal(sourceOf('/w/app/.aider.chat.history.md', '')?.name, 'aider');
		assert.equal(sourceOf('/home/a/.cline/data/sessions/1/1.messages.json', '')?.name, 'cline');
		assert.equal(sourceOf('C:\\Users\\a\\.windsurf\\transcripts\\1.jsonl', '')?.name, 'windsurf');
		assert.equal(sourceOf('C:\\Users\\a\\.cursor\\projects\\c-w\\agent-transcripts\\1.txt', '')?.name, 'cursor');
		assert.equal(sourceOf('/home/a/.cursor/projects/w/agent-transcripts/1/subagents/2.jsonl', '')?.name, 'cursor');
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
