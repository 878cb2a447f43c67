/** A file that is not the same in two trees. Paths are relative to the tree's top, with `/`. Only regular files: links and submodules have no text. */
export interface BlobChange {
	readonly path: string;
	/** Where it was before, for a rename or a copy. */
	readonly from?: string;
	readonly status: 'added' | 'deleted' | 'modified' | 'renamed' | 'copied';
	/** '' where there is none. */
	readonly old_blob: string;
	/** '' where there is none. */
	readonly new_blob: string;
}

/** Reads what `--raw -z` prints, field by field. */
export class DifferenceReader {
	private entry: { readonly status: string; readonly old_blob: string; readonly new_blob: string } | undefined;
	private paths: string[] = [];

	/** Takes a field. Returns true when it was none of a difference. `add` gets a change when its last field came. */
	take(field: string, add: (change: BlobChange) => void): boolean {
		if (this.entry === undefined) {
			const [, oldMode = '', newMode = '', oldBlob = '', newBlob = '', status] = /^\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(field) ?? [];
			if (status === undefined) return false;
			this.entry = { status, old_blob: blobOf(oldMode, oldBlob), new_blob: blobOf(newMode, newBlob) };
			return true;
		}
		this.paths.push(field);
		if (this.paths.length < (/[RC]/.test(this.entry.status) ? 2 : 1)) return true;
		const [first = '', second] = this.paths;
		const change = changeOf(this.entry, first, second);
		this.entry = undefined;
		this.paths = [];
		if (change !== undefined) add(change);
		return true;
	}
}

function changeOf(
	entry: { readonly status: string; readonly old_blob: string; readonly new_blob: string },
	first: string,
	second?: string,
): BlobChange | undefined {
	const { old_blob, new_blob } = entry;
	if (second !== undefined) return { path: second, from: first, status: entry.status === 'C' ? 'copied' : 'renamed', old_blob, new_blob };
	// Both '' for a submodule or a link, the same for a change of mode alone.
	if (old_blob === new_blob) return undefined;
	const status = old_blob === '' ? 'added' : new_blob === '' ? 'deleted' : 'modified';
	return { path: first, status, old_blob, new_blob };
}

/** '' unless the mode is that of a regular file. */
function blobOf(mode: string, object: string): string {
	return mode.startsWith('100') && !/^0+$/.test(object) ? object : '';
}
