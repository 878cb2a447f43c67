import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporaryFolder';

const identity = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.org', GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.org' };

/** A real git repository in a temporary folder. */
export class GitRepository {
	private readonly folder: { path: string; remove(): void };

	constructor(
		files: Readonly<Record<string, string>> = {},
		private readonly env: Readonly<Record<string, string | undefined>> = process.env,
	) {
		this.folder = temporaryFolder('repository');
		this.git('init', '--quiet', '--initial-branch=main');
		if (Object.keys(files).length === 0) return;
		for (const [path, text] of Object.entries(files)) this.write(path, text);
		this.commit('start');
	}

	get root(): string {
		return this.folder.path;
	}

	write(path: string, text: string | Uint8Array): string {
		const file = join(this.root, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
		return file;
	}

	commit(message: string): string {
		this.git('add', '--all');
		this.git('commit', '--quiet', '--allow-empty', '--message', message);
		return this.git('rev-parse', 'HEAD').trim();
	}

	git(...args: string[]): string {
		return execFileSync('git', args, { cwd: this.root, encoding: 'utf8', env: { ...this.env, ...identity }, timeout: 20_000 });
	}

	remove(): void {
		this.folder.remove();
	}
}
