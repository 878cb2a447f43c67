import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachmentRule, chooseAttachments, hearEnvironment, keepAttachmentWish, machine } from '../../src/app/attachmentChoice';
import { approve } from '../../src/platform/approvals';
import type { DataPaths } from '../../src/platform/dataPaths';
import { createDataFolders, dataPaths } from '../../src/platform/dataPaths';
import { resolveSettings } from '../../src/platform/resolveSettings';
import { temporaryFolder } from '../support/temporaryFolder';

const mib = 1024 * 1024;

describe('whether images are kept', () => {
	let home: ReturnType<typeof temporaryFolder>;
	let paths: DataPaths;
	let folder: string;
	beforeEach(() => {
		home = temporaryFolder('choice');
		paths = dataPaths({ CODELEARN_HOME: join(home.path, 'data') });
		createDataFolders(paths);
		folder = join(home.path, 'demo');
		mkdirSync(join(folder, 'sub'), { recursive: true });
	});
	afterEach(() => home.remove());

	const rule = (at = folder) => attachmentRule(at, paths);
	const said = (at = folder) => [rule(at).keep, rule(at).from];
	const dotEnv = (text: string, isApproved: boolean) => {
		writeFileSync(join(folder, '.env'), text);
		const { unapproved } = resolveSettings({ folder, editor: {}, env: {}, paths });
		if (isApproved) approve(paths, folder, unapproved?.hash ?? '');
	};

	it('is no by default, with the limit of the settings', () => {
		assert.deepEqual(rule(), { keep: false, max_bytes: 2 * mib, from: 'default', folder: '' });
		assert.deepEqual(rule(''), { keep: false, max_bytes: 2 * mib, from: 'default', folder: '' });
	});

	it('is said by the editor, else the environment, else .env, else a command, else for the machine', () => {
		chooseAttachments(machine, 'on', '1', paths);
		assert.deepEqual(rule(), { keep: true, max_bytes: mib, from: 'machine', folder: '' });
		assert.deepEqual(said(''), [true, 'machine']);
		chooseAttachments(folder, 'off', undefined, paths);
		assert.deepEqual(rule(), { keep: false, max_bytes: mib, from: 'command', folder });
		dotEnv('CODELEARN_CAPTURE_ATTACHMENTS=yes\nCODELEARN_CAPTURE_ATTACHMENTS_LIMIT=0.5\n', true);
		assert.deepEqual(rule(), { keep: true, max_bytes: mib / 2, from: '.env', folder });
		hearEnvironment(folder, { CODELEARN_CAPTURE_ATTACHMENTS: '0' }, paths);
		assert.deepEqual(said(), [false, 'environment']);
		keepAttachmentWish(folder, 'editor', { keep: true, max_bytes: 7 }, paths);
		assert.deepEqual(rule(), { keep: true, max_bytes: 7, from: 'editor', folder });
		keepAttachmentWish(folder, 'editor', { max_bytes: 7 }, paths);
		assert.deepEqual(rule(), { keep: false, max_bytes: 7, from: 'environment', folder });
		keepAttachmentWish(folder, 'editor', undefined, paths);
		assert.deepEqual(said(), [false, 'environment']);
	});

	it('holds in the folders below, and what is said for the nearest one counts', () => {
		const sub = join(folder, 'sub');
		keepAttachmentWish(folder, 'editor', { keep: true }, paths);
		assert.deepEqual(rule(join(sub, 'deeper')), { keep: true, max_bytes: 2 * mib, from: 'editor', folder });
		chooseAttachments(sub, 'off', undefined, paths);
		assert.deepEqual(said(join(sub, 'deeper')), [false, 'command']);
		assert.deepEqual(said(), [true, 'editor']);
		chooseAttachments(sub, 'default', undefined, paths);
		assert.deepEqual(said(sub), [true, 'editor']);
	});

	it('is not said yes by a .env before it is approved, but no; and no longer once the line is gone', () => {
		dotEnv('CODELEARN_CAPTURE_ATTACHMENTS=1\n', false);
		assert.deepEqual(said(), [false, 'default']);
		dotEnv('CODELEARN_CAPTURE_ATTACHMENTS=1\n', true);
		assert.deepEqual(said(), [true, '.env']);
		dotEnv('# nothing\n', false);
		assert.deepEqual(said(), [false, 'default']);
		chooseAttachments(machine, 'on', undefined, paths);
		dotEnv('CODELEARN_CAPTURE_ATTACHMENTS=0\n', false);
		assert.deepEqual(said(), [false, '.env']);
		dotEnv('CODELEARN_CAPTURE_ATTACHMENTS=maybe\n', false);
		assert.deepEqual(said(), [true, 'machine']);
	});

	it('forgets with a command what the environment said before; an environment without the variables changes nothing', () => {
		hearEnvironment(folder, { CODELEARN_CAPTURE_ATTACHMENTS: '1', CODELEARN_CAPTURE_ATTACHMENTS_LIMIT: '3' }, paths);
		hearEnvironment(folder, {}, paths);
		assert.deepEqual(rule(), { keep: true, max_bytes: 3 * mib, from: 'environment', folder });
		chooseAttachments(folder, 'off', undefined, paths);
		assert.deepEqual(rule(), { keep: false, max_bytes: 2 * mib, from: 'command', folder });
		chooseAttachments(folder, undefined, '4', paths);
		assert.deepEqual(rule(), { keep: false, max_bytes: 4 * mib, from: 'command', folder });
		chooseAttachments(folder, 'on', undefined, paths);
		assert.equal(rule().max_bytes, 4 * mib);
	});

	it('understands what a former version kept, and takes a damaged file for nothing', () => {
		keepAttachmentWish(folder, 'editor', { keep: true, max_bytes: 5 }, paths);
		const [name = ''] = readdirSync(join(paths.state, 'attachments'));
		const file = join(paths.state, 'attachments', name);
		writeFileSync(file, '{"keep":false,"max_bytes":100}');
		assert.deepEqual(rule(), { keep: false, max_bytes: 100, from: 'editor', folder });
		writeFileSync(file, '{"keep":tr');
		assert.deepEqual(said(), [false, 'default']);
	});

	it('refuses values that cannot be, and keeps what was said before', () => {
		chooseAttachments(folder, 'on', undefined, paths);
		for (const limit of ['', '11', '-1', 'much'])
			assert.throws(() => chooseAttachments(folder, 'off', limit, paths), /--limit is ".*", which is no number of MiB from 0 to 10/);
		assert.deepEqual(said(), [true, 'command']);
		const resolve = (env: Record<string, string>) => resolveSettings({ folder, editor: {}, env, paths });
		assert.throws(() => resolve({ CODELEARN_CAPTURE_ATTACHMENTS: 'on' }), /CODELEARN_CAPTURE_ATTACHMENTS is "on"\. Use 1 or 0\./);
		assert.throws(
			() => resolve({ CODELEARN_CAPTURE_ATTACHMENTS_LIMIT: '99' }),
			/CODELEARN_CAPTURE_ATTACHMENTS_LIMIT is "99", which is no number of MiB from 0 to 10/,
		);
		assert.deepEqual(resolve({ CODELEARN_CAPTURE_ATTACHMENTS: 'TRUE' }).context.attachments, { keep: true });
		assert.equal('attachments' in resolve({}).context, false);
	});
});
