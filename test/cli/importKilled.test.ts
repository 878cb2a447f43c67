import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DerivedDb } from '../../src/store/sqlite/derivedDb';
import type { ImportReport } from '../../src/core/api';
import { longer } from '../capture/chat/longer';
import { CliHome } from '../support/cliHome';
import { silentLog } from '../support/silentLog';
import { pause } from '../support/waiting';

const copies = 40;
const sessions = ['claude-code/two-turns', 'claude-code/interactive-reject'];

describe('an import whose process is killed', function () {
	this.timeout(180_000);
	const homes: CliHome[] = [];
	after(async () => {
		for (const home of homes) await home.remove();
	});

	function newHome(): CliHome {
		const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
		homes.push(home);
		const folder = join(home.data, '../.claude/projects/-home-dev-demo');
		mkdirSync(folder, { recursive: true });
		for (const [place, session] of sessions.entries())
			writeFileSync(join(folder, `s${place}.jsonl`), longer(readFileSync(join(__dirname, `../fixtures/${session}/session.jsonl`), 'utf8'), copies));
		return home;
	}

	function journalSize(home: CliHome): number {
		try {
			return readdirSync(join(home.data, 'journal')).reduce((sum, name) => sum + statSync(join(home.data, 'journal', name)).size, 0);
		} catch {
			return 0;
		}
	}

	/** What the journal adds up to: turns without what names the process that wrote them. */
	async function folded(home: CliHome): Promise<unknown> {
		await home.run(['server', 'stop']);
		const db = DerivedDb.open(join(home.data, 'derived.db'), silentLog);
		try {
			return db.sql.all("select id, body from records where kind='turn' order by id").map((row) => [row['id'], row['body']]);
		} finally {
			db.close();
		}
	}

	it('ends, done again, in what one undisturbed import gives', async () => {
		const clean = newHome();
		const whole = await clean.json<ImportReport>(['import', '--everywhere']);
		const total = journalSize(clean);
		const wanted = await folded(clean);
		assert.ok(whole.turns_new > 100);
		const again = await clean.json<ImportReport>(['import', '--everywhere']);
		assert.deepEqual([again.transcripts, again.turns_seen], [0, 0]);

		const killed = newHome();
		mkdirSync(join(killed.data, 'state'), { recursive: true });
		// Hashes of prompts are keyed by installation.
		cpSync(join(clean.data, 'state/hash.key'), join(killed.data, 'state/hash.key'));
		let kills = 0;
		for (const part of [0.1, 0.3, 0.5, 0.65, 0.8, 0.95]) {
			const limit = total * (part + Math.random() * 0.05);
			const run = killed.run(['import', '--everywhere', '--json']);
			const ended = run.then(() => true);
			const isDone = () => Promise.race([ended, pause(3).then(() => false)]);
			let done = await isDone();
			while (!done && journalSize(killed) < limit) done = await isDone();
			const pid = killed.daemon()?.pid;
			if (!done && pid !== undefined) {
				process.kill(pid, 'SIGKILL');
				kills++;
			}
			await run;
		}
		assert.ok(kills >= 3, `only ${kills} kills met a running import`);
		const last = await killed.json<ImportReport>(['import', '--everywhere']);
		assert.deepEqual(last.errors, []);
		assert.deepEqual(await folded(killed), wanted);
	});
});
