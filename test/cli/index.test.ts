import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IndexReport } from '../../src/core/api';
import type { QueryHit } from '../../src/core/query';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';
import { until } from '../support/waiting';

interface Explained {
	readonly indexed: boolean;
	readonly reason: string;
	readonly chunks: readonly { symbol: string }[];
}

describe('chroma-client index', function () {
	this.timeout(90_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const made: GitRepository[] = [];
	const repository = (files: Record<string, string> = {}) => {
		const repo = new GitRepository(files, home.env);
		made.push(repo);
		return repo;
	};
	after(async () => {
		await home.remove();
		for (const repo of made) repo.remove();
	});

	const run = (repo: GitRepository, ...args: string[]) => home.run(args, { cwd: repo.root });
	const index = (repo: GitRepository, ...args: string[]) => home.json<IndexReport>(['index', ...args], { cwd: repo.root });
	const explain = (repo: GitRepository, path: string) => home.json<Explained>(['index', '--explain', path], { cwd: repo.root });
	const hits = async (repo: GitRepository, text: string) => (await home.json<{ results: QueryHit[] }>(['query', text], { cwd: repo.root })).results;
	const places = async (repo: GitRepository, text: string) => (await hits(repo, text)).map((hit) => hit.file_path);

	describe('of a repository that changes', () => {
		let repo: GitRepository;
		before(async () => {
			repo = repository({
				'src/headers.ts': functions('parseHeaders', 'return raw.split(":")', 'formatHeaders', 'return lines.join("\\n")'),
				'src/old name.ts': functions('computeTax', 'return income * 0.19', 'roundMoney', 'return Math.round(value * 100) / 100'),
				'src/gone.ts': functions('unlockGarage', 'return door.open()', 'lockGarage', 'return door.close()'),
				'größe/Änderung.py': 'def miss_höhe(x):\n    """Misst die Höhe."""\n    return x * 2\n',
			});
			const report = await index(repo, '--all');
			assert.equal(report.files_indexed, 4);
			assert.ok(report.chunks >= 7 && report.chunks_embedded === report.chunks, JSON.stringify(report));
		});

		it('finds its functions by words and by meaning, with their lines', async () => {
			const [hit] = await hits(repo, 'parse headers');
			assert.deepEqual([hit?.file_path, hit?.symbol], ['src/headers.ts', 'parseHeaders']);
			assert.ok((hit?.start_line ?? 0) >= 1 && (hit?.end_line ?? 0) >= (hit?.start_line ?? 0));
			assert.ok((await places(repo, 'how much has to be paid to the state of what one earns')).slice(0, 3).includes('src/old name.ts'));
			assert.equal((await places(repo, 'höhe messen'))[0], 'größe/Änderung.py');
		});

		it('says that everything is up to date when nothing changed', async () => {
			for (const mode of ['--all', '--changed']) {
				const result = await run(repo, 'index', mode);
				assert.equal(result.code, 0, result.stderr);
				assert.match(result.stdout, /0 embedded.*\n.*up to date/i);
			}
		});

		it('embeds only the chunks that changed', async () => {
			repo.write('src/headers.ts', functions('parseHeaders', 'return raw.split(":")', 'formatHeaders', 'return lines.sort().join("\\r\\n")'));
			const report = await index(repo, '--changed');
			assert.deepEqual([report.files_indexed, report.chunks, report.chunks_embedded], [1, 2, 1]);
		});

		it('embeds nothing when a file is only written again', async () => {
			const now = new Date();
			utimesSync(join(repo.root, 'src/headers.ts'), now, now);
			assert.equal((await index(repo, '--all')).chunks_embedded, 0);
		});

		it('follows a rename, with and without a commit, and forgets what is deleted', async () => {
			repo.git('mv', 'src/old name.ts', 'src/tax.ts');
			rmSync(join(repo.root, 'src/gone.ts'));
			const report = await index(repo, '--changed');
			assert.equal(report.files_removed, 2);
			assert.equal((await places(repo, 'compute tax'))[0], 'src/tax.ts');
			for (const path of await places(repo, 'unlock garage')) assert.ok(!['src/gone.ts', 'src/old name.ts'].includes(path), path);
			repo.commit('renamed');
			assert.equal((await index(repo, '--changed')).chunks_embedded, 0);
		});

		it('comes back to what it was when a change is taken back', async () => {
			repo.write('src/tax.ts', 'export function swimmingPool() {\n\treturn "water";\n}\n');
			await index(repo, '--changed');
			assert.equal((await places(repo, 'swimming pool'))[0], 'src/tax.ts');
			repo.git('checkout', '--', 'src/tax.ts');
			await index(repo, '--changed');
			assert.equal((await hits(repo, 'compute tax'))[0]?.symbol, 'computeTax');
			assert.ok((await hits(repo, 'swimming pool')).every((hit) => hit.symbol !== 'swimmingPool'));
		});

		it('goes on after its history was rewritten', async () => {
			repo.write('src/fresh.ts', functions('freshIdea', 'return 1', 'staleIdea', 'return 2'));
			repo.git('checkout', '--quiet', '--orphan', 'anew');
			repo.commit('another history');
			repo.git('branch', '-D', 'main');
			repo.git('reflog', 'expire', '--expire=now', '--all');
			repo.git('gc', '--quiet', '--prune=now');
			await index(repo, '--changed');
			assert.equal((await hits(repo, 'fresh idea'))[0]?.symbol, 'freshIdea');
		});

		it('takes single files and folders, from a folder within, and refuses others by name', async () => {
			repo.write('src/deep/one.ts', functions('firstOne', 'return 1', 'secondOne', 'return 2'));
			const inside = await home.run(['index', 'deep'], { cwd: join(repo.root, 'src') });
			assert.equal(inside.code, 0, inside.stderr);
			assert.equal((await hits(repo, 'second one'))[0]?.symbol, 'secondOne');
			for (const [path, reason] of [
				['missing.ts', /does not exist/],
				['/etc/hostname', /outside the repository/],
				['../x.ts', /outside the repository/],
			] as const) {
				const refused = await run(repo, 'index', path);
				assert.equal(refused.code, 1);
				assert.match(refused.stdout + refused.stderr, reason, path);
			}
		});
	});

	describe('leaves out, and says why with --explain,', () => {
		let repo: GitRepository;
		let report: IndexReport;
		before(async () => {
			repo = repository({
				'.gitignore': 'ignored/\n',
				'a.ts': functions('one', 'return 1', 'two', 'return 2'),
				'.env': 'TOKEN=swordfish\n',
				'config/.env.production': 'TOKEN=swordfish\n',
				id_rsa: 'swordfish private key\n',
				'image.png': 'x',
				'data.txt': `zero\0byte`,
				'empty.ts': '',
				'node_modules/left/index.js': 'module.exports = 1\n',
				'package-lock.json': '{}\n',
			});
			repo.write('ignored/b.ts', 'export const b = 1;\n');
			repo.write(
				'broken.ts',
				Buffer.concat([Buffer.from('export function brokenOne() {\n\treturn "'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('";\n}\n')]),
			);
			symlinkSync('/etc', join(repo.root, 'outside'));
			symlinkSync('/etc/hostname', join(repo.root, 'host.txt'));
			symlinkSync('a.ts', join(repo.root, 'alias.ts'));
			execFileSync('mkfifo', [join(repo.root, 'pipe.ts')]);
			writeFileSync(join(repo.root, 'huge.csv'), '');
			truncateSync(join(repo.root, 'huge.csv'), 300_000_000);
			report = await index(repo, '--all');
		});

		const cases: [string, RegExp][] = [
			['ignored/b.ts', /ignored by git: .gitignore:1:ignored/],
			['.env', /secret/],
			['config/.env.production', /secret/],
			['id_rsa', /secret/],
			['image.png', /binary/],
			['data.txt', /binary/],
			['empty.ts', /empty/],
			['node_modules/left/index.js', /vendored/],
			['package-lock.json', /lock file/],
			['huge.csv', /larger than/],
			['host.txt', /link/],
			['outside/passwd', /outside|link/],
			['alias.ts', /link/],
			['pipe.ts', /no regular file/],
			['/etc/hostname', /outside the repository/],
			['missing.ts', /gone|exist/],
		];
		for (const [path, reason] of cases)
			it(path, async () => {
				const answer = await explain(repo, path);
				assert.equal(answer.indexed, false);
				assert.match(answer.reason, reason);
				assert.deepEqual(answer.chunks, []);
			});

		it('but indexes the rest, broken UTF-8 too, and counts what it left out', async () => {
			assert.match((await explain(repo, 'a.ts')).reason, /indexed as typescript/);
			assert.deepEqual(
				(await explain(repo, 'broken.ts')).chunks.map((chunk) => chunk.symbol),
				['brokenOne'],
			);
			assert.ok(
				report.skipped.some((entry) => entry.reason.includes('secret') && entry.count === 3),
				JSON.stringify(report.skipped),
			);
			assert.equal(
				report.files_skipped,
				report.skipped.reduce((sum, entry) => sum + entry.count, 0),
			);
		});

		it('and never gives a secret to anybody', async () => {
			assert.ok((await hits(repo, 'swordfish token')).every((hit) => !hit.document.includes('swordfish')));
			const forced = await run(repo, 'index', '.env');
			assert.equal(forced.code, 1);
			assert.match(forced.stdout, /may hold secrets/);
		});
	});

	it('goes on after Ctrl-C where it was stopped', async () => {
		const repo = repository(manyFunctions(50, 6));
		const indexes = () => readdirSync(join(home.data, 'code')).length;
		await home.json(['setup-collections'], { cwd: repo.root });
		const known = indexes();
		const stopped = await home.run(['index', '--all', '--json'], {
			cwd: repo.root,
			onStart: (child) => void until('it has begun', () => (indexes() > known ? true : undefined)).then(() => child.kill('SIGINT')),
		});
		assert.equal(stopped.code, 1, stopped.stdout);
		assert.match(stopped.stderr, /Cancelled\. What was done so far is kept/);
		const rest = await index(repo, '--all');
		assert.equal(rest.files_indexed + rest.files_unchanged, 50);
		assert.ok(rest.chunks_embedded > 0);
		assert.equal((await explain(repo, 'src/file49.ts')).chunks.length, 6);
		assert.equal((await index(repo, '--all')).chunks_embedded, 0);
	});

	it('takes a repository without a commit, and refuses one without a file', async () => {
		const fresh = repository();
		assert.match((await run(fresh, 'index', '--all')).stderr, /holds no file/);
		fresh.write('a b/größe & co.ts', functions('uncommitted', 'return 1', 'another', 'return 2'));
		const report = await index(fresh, '--changed');
		assert.equal(report.files_indexed, 1);
		assert.match(report.notes.join(), /no commit yet/);
		assert.equal((await places(fresh, 'uncommitted'))[0], 'a b/größe & co.ts');
	});

	it('keeps worktrees of one repository apart', async () => {
		const repo = repository({ 'a.ts': functions('common', 'return 1', 'shared', 'return 2') });
		await index(repo, '--all');
		const tree = join(repo.root, '../', `${repo.root.split('/').at(-1) ?? ''}-tree`);
		repo.git('worktree', 'add', '--quiet', tree, '-b', 'side');
		try {
			writeFileSync(join(tree, 'b.ts'), functions('onlyInWorktree', 'return 1', 'alsoThere', 'return 2'));
			await home.json(['index', '--all'], { cwd: tree });
			const there = await home.json<{ results: QueryHit[] }>(['query', 'only in worktree'], { cwd: tree });
			assert.equal(there.results[0]?.symbol, 'onlyInWorktree');
			assert.ok((await hits(repo, 'only in worktree')).every((hit) => hit.symbol !== 'onlyInWorktree'));
		} finally {
			rmSync(tree, { recursive: true, force: true });
		}
	});

	it('shows a submodule as another repository and leaves its files to it', async () => {
		const inner = repository({ 'inner.ts': functions('innerOne', 'return 1', 'innerTwo', 'return 2') });
		const outer = repository({ 'outer.ts': functions('outerOne', 'return 1', 'outerTwo', 'return 2') });
		outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'sub');
		mkdirSync(join(outer.root, 'empty folder'));
		const report = await index(outer, '--all');
		assert.ok((await hits(outer, 'inner one')).every((hit) => hit.symbol !== 'innerOne'));
		assert.ok(
			report.skipped.some((entry) => entry.reason === 'another repository'),
			JSON.stringify(report.skipped),
		);
	});
});

/** Two functions, long enough that each is a chunk of its own. */
function functions(first: string, firstBody: string, second: string, secondBody: string): string {
	const one = (name: string, body: string) =>
		`export function ${name}(raw: any, value = 1) {\n\tconst lines = [raw, value];\n\tconsole.log(lines);\n\t${body};\n}\n`;
	return `${one(first, firstBody)}\n${one(second, secondBody)}`;
}

function manyFunctions(files: number, each: number): Record<string, string> {
	const body = (name: string) =>
		`export function ${name}(input: number) {\n\tconst result = input * ${name.length} + ${name.replace(/\D/g, '') || '0'};\n\tif (result > 10) return result;\n\treturn "${name}";\n}\n`;
	return Object.fromEntries(
		Array.from({ length: files }, (_, file) => [
			`src/file${file}.ts`,
			Array.from({ length: each }, (_, number) => body(`compute${file}x${number}`)).join('\n'),
		]),
	);
}
