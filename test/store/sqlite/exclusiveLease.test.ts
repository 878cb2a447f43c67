import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors';
import { takeExclusiveLease } from '../../../src/store/sqlite/exclusiveLease';
import { projectRoot } from '../../support/dist';
import { temporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/waiting';

describe('a lease', () => {
	const place = temporaryFolder('lease');
	after(() => place.remove());

	it('has one holder, until it is released', () => {
		const file = join(place.path, 'a/b/lease.db');
		const first = takeExclusiveLease(file);
		assert.ok(first);
		assert.equal(takeExclusiveLease(file), undefined);
		first.release();
		const second = takeExclusiveLease(file);
		assert.ok(second);
		second.release();
	});

	it('of a process that is killed is free at once', async () => {
		const file = join(place.path, 'killed.db');
		const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'test/support/leaseChild.ts'), file], {
			cwd: projectRoot,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		await new Promise((resolve) => child.stdout.once('data', resolve));
		assert.equal(takeExclusiveLease(file), undefined);
		child.kill('SIGSTOP');
		assert.equal(takeExclusiveLease(file), undefined);
		child.kill('SIGKILL');
		const lease = await until('the lease is free', () => takeExclusiveLease(file), 5000);
		lease.release();
	});

	it('that cannot be used says why', () => {
		writeFileSync(join(place.path, 'garbage.db'), 'garbage '.repeat(1000));
		for (const file of [join(place.path, 'garbage.db'), join(place.path, 'garbage.db/x.db')]) assert.throws(() => takeExclusiveLease(file), UserError);
	});
});
