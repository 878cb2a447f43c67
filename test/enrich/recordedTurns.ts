import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { claudeCode } from '../../src/capture/chat/claudeCode';
import { vscodeChat } from '../../src/capture/chat/vscodeChat';
import type { TurnObservation } from '../../src/core/turn';
import { readAll } from '../capture/chat/reading';

const fixtures = join(__dirname, '../fixtures');

/** The turns of every recorded session, under the name of the session. */
export async function recordedTurns(): Promise<{ name: string; turns: TurnObservation[] }[]> {
	const claude = readdirSync(join(fixtures, 'claude-code')).filter((name) => existsSync(join(fixtures, 'claude-code', name, 'session.jsonl')));
	const storages = join(fixtures, 'vscode-chat/User/workspaceStorage');
	const sessions = [
		...claude.map((name) => ({ name: `claude-${name}`, source: claudeCode, path: join(fixtures, 'claude-code', name, 'session.jsonl') })),
		...readdirSync(storages).map((name) => ({
			name: `vscode-${name}`,
			source: vscodeChat,
			path: join(storages, name, 'chatSessions', readdirSync(join(storages, name, 'chatSessions'))[0] ?? ''),
		})),
	];
	return Promise.all(sessions.map(async ({ name, source, path }) => ({ name, turns: (await readAll(source, path)).turns })));
}
