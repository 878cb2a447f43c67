import { BlobReader } from '../platform/blobReader';
import { tips, treeDifference } from '../platform/gitHistory';
import { printsOf } from './treeIndex';

/** More branches than this are not looked into. */
const mostTips = 60;

/** Lines that stand on a branch that is not checked out, in a stash, or in another worktree's commit. Read when first asked for. */
export class OtherTips {
	private prints: Promise<ReadonlySet<number>> | undefined;

	constructor(
		private readonly root: string,
		private readonly head: string,
	) {}

	async holds(print: number): Promise<boolean> {
		this.prints ??= this.read();
		return (await this.prints).has(print);
	}

	private async read(): Promise<ReadonlySet<number>> {
		const found = new Set<number>();
		if (this.head === '') return found;
		const blobs = new BlobReader(this.root);
		const seen = new Set<string>([this.head]);
		try {
			for (const { sha } of (await tips(this.root)).slice(0, mostTips)) {
				if (seen.has(sha)) continue;
				seen.add(sha);
				for (const { new_blob } of await treeDifference(this.root, this.head, sha)) {
					if (new_blob === '' || seen.has(new_blob)) continue;
					seen.add(new_blob);
					for (const print of printsOf((await blobs.read(new_blob)) ?? '')) if (print > 0) found.add(print);
				}
			}
		} finally {
			await blobs.close();
		}
		return found;
	}
}
