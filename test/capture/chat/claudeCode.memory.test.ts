import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { claudeCode } from '../../../src/capture/chat/claudeCode';

const megabyte = 1024 * 1024;
const at = '2026-11-23T10:00:00.000Z';
const prompt = (uuid: string): string => JSON.stringify({ type: 'user', uuid, timestamp: at, sessionId: 's', message: { role: 'user', content: 'Go on' } });
const attachment = (number: number): string =>
	`{"parentUuid":"one","isSidechain":false,"attachment":{"type":"snapshot","text":"${'x'.repeat(10_000)}"},"type":"attachment","uuid":"own-id-of-line-${number}"}`;

describe('claudeCode, memory', () => {
	let folder: string;
	let file: string;

	before(() => {
		folder = mkdtempSync(join(tmpdir(), 'codelearn-memory-'));
		file = join(folder, 'session.jsonl');
		const lines = Array.from({ length: 2000 }, (_, number) => attachment(number));
		writeFileSync(file, `${[prompt('one'), ...lines, prompt('two'), prompt('three')].join('\n')}\n`);
	});

	after(() => rmSync(folder, { recursive: true, force: true }));

	it('keeps the ids of lines that it skips, not the lines', async () => {
		const before = heapInUse();
		let most = 0;
		let turns = 0;
		for await (const event of claudeCode.read(file)) {
			// The session with all that it remembers is alive here.
			if (event.type === 'turn' && ++turns === 1) most = heapInUse() - before;
		}
		assert.equal(turns, 3);
		assert.ok(most < 5 * megabyte, `${(most / megabyte).toFixed(1)} MB of 20 MB were kept`);
	});
});

/** In bytes, without what nobody refers to any more. */
function heapInUse(): number {
	setFlagsFromString('--expose-gc');
	z.function().parse(runInNewContext('gc'))();
	return process.memoryUsage().heapUsed;
}
