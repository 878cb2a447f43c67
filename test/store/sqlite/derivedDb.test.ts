import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { lexicalTokens } from '../../../src/core/identifiers';
import type { JournalRecord } from '../../../src/core/journalRecord';
import { DerivedDb } from '../../../src/store/sqlite/derivedDb';
import { learning, record, turn } from '../../support/records';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';

const turnIds = ['t_1', 't_2', 't_3'];
const learningIds = ['0c5c2648-c578-4e7c-8c05-7f91ea4812d3', '748c69b1-9bf6-470b-802e-2ee573662435'];
const stamp = fc.record({
	revision: fc.integer({ min: 1, max: 4 }),
	at: fc.constantFrom('2026-03-01T10:00:00.000Z', '2026-03-01T10:00:01.000Z'),
	writer: fc.constantFrom('1-a', '2-b'),
});
const turnRecord = fc
	.tuple(fc.constantFrom(...turnIds), stamp, fc.constantFrom('fix the parser', 'write a test', 'explain'), fc.array(fc.constantFrom('a.ts', 'b.ts')))
	.map(([id, more, prompt, files]) =>
		record(
			'turn',
			id,
			turn(id, {
				prompt: `${prompt} ${JSON.stringify(more)}`,
				edits: files.map((file_path) => ({
					file_path,
					kind: 'edit',
					before: '',
					after: '',
					whole: false,
					fidelity: 'recorded',
					state: 'applied',
					repo_id: 'r_1',
				})),
			}),
			more,
		),
	);
const learningRecord = fc
	.tuple(fc.constantFrom(...learningIds), stamp, fc.constantFrom('active' as const, 'retired' as const))
	.map(([id, more, state]) => record('learning', id, learning(id, { state, description: `of ${JSON.stringify(more)}` }), more));
const statusRecord = fc
	.tuple(
		fc.constantFrom(...turnIds),
		stamp,
		fc.oneof(
			fc.record({ facet: fc.constant('review'), value: fc.constantFrom('new', 'promoted', 'ignored') }),
			fc.record({ facet: fc.constant('outcome'), value: fc.constantFrom('unknown', 'implemented', 'not_implemented') }),
			fc.record({ facet: fc.constant('analyzed'), value: fc.boolean() }),
			fc.record({ facet: fc.constant('exported'), value: fc.boolean() }),
		),
	)
	.map(([turn_id, more, body]) => record('status', `${turn_id}:${body.facet}`, { turn_id, ...body }, more));
const editRecord = fc
	.tuple(fc.constantFrom('e_1', 'e_2'), stamp, fc.constantFrom('a.ts', 'b.ts'))
	.map(([id, more, file_path]) =>
		record(
			'edit',
			id,
			{ repo_id: 'r_1', checkout_id: 'w', file_path, symbol: '', before: 'x', after: JSON.stringify(more), start_line: 1, at: more.at, reason: 'typed' },
			more,
		),
	);
const tombstone = fc
	.tuple(fc.constantFrom(...turnIds.map((id) => ['turn', id] as const), ...learningIds.map((id) => ['learning', id] as const), ['edit', 'e_1'] as const), stamp)
	.map(([[kind, id], more]) => record('tombstone', `${kind}:${id}`, { kind, id, reason: '' }, more));
/** Two records of one kind, id, revision, time and writer are one record: a writer never makes two. */
const records = fc.uniqueArray(fc.oneof({ arbitrary: turnRecord, weight: 4 }, { arbitrary: statusRecord, weight: 4 }, learningRecord, editRecord, tombstone), {
	maxLength: 25,
	selector: (each) => JSON.stringify([each.kind, each.id, each.revision, each.at, each.writer]),
});

describe('derived.db', () => {
	const place = temporaryFolder('derived');
	const opened: DerivedDb[] = [];
	const open = (file = ':memory:') => {
		const db = DerivedDb.open(file, silentLog);
		opened.push(db);
		return db;
	};
	after(() => {
		for (const db of opened) db.close();
		place.remove();
	});
	const folded = (pages: readonly (readonly JournalRecord[])[]) => {
		const db = DerivedDb.open(':memory:', silentLog);
		try {
			for (const page of pages) db.fold(page, undefined);
			return contentOf(db);
		} finally {
			db.close();
		}
	};

	it('is the same in whatever order the records come', () => {
		fc.assert(
			fc.property(
				records.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
				([all, shuffled]) => assert.deepEqual(folded([shuffled]), folded([all])),
			),
			{ numRuns: 60 },
		);
	});

	it('is the same however often and in however many pages the records are folded', () => {
		fc.assert(
			fc.property(records, fc.nat(25), (all, cut) => assert.deepEqual(folded([all.slice(0, cut), all.slice(cut), all, all.slice(0, cut)]), folded([all]))),
			{ numRuns: 40 },
		);
	});

	it('keeps a status that came before its turn', () => {
		const db = open();
		db.fold([record('status', 't_9:review', { turn_id: 't_9', facet: 'review', value: 'promoted', learning_id: learningIds[0] })], undefined);
		assert.equal(db.turn('t_9'), undefined);
		assert.equal(Number(db.sql.get('select count(*) n from turns where has_turn=1')?.['n']), 0);
		db.fold([record('turn', 't_9', turn('t_9'))], undefined);
		assert.deepEqual(db.facts('t_9'), { review: 'promoted', outcome: 'unknown', analyzed: false, exported: false, learning_id: learningIds[0] });
		assert.equal(db.turn('t_9')?.prompt, 'Fix the parser of headers');
	});

	it('does not let an analysis undo what a person decided', () => {
		const db = open();
		db.fold([record('turn', 't', turn('t')), record('status', 't:review', { turn_id: 't', facet: 'review', value: 'ignored' })], undefined);
		db.fold(
			[record('status', 't:outcome', { turn_id: 't', facet: 'outcome', value: 'implemented' }), record('turn', 't', turn('t'), { revision: 2 })],
			undefined,
		);
		assert.equal(db.facts('t').review, 'ignored');
		assert.equal(db.facts('t').outcome, 'implemented');
	});

	it('never brings back what a tombstone has removed, and remembers to delete its row', () => {
		for (const order of [
			['turn', 'tombstone'],
			['tombstone', 'turn'],
		]) {
			const db = open();
			const all = { turn: record('turn', 't', turn('t'), { revision: 9 }), tombstone: record('tombstone', 'turn:t', { kind: 'turn', id: 't' }) };
			for (const which of order) db.fold([which === 'turn' ? all.turn : all.tombstone], undefined);
			assert.equal(db.turn('t'), undefined, order.join());
			assert.equal(db.sql.all("select rowid from turns_fts where turns_fts match 'parser'").length, 0);
			assert.deepEqual(
				db.sql.all('select collection, id, repo_id from deletions').map((row) => ({ ...row })),
				[{ collection: 'chat_history_v1', id: 't', repo_id: 'r_1' }],
				order.join(),
			);
		}
	});

	it('finds turns by the words of their last revision only', () => {
		const db = open();
		const find = (word: string) => db.sql.all('select t.id from turns_fts f join turns t on t.n=f.rowid where turns_fts match ?', lexicalTokens(word)).length;
		db.fold([record('turn', 't', turn('t', { prompt: 'an elephant' }))], undefined);
		db.fold([record('turn', 't', turn('t', { prompt: 'a giraffe' }), { revision: 2 })], undefined);
		assert.deepEqual([find('elephant'), find('giraffe')], [0, 1]);
	});

	it('goes on where it stopped, and folds a page whole or not at all', () => {
		const db = open();
		db.fold([record('turn', 't', turn('t'))], { name: 's.jsonl', position: 100, damaged: 1 });
		db.fold([], { name: 's.jsonl', position: 50, damaged: 0 });
		assert.deepEqual([...db.positions()], [['s.jsonl', 100]]);
		const broken = { ...record('turn', 'u', turn('u')), revision: Symbol('no number') as unknown as number };
		assert.throws(() => db.fold([record('turn', 'v', turn('v')), broken], { name: 's.jsonl', position: 200, damaged: 0 }));
		assert.equal(db.turn('v'), undefined);
		assert.deepEqual([...db.positions()], [['s.jsonl', 100]]);
	});

	it('pages through records without missing or repeating one', () => {
		const db = open();
		const ids = Array.from({ length: 450 }, (_, index) => `t_${String(index).padStart(4, '0')}`);
		db.fold(
			ids.map((id) => record('served', id, {})),
			undefined,
		);
		assert.deepEqual(
			[...db.records('served')].map((each) => each.id),
			ids,
		);
	});

	it('counts a change for everything written, and nothing else', () => {
		const db = open();
		const first = record('turn', 't', turn('t'));
		db.fold([first], undefined);
		const version = db.version();
		assert.ok(version > 0);
		assert.equal(db.fold([first], undefined), 0);
		assert.equal(db.version(), version);
		assert.equal(db.setLinks('t', 'changed', 'p', [{ id: 'c', repo_id: 'r_1' }]), true);
		assert.equal(db.setLinks('t', 'changed', 'p', [{ id: 'c', repo_id: 'r_1' }]), false);
		assert.deepEqual([db.linksFrom('t', 'changed'), db.linksTo('c', 'changed')], [['c'], ['t']]);
		assert.ok(db.version() > version);
	});

	for (const [what, damage] of [
		['is no database at all', overwrite],
		['is of another layout', (file: string) => changeVersion(file)],
	] as const)
		it(`puts a file that ${what} aside and begins anew`, () => {
			const file = join(place.path, `${what.replaceAll(' ', '-')}.db`);
			const first = DerivedDb.open(file, silentLog);
			assert.ok(first.fresh);
			first.fold([record('turn', 't', turn('t'))], { name: 's.jsonl', position: 100, damaged: 0 });
			first.close();
			const again = DerivedDb.open(file, silentLog);
			assert.ok(!again.fresh && again.turn('t') !== undefined);
			again.close();
			damage(file);
			const anew = open(file);
			assert.ok(anew.fresh);
			assert.equal(anew.positions().size, 0);
			assert.ok(existsSync(`${file}.damaged`));
		});
});

function overwrite(file: string) {
	for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
	writeFileSync(file, 'garbage '.repeat(1000));
}

function changeVersion(file: string) {
	const db = DerivedDb.open(file, silentLog);
	db.sql.run("update meta set value='999' where key='version'");
	db.close();
}

/** All that can be asked of it, without counters that tell how it came to be. */
function contentOf(db: DerivedDb) {
	return {
		records: db.sql.all('select kind, id, revision, at, writer, body from records order by kind, id'),
		turns: db.sql.all('select id, repo_id, started_at, review, outcome, analyzed, exported, learning_id, has_turn from turns order by id'),
		repos: db.sql.all('select * from turn_repos order by turn_id, path'),
		learnings: db.sql.all('select id, repo_id, state from learnings order by id'),
		edits: db.sql.all('select * from edits order by id'),
		deletions: db.sql.all('select collection, id, repo_id from deletions order by id'),
		words: ['parser', 'test', 'explain', 'a.ts'].map((word) =>
			db.sql.all('select t.id from turns_fts f join turns t on t.n=f.rowid where turns_fts match ? order by t.id', `"${word}"`).map((row) => row['id']),
		),
	};
}
