import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Attribution } from '../../../src/app/attribution';
import type { TurnEdit } from '../../../src/core/turn';
import type { DerivedDb } from '../../../src/store/sqlite/derivedDb';
import { record, turn } from '../../support/records';
import type { Language } from './layouts';
import { block, languageOf, statement } from './layouts';
import type { Random } from './random';
import type { AskedFile } from './truth';
import { Truth } from './truth';

const identity = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.org', GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.org' };
const quiet = [
	'gc.auto=0',
	'commit.gpgsign=false',
	'core.autocrlf=false',
	'advice.detachedHead=false',
	'core.editor=true',
	'init.templateDir=',
	'core.safecrlf=false',
];

/** A repository with people and assistants at work in it, and who wrote what. */
export class World {
	readonly truth = new Truth();
	readonly done: string[] = [];
	readonly repoId: string;
	/** What files were called before, as far as somebody noticed. */
	readonly formerly = new Map<string, string[]>();
	private count = 0;

	constructor(
		readonly random: Random,
		readonly root: string,
		seed: number,
		private readonly derived: DerivedDb,
		readonly attribution: Attribution,
	) {
		this.repoId = `r_${seed}`;
		mkdirSync(root, { recursive: true });
		this.git('init', '--quiet', '--initial-branch=main');
	}

	git(...args: string[]): string {
		return this.gitWith({}, ...args);
	}

	gitWith(env: Readonly<Record<string, string>>, ...args: string[]): string {
		const options = quiet.flatMap((option) => ['-c', option]);
		return execFileSync('git', [...options, ...args], {
			cwd: this.root,
			encoding: 'utf8',
			env: { ...process.env, ...identity, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', ...env },
			timeout: 30_000,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	}

	commit(...more: string[]): void {
		this.git('add', '--all');
		this.git('commit', '--quiet', '--allow-empty', '--message', `change ${this.next()}`, ...more);
	}

	next(): number {
		return ++this.count;
	}

	files(root = this.root): string[] {
		return readdirSync(root, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).startsWith(join(root, '.git')))
			.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
			.sort();
	}

	/** A file to work on; undefined while there is none. */
	anyFile(): string | undefined {
		const files = this.files();
		return files.length === 0 ? undefined : this.random.pick(files);
	}

	text(path: string): string {
		return readFileSync(join(this.root, path), 'utf8');
	}

	exists(path: string): boolean {
		return existsSync(join(this.root, path));
	}

	lines(path: string): string[] {
		const lines = this.text(path).split(/\r?\n/);
		if (lines.at(-1) === '') lines.pop();
		return lines;
	}

	write(path: string, text: string): void {
		mkdirSync(dirname(join(this.root, path)), { recursive: true });
		writeFileSync(join(this.root, path), text);
	}

	/** Keeps the line breaks that the file has. */
	put(path: string, lines: readonly string[]): void {
		const end = this.exists(path) && this.text(path).includes('\r\n') ? '\r\n' : '\n';
		this.write(path, lines.map((line) => line + end).join(''));
	}

	remove(path: string): void {
		rmSync(join(this.root, path));
	}

	newPath(): string {
		return `${this.random.pick(['src', 'lib', 'src/deep'])}/file${this.next()}.${this.random.pick(['ts', 'py', 'go'])}`;
	}

	/** Lines that nobody wrote before. */
	newLines(path: string, writer?: string, most = 4): string[] {
		const language: Language = languageOf(path);
		const line = (make: (n: number) => string) => this.truth.fresh(path, make, writer);
		if (this.random.chance(0.4)) return block(language, this.random, line);
		return Array.from({ length: 1 + this.random.below(most) }, () => statement(language, this.random, line));
	}

	/** Later with each call. */
	now(): string {
		return new Date(Date.UTC(2026, 0, 1) + this.next() * 60_000).toISOString();
	}

	tell(id: string, edits: readonly TurnEdit[]): void {
		const placed = edits.map((edit) => ({ ...edit, repo_id: this.repoId }));
		this.derived.fold([record('turn', id, turn(id, { edits: placed, started_at: this.now() }))], undefined);
	}

	tellTyped(id: string, file_path: string, before: readonly string[], after: readonly string[], start_line: number): void {
		const body = {
			repo_id: this.repoId,
			checkout_id: 'c',
			file_path,
			symbol: '',
			before: before.join('\n'),
			after: after.join('\n'),
			start_line,
			at: this.now(),
			reason: 'typed',
		};
		this.derived.fold([record('edit', id, body)], undefined);
	}

	/** What is wrong in each file of a tree, with where it is. */
	async problems(root = this.root): Promise<string[]> {
		const asked: AskedFile[] = [];
		for (const path of this.files(root)) {
			const text = readFileSync(join(root, path), 'utf8');
			const place = { repo_id: this.repoId, tree: { root, head: '', commonDir: '', rootCommit: '', remotes: [] } };
			const formerly = this.formerly.get(path) ?? [];
			const { authors } = await this.attribution.file(place, path, text, formerly);
			asked.push({ paths: [path, ...formerly], text, authors });
		}
		return this.truth.problems(asked);
	}

	copyTo(other: string): void {
		cpSync(this.root, other, { recursive: true });
	}
}
