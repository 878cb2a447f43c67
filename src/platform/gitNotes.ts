import { UserError } from '../core/errors';
import { GitFailed, gitFields, gitText, revision } from './gitProcess';

/** A note: the blob with its text, and the commit it is about. */
export interface Note {
	readonly commit: string;
	readonly blob: string;
}

/** Notes on commits under one ref. `ref` may be short: `ai` is `refs/notes/ai`. Where there is no such ref, there are no notes. */
export class GitNotes {
	constructor(
		private readonly root: string,
		private readonly ref: string,
	) {
		revision(ref);
	}

	async list(signal?: AbortSignal): Promise<Note[]> {
		const notes: Note[] = [];
		for await (const lines of gitFields(this.root, this.command('list'), { signal }, '\n'))
			for (const line of lines) {
				const [blob = '', commit = ''] = line.split(' ');
				if (commit !== '') notes.push({ commit, blob });
			}
		return notes;
	}

	/** undefined when the commit has none. For many notes, `list` and a BlobReader are faster. */
	async read(commit: string): Promise<string | undefined> {
		try {
			return await gitText(this.root, this.command('show', revision(commit)));
		} catch (cause) {
			if (cause instanceof GitFailed) return undefined;
			throw cause;
		}
	}

	/** Sets a commit's note, letter by letter (`-F` would take out blank lines), in place of one that is there. This writes into the repository. */
	async write(commit: string, text: string): Promise<void> {
		try {
			// Without it a note on a commit that is not there would be taken.
			await gitText(this.root, ['rev-parse', '--verify', `${revision(commit)}^{commit}`]);
			const blob = (await gitText(this.root, ['hash-object', '-w', '--stdin'], { input: text })).trim();
			await gitText(this.root, this.command('add', '--force', '--allow-empty', '-C', blob, commit));
		} catch (cause) {
			if (cause instanceof GitFailed && /tell me who you are|ident name|auto-detect email/i.test(cause.stderr))
				throw new UserError('git does not know who writes the note. Run: git config user.name "…" and git config user.email "…"', 1, { cause });
			throw cause;
		}
	}

	private command(name: string, ...args: string[]): string[] {
		return ['notes', `--ref=${this.ref}`, name, ...args];
	}
}
