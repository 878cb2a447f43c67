import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeCode } from '../../../src/capture/chat/claudeCode';
import type { TurnObservation } from '../../../src/core/turn';
import { inFolder, readAll } from './reading';

const recorded = join(__dirname, '../../fixtures/claude-code/forks');
const first = '9e33ff17-5c8e-406e-bcb6-6660c45b0929';
/** Forked from `first` after its turn. */
const second = 'ea42cbe2-2bc4-43c5-b080-ef8ce76aa4b6';
/** Forked from `second` after its own turn. */
const third = '8b33a1ab-7c74-48f2-9497-2a4a1c85850f';

const nameOf = ({ session_id, turn_key, prompt }: TurnObservation): string => `${session_id} ${turn_key} ${prompt}`;
const namesIn = async (folder: string, session: string): Promise<string[]> => (await readAll(claudeCode, join(folder, `${session}.jsonl`))).turns.map(nameOf);

/** The names that the hooks give the prompts. */
const hooked = readFileSync(join(recorded, 'hooks.jsonl'), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as { hook_event_name: string; session_id: string; prompt_id: string; prompt: string })
	.filter(({ hook_event_name }) => hook_event_name === 'UserPromptSubmit')
	.map(({ session_id, prompt_id, prompt }) => `${session_id} ${prompt_id} ${prompt}`);

describe('claudeCode, sessions forked by --fork-session', () => {
	it('tells copied turns by the names they have where they come from, and its own by those of the hooks', async () => {
		assert.equal(hooked.length, 3);
		assert.deepEqual(await namesIn(recorded, first), hooked.slice(0, 1));
		assert.deepEqual(await namesIn(recorded, second), hooked.slice(0, 2));
		assert.deepEqual(await namesIn(recorded, third), hooked);
	});

	it('tells a copied turn with all that its own transcript has', async () => {
		const origin = await readAll(claudeCode, join(recorded, `${first}.jsonl`));
		const copies = await readAll(claudeCode, join(recorded, `${third}.jsonl`));
		assert.deepEqual(copies.turns[0], origin.turns[0]);
	});

	it('gives a copy the same name in every fork where the transcript it comes from is gone', async () => {
		await inFolder(async (folder) => {
			cpSync(recorded, folder, { recursive: true });
			rmSync(join(folder, `${first}.jsonl`));
			const [copy] = await namesIn(folder, second);
			assert.equal(copy, `${first} 408a95ac-e00c-4620-953b-3c85a1bc1334 Fix the loop.`);
			assert.deepEqual(await namesIn(folder, third), [copy, ...hooked.slice(1)]);
		});
	});

	it('takes copied prompts that nobody answered for copies too', async () => {
		await inFolder(async (folder) => {
			cpSync(recorded, folder, { recursive: true });
			const lines = readFileSync(join(recorded, `${second}.jsonl`), 'utf8')
				.trim()
				.split('\n');
			const prompt = (uuid: string, content: string): string => {
				const line = JSON.parse(lines.find((text) => text.includes('"content":"Fix the loop."')) ?? '') as Record<string, unknown>;
				return JSON.stringify({ ...line, uuid, message: { role: 'user', content } });
			};
			const place = (word: string): number => lines.findIndex((text) => text.includes('"type":"user"') && text.includes(word));
			lines.splice(place('Now notes.'), 0, prompt('u-after', 'Stopped after.'));
			lines.splice(place('Fix the loop.'), 0, prompt('u-before', 'Stopped before.'));
			writeFileSync(join(folder, `${second}.jsonl`), `${lines.join('\n')}\n`);
			const names = await namesIn(folder, second);
			assert.deepEqual(names, [`${first} u-before Stopped before.`, hooked[0], `${first} u-after Stopped after.`, hooked[1]]);
		});
	});
});
