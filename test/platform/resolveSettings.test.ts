import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/core/errors';
import type { RawSettings } from '../../src/core/settings';
import { approve } from '../../src/platform/approvals';
import { createDataFolders, dataPaths } from '../../src/platform/dataPaths';
import { resolveSettings } from '../../src/platform/resolveSettings';
import { temporaryFolder } from '../support/temporaryFolder';

describe('settings of a folder', () => {
	const place = temporaryFolder('settings');
	const paths = dataPaths({ CODELEARN_HOME: join(place.path, 'data') });
	let count = 0;
	before(() => createDataFolders(paths));
	after(() => place.remove());

	function folderWith(dotEnv?: string): string {
		const folder = join(place.path, `folder${count++}`);
		mkdirSync(folder);
		if (dotEnv !== undefined) writeFileSync(join(folder, '.env'), dotEnv);
		return folder;
	}
	const resolved = (folder: string, env: Record<string, string> = {}, editor: RawSettings = {}) => resolveSettings({ folder, editor, env, paths });

	it('are the defaults where nothing is said', () => {
		const { context, unapproved, notes } = resolved(folderWith());
		assert.deepEqual(context.store, { impl: 'persistent', path: paths.chroma });
		assert.equal(context.embedding.provider, 'default');
		assert.equal(unapproved, undefined);
		assert.deepEqual(notes, []);
	});

	it('go editor before environment before the .env', () => {
		const folder = folderWith('LOG_LEVEL=ERROR\n');
		assert.equal(resolved(folder).logLevel, 'ERROR');
		assert.equal(resolved(folder, { LOG_LEVEL: 'debug' }).logLevel, 'DEBUG');
		assert.equal(resolved(folder, { LOG_LEVEL: 'DEBUG' }, { logLevel: 'WARNING' }).logLevel, 'WARNING');
		assert.equal(resolved(folder, { LOG_LEVEL: '' }).logLevel, 'ERROR');
	});

	it('of a .env that names a store wait for a yes, which holds for these values only', () => {
		const folder = folderWith('CHROMA_DB_PATH=./vectors\nLOG_LEVEL=ERROR\n');
		const before = resolved(folder);
		assert.ok(before.context.store.impl === 'persistent' && before.context.store.path === paths.chroma);
		assert.equal(before.logLevel, 'ERROR');
		assert.deepEqual(before.unapproved?.shown, ['CHROMA_DB_PATH=./vectors']);
		approve(paths, folder, before.unapproved.hash);
		const after = resolved(folder);
		assert.equal(after.unapproved, undefined);
		assert.deepEqual(after.context.store, { impl: 'persistent', path: join(folder, 'vectors'), database: 'default_database' });
		writeFileSync(join(folder, '.env'), 'CHROMA_DB_PATH=/elsewhere\n');
		const changed = resolved(folder);
		assert.deepEqual(changed.unapproved?.shown, ['CHROMA_DB_PATH=/elsewhere']);
		assert.ok(changed.context.store.impl === 'persistent' && changed.context.store.path === paths.chroma);
	});

	it('do not let the approval of one folder speak for another', () => {
		const [one, other] = [folderWith('CHROMA_DB_PATH=/v\n'), folderWith('CHROMA_DB_PATH=/v\n')];
		approve(paths, one, resolved(one).unapproved?.hash ?? '');
		assert.equal(resolved(one).unapproved, undefined);
		assert.notEqual(resolved(other).unapproved, undefined);
	});

	it('ask nothing for what stands there anyway, and never show a key', () => {
		assert.equal(resolved(folderWith('CHROMA_DB_IMPL=persistent\nEMBEDDING_MODEL_PROVIDER=default\n')).unapproved, undefined);
		const { unapproved } = resolved(folderWith('OPENAI_API_KEY=sk-verysecret\nCHROMA_HTTP_HEADERS=Authorization: Bearer abc\n'));
		assert.ok(unapproved !== undefined && !/verysecret|abc/.test(unapproved.shown.join()), unapproved?.shown.join());
	});

	it('name the lines of a .env that cannot be read', () => {
		const folder = folderWith('LOG_LEVEL=INFO\nthis is no assignment\n');
		assert.deepEqual(resolved(folder).notes, [`${join(folder, '.env')}:2 is not of the form NAME=value and was skipped.`]);
	});

	it('leave a folder named .env alone: it is a virtual environment of Python', () => {
		const folder = folderWith();
		mkdirSync(join(folder, '.env'));
		assert.deepEqual(resolved(folder).notes, []);
	});

	it('go on without a .env that cannot be read, and say so', () => {
		const folder = folderWith();
		symlinkSync('.env', join(folder, '.env')); // a link to itself, which root cannot read either
		assert.match(resolved(folder).notes.join(), /\.env cannot be read, so it is not used/);
	});

	const refused: [string, Record<string, string>, RegExp][] = [
		['an unknown store', { CHROMA_DB_IMPL: 'foo' }, /CHROMA_DB_IMPL is "foo"\. Use "persistent".* or "http"/],
		['http without an address', { CHROMA_DB_IMPL: 'http' }, /CHROMA_HTTP_URL is not set/],
		['an address that is none', { CHROMA_DB_IMPL: 'http', CHROMA_HTTP_URL: 'localhost' }, /"localhost", which is no URL/],
		['headers without a name', { CHROMA_DB_IMPL: 'http', CHROMA_HTTP_URL: 'http://x', CHROMA_HTTP_HEADERS: 'Bearer abc' }, /not of the form "Name: value"/],
		['an unknown provider', { EMBEDDING_MODEL_PROVIDER: 'acme' }, /Use one of: default, openai, huggingface_hub, vertex_ai/],
		['an unknown level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL is "LOUD"\. Use one of: DEBUG, INFO, WARNING, ERROR/],
	];
	for (const [what, env, message] of refused)
		it(`refuse ${what} as wrong use`, () => {
			assert.throws(
				() => resolved(folderWith(), env),
				(cause) => cause instanceof UserError && cause.exitCode === 2 && message.test(cause.message),
			);
		});

	it('share turns with a team only when somebody says so', () => {
		const env = { CHROMA_DB_IMPL: 'http', CHROMA_HTTP_URL: 'http://chroma:8000' };
		const shares = (more: Record<string, string>) => {
			const { store } = resolved(folderWith(), { ...env, ...more }).context;
			return store.impl === 'http' && store.shareTurns;
		};
		assert.equal(shares({}), false);
		assert.equal(shares({ CODELEARN_SHARE_TURNS: '0' }), false);
		assert.equal(shares({ CODELEARN_SHARE_TURNS: '1' }), true);
		assert.equal(shares({ CODELEARN_SHARE_TURNS: 'true' }), true);
	});

	it('hand each provider its own key', () => {
		const keys = { OPENAI_API_KEY: 'o', HF_TOKEN: 'h' };
		const keyOf = (provider: string) => resolved(folderWith(), { ...keys, EMBEDDING_MODEL_PROVIDER: provider }).context.embedding.apiKey;
		assert.deepEqual(['default', 'openai', 'huggingface_hub'].map(keyOf), ['', 'o', 'h']);
	});

	it('refuse a weight outside 0 to 10', () =>
		assert.throws(() => resolved(folderWith(), {}, { weightLexical: 11 }), /codelearn\.query\.weights\.lexical is no number from 0 to 10/));
});
