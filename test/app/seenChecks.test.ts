import assert from 'node:assert/strict';
import type { Input } from '../../src/core/api';
import type { TurnObservationInput } from '../../src/core/turn';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

const start = Date.now() - 3_600_000;
const at = (second: number): string => new Date(start + second * 1000).toISOString();

describe('checks that the editor saw', function () {
	this.timeout(30_000);
	let harness: AppHarness;
	let repository: GitRepository;
	beforeEach(async () => {
		harness = await AppHarness.open();
		repository = harness.repository({ 'src/a.ts': 'export const a = 2;\n' });
	});
	afterEach(() => harness.close());

	const observed = (key: string, from: number, until: number, more: Partial<TurnObservationInput> = {}): TurnObservationInput =>
		turnOf(repository, {
			...{ turn_key: key, started_at: at(from), ended_at: at(until), state: 'complete' },
			tools: [{ id: `${key}-edit`, name: 'Edit', kind: 'edit', ok: true, at: at(from + 1) }],
			edits: [{ ...wholeEdit(`${repository.root}/src/a.ts`, 'export const a = 1;\n', 'export const a = 2;\n'), tool_id: `${key}-edit` }],
			...more,
		});
	const capture = (...turns: TurnObservationInput[]) => harness.capture(repository.root, ...turns);
	const check = (checks: Input<'captureChecks'>['checks']) => harness.call('captureChecks', { checks }, repository.root);
	const tests = (second: number, ok: boolean): Input<'captureChecks'>['checks'][number] => ({
		...{ type: 'test', command: 'npm test', ok, via: 'terminal', by: 'person', at: at(second), folder: repository.root },
	});
	const turns = async () => {
		const { turns: listed } = await harness.call('listTurns', {}, repository.root);
		const details = await Promise.all(listed.map(({ id }) => harness.call('getTurn', { id })));
		return new Map(details.map(({ turn }) => [turn.turn_key, turn]));
	};

	it('belong to the turn whose time covers them, whichever comes first, and raise or lower its confidence', async () => {
		await capture(observed('a', 0, 10));
		const plain = (await turns()).get('a');
		assert.deepEqual(await check([tests(20, true)]), { kept: 1, attached: 1 });
		assert.deepEqual(await check([tests(20, true)]), { kept: 0, attached: 0 });
		await check([tests(30 * 60, false)]);
		await capture(observed('b', 30 * 60 - 60, 30 * 60 - 30, { session_id: 'other' }));
		const known = await turns();
		assert.deepEqual(
			['a', 'b'].map((key) => known.get(key)?.checks.map((one) => (one.type === 'diagnostics' ? [] : [one.command, one.ok, one.stage]))),
			[[['npm test', true, 'after']], [['npm test', false, 'after']]],
		);
		const [before, good, bad] = [plain, known.get('a'), known.get('b')].map((turn) => turn?.confidence_score ?? -1);
		assert.ok((bad ?? 0) < (before ?? 0) && (before ?? 0) < (good ?? 0), `${bad} ${before} ${good}`);
	});

	it('are given to the next turn of the session once that has begun, in any order', async () => {
		await capture(observed('a', 0, 10));
		await check([tests(40, false)]);
		assert.equal((await turns()).get('a')?.checks.length, 1);
		await capture(observed('b', 30, 50));
		const known = await turns();
		assert.deepEqual([known.get('a')?.checks.length, known.get('b')?.checks.length], [0, 1]);
	});

	it('come back from the journal, and seeing a turn again changes nothing', async () => {
		await check([tests(5, true)]);
		const turn = observed('a', 0, 10);
		await capture(turn);
		assert.equal((await capture(turn)).unchanged, 1);
		await harness.call('rebuild', {}, repository.root);
		assert.equal((await turns()).get('a')?.checks.length, 1);
		assert.equal((await capture(turn)).unchanged, 1);
	});

	it('are counted once where the turn has the run as a tool', async () => {
		await check([tests(6, false)]);
		await capture(
			observed('a', 0, 10, {
				tools: [
					{ id: 'e', name: 'Edit', kind: 'edit', ok: true, at: at(1) },
					{ id: 'r', name: 'Bash', kind: 'run', ok: false, at: at(4), args: { command: 'npm test' }, output: '  2 passing\n  1 failing\n' },
				],
			}),
		);
		const [only, ...others] = (await turns()).get('a')?.checks ?? [];
		assert.ok(only?.type === 'test' && only.via === 'tool' && only.passed === 2 && only.failed === 1);
		assert.deepEqual(others, []);
	});

	it('take counts out of a JUnit report that was written meanwhile, and no text of it', async () => {
		repository.write(
			'target/surefire-reports/TEST-a.xml',
			'<?xml version="1.0"?><testsuite name="secretName" tests="5" failures="1" errors="0" skipped="1"></testsuite>',
		);
		const now = new Date().toISOString();
		await check([{ type: 'test', command: 'mvn test', ok: false, via: 'terminal', at: now, folder: repository.root }]);
		await capture(observed('a', 3_000, 3_590));
		const [seen] = (await turns()).get('a')?.checks ?? [];
		assert.ok(seen?.type === 'test' && seen.passed === 3 && seen.failed === 1 && seen.skipped === 1, JSON.stringify(seen));
		assert.doesNotMatch(harness.bytes(), /secretName/);
	});

	it('tell of diagnostics only for files that the turn changed', async () => {
		await capture(observed('a', 0, 10));
		const of = (file: string): Input<'captureChecks'>['checks'][number] => ({
			...{ type: 'diagnostics', file_path: `${repository.root}/${file}`, errors: { before: 0, after: 2 }, warnings: { before: 1, after: 1 }, at: at(12) },
		});
		assert.deepEqual(await check([of('src/a.ts'), of('src/b.ts')]), { kept: 2, attached: 1 });
		const turn = (await turns()).get('a');
		assert.deepEqual(
			turn?.checks.map((one) => (one.type === 'diagnostics' ? [one.file_path, one.errors.after] : [])),
			[['src/a.ts', 2]],
		);
		assert.ok(turn.confidence_parts.some(({ what }) => what === 'errors appeared in the editor'));
	});

	it('keep no secret, no command that checks nothing, and nothing outside repositories', async () => {
		const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
		const outside = { ...tests(5, true), folder: harness.outside('x') } as Input<'captureChecks'>['checks'][number];
		const { kept } = await check([
			{ type: 'test', command: `TOKEN=${secret} npm test`, via: 'terminal', at: at(5), folder: repository.root },
			{ type: 'test', command: 'vim notes.txt', via: 'terminal', at: at(5), folder: repository.root },
			outside,
		]);
		assert.equal(kept, 1);
		assert.ok(!harness.bytes().includes(secret));
	});
});
