import { linesOf, said } from '../attribute/said';
import type { CallContext, CallOptions } from '../core/api';
import type { AttributedLines } from '../core/attribution';
import { UserError } from '../core/errors';
import { BlobReader } from '../platform/blobReader';
import type { NamedCommit } from '../platform/gitAdded';
import { commitNamed } from '../platform/gitAdded';
import { tree } from '../platform/gitHistory';
import type { Place } from '../platform/repositories';
import type { Attribution } from './attribution';
import { textIn } from './attribution';
import type { Fingerprints } from './fingerprints';
import { formerPaths } from './linker';
import type { AppPorts } from './ports';
import type { Stores } from './stores';
import { rangesOf } from './whyLine';

/** The files of a commit, or of the working tree. */
export interface TreeState {
	/** undefined for the working tree. */
	readonly commit: NamedCommit | undefined;
	readonly paths: readonly string[];
	/** undefined: no such file, or none with text. */
	read(path: string): Promise<string | undefined>;
}

export interface WrittenFile {
	readonly path: string;
	readonly lines: readonly string[];
	readonly ranges: readonly AttributedLines[];
}

/** Tells who wrote the lines of files as they stand in any commit. */
export class RevisionAuthors {
	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		private readonly attribution: Attribution,
		private readonly prints: Fingerprints,
	) {}

	async place(context: CallContext): Promise<Place> {
		const place = context.folder === '' ? undefined : await this.ports.repositories.at(context.folder, 0);
		if (place === undefined)
			throw new UserError(`${context.folder === '' ? 'No folder' : context.folder} lies in no git repository, so there are no lines to tell of.`);
		return place;
	}

	/** Runs `work` with a reader of the repository's blobs. */
	async reading<T>(place: Place, work: (reader: BlobReader) => Promise<T>): Promise<T> {
		const reader = new BlobReader(place.tree.root);
		try {
			return await work(reader);
		} finally {
			await reader.close();
		}
	}

	async commit(place: Place, name: string): Promise<NamedCommit> {
		const commit = await commitNamed(place.tree.root, name);
		if (commit === undefined) throw new UserError(`There is no commit ${name} in ${place.tree.root}. Give one that \`git log\` shows.`, 2);
		return commit;
	}

	async stateOf(place: Place, commit: NamedCommit, reader: BlobReader): Promise<TreeState> {
		const blobs = await tree(place.tree.root, commit.sha);
		return { commit, paths: [...blobs.keys()], read: (path) => reader.read(blobs.get(path) ?? '') };
	}

	async workingTree(place: Place): Promise<TreeState> {
		const paths = await this.ports.git.files(place.tree.root);
		const known = new Set(paths);
		return { commit: undefined, paths, read: (path) => Promise.resolve(known.has(path) ? textIn(place.tree.root, path) : undefined) };
	}

	/** Fingerprints of all turns must be there before files are asked for. */
	catchUp(options: CallOptions): Promise<void> {
		return this.prints.catchUp(options);
	}

	/** undefined: the state has no such file with text. What was written after a commit was made does not count for it. */
	async file(context: CallContext, place: Place, state: TreeState, path: string): Promise<WrittenFile | undefined> {
		const text = await state.read(path);
		if (text === undefined) return undefined;
		const lines = linesOf(text);
		const index = this.stores.codeIndex(place.checkout_id, this.stores.of(context));
		const formerly = formerPaths(index, path).slice(1);
		const prints = lines.map(said);
		const until = state.commit === undefined ? undefined : secondAfter(state.commit.at);
		// Which other files are needed is known once they are asked for.
		const others = new Map<string, string | undefined>();
		for (;;) {
			const missing = new Set<string>();
			const read = (other: string) => {
				if (!others.has(other)) missing.add(other);
				return others.get(other);
			};
			const found = this.attribution.match(place, path, prints, formerly, read, until);
			if (missing.size === 0) return { path, lines, ranges: rangesOf(found) };
			for (const other of missing) others.set(other, await state.read(other));
		}
	}
}

/** git tells whole seconds, and a turn may end within that of its commit. */
function secondAfter(at: string): string | undefined {
	return at === '' ? undefined : new Date(Date.parse(at) + 999).toISOString();
}
