import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppHarness } from '../support/appHarness';
import { put, writtenDatabase, type Rows } from '../capture/chat/databases';

const fixtures = join(import.meta.dirname, '../fixtures/opencode');
const recorded = (name: string) => JSON.parse(readFileSync(join(fixtures, name, 'rows.json'), 'utf8')) as Rows;

describe('transcripts in a database', () => {
	let app: AppHarness;
	beforeEach(async () => {
		app = await AppHarness.open();
	});
	afterEach(() => app.close());

	it('are imported session by session, each again only when it has changed, and all when the file is named', async () => {
		const path = join(app.ports.places.home, '.local/share/opencode/opencode.db');
		const database = writtenDatabase(path, readFileSync(join(fixtures, 'schema.sql'), 'utf8'), recorded('two-turns'));
		const first = await app.call('importTranscripts', { everywhere: true });
		assert.deepEqual([first.transcripts, first.turns_new, first.errors], [1, 2, []]);
		assert.deepEqual((await app.call('importTranscripts', { everywhere: true })).transcripts, 0);
		put(database, recorded('subagent'));
		const later = await app.call('importTranscripts', { everywhere: true });
		assert.deepEqual([later.found, later.transcripts, later.turns_new], [3, 2, 2]);
		const named = await app.call('importTranscripts', { paths: [path] });
		assert.deepEqual([named.turns_new, named.turns_unchanged, named.errors], [0, 4, []]);
		database.close();
	});
});
