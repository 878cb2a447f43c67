import type { NoteDraft } from '../attribute/interchange/authorshipNote';
import { boundedDraft, disputedLines, formatNote, mergedNote, parseNote } from '../attribute/interchange/authorshipNote';
import type { NotedLines } from '../attribute/interchange/noteClaims';
import { claimsOfNote, noteDraft } from '../attribute/interchange/noteClaims';
import type { CallContext, CallOptions, Input, Output } from '../core/api';
import { UserError } from '../core/errors';
import type { BlobReader } from '../platform/blobReader';
import type { NamedCommit } from '../platform/gitAdded';
import { commitNamed, commitsOfRange } from '../platform/gitAdded';
import { GitNotes } from '../platform/gitNotes';
import { sha256 } from '../platform/hash';
import { packageVersion } from '../platform/packageVersion';
import type { Place } from '../platform/repositories';
import type { ClaimImport } from './claimImport';
import { ClaimsTally } from './claimImport';
import type { AppPorts } from './ports';
import type { RevisionAuthors, WrittenFile } from './revisionAuthors';
import { addedFiles } from './traces';

/** Where git-ai keeps its notes. */
const ref = 'refs/notes/ai';
/** A note is kept below so many bytes; what does not fit is left out, the files with the fewest lines first. */
const mostBytes = 64 * 1024;

/** Reads and writes authorship logs as git-ai keeps them in git notes. */
export class AuthorshipNotes {
	constructor(
		private readonly ports: AppPorts,
		private readonly authors: RevisionAuthors,
		private readonly claims: ClaimImport,
	) {}

	async import(context: CallContext, { range, dry_run = false }: Input<'importNotes'>, options: CallOptions): Promise<Output<'importNotes'>> {
		const place = await this.authors.place(context);
		const only = range === undefined ? undefined : new Set((await this.commitsIn(place, range)).map(({ sha }) => sha));
		const listed = await new GitNotes(place.tree.root, ref).list(options.signal);
		const notes = listed.filter(({ commit }) => only?.has(commit) !== false);
		const tally = new ClaimsTally();
		await this.authors.reading(place, async (reader) => {
			for (const [done, { commit, blob }] of notes.entries()) {
				options.signal?.throwIfAborted();
				options.onProgress?.({ step: 'Notes', done, total: notes.length });
				await this.importNote(place, commit, (await reader.read(blob)) ?? '', reader, tally, dry_run);
			}
		});
		return tally.report();
	}

	private async importNote(place: Place, name: string, text: string, reader: BlobReader, tally: ClaimsTally, dry: boolean): Promise<void> {
		const note = parseNote(text);
		const commit = note === undefined ? undefined : await commitNamed(place.tree.root, name);
		if (note === undefined || commit === undefined) {
			tally.refuse(note === undefined ? 'no authorship log of a known version' : 'the commit of the note is gone', name);
			return;
		}
		tally.records++;
		const { turns, otherLines, refused } = claimsOfNote(note, commit.sha, commit.at === '' ? this.ports.clock.now().toISOString() : commit.at);
		tally.otherLines += otherLines;
		for (const { reason, what } of refused) tally.refuse(reason, what);
		if (turns.length > 0) await this.claims.take(place, await this.authors.stateOf(place, commit, reader), turns, tally, dry);
	}

	async export(context: CallContext, { range, commit, dry_run = false }: Input<'exportNotes'>, options: CallOptions): Promise<Output<'exportNotes'>> {
		const place = await this.authors.place(context);
		await this.authors.catchUp(options);
		const commits = range === undefined ? [await this.authors.commit(place, commit ?? 'HEAD')] : await this.commitsIn(place, range);
		const report = { commits: commits.length, written: 0, merged: 0, unchanged: 0, empty: 0, bytes: 0 };
		const tally = new ClaimsTally();
		await this.authors.reading(place, async (reader) => {
			for (const [done, one] of commits.entries()) {
				options.onProgress?.({ step: 'Commits', done, total: commits.length });
				const files = await addedFiles(this.authors, context, place, reader, one, options.signal);
				const { outcome, bytes } = await this.writeNote(place, one, this.draftOf(files, one), tally, dry_run);
				if (outcome !== 'refused') report[outcome]++;
				report.bytes += bytes;
			}
		});
		return { ...report, refused: tally.refused() };
	}

	private async writeNote(place: Place, commit: NamedCommit, draft: NoteDraft, tally: ClaimsTally, dry: boolean) {
		const notes = new GitNotes(place.tree.root, ref);
		const text = await notes.read(commit.sha);
		const standing = text === undefined ? undefined : parseNote(text);
		if (text !== undefined && (standing === undefined || standing.damaged > 0)) {
			tally.refuse('another note stands there that is no authorship log of a known version; it was left alone', commit.sha);
			return { outcome: 'refused' as const, bytes: 0 };
		}
		if (standing !== undefined && disputedLines(standing, draft) > 0)
			tally.refuse('the note of another tool gives lines of a turn to a person; it was left so', commit.sha);
		const limit = Math.max(mostBytes, Buffer.byteLength(text ?? ''));
		const merged = (some: NoteDraft) => mergedNote(standing, some, commit.sha);
		const { draft: fitting, left } = boundedDraft(draft, (some) => Buffer.byteLength(merged(some) ?? '') <= limit);
		for (let file = 0; file < left; file++)
			tally.refuse(`the note would be larger than ${mostBytes / 1024} KiB, so files with few lines were left out`, commit.sha);
		const next = merged(fitting);
		if (next === undefined) return { outcome: 'empty' as const, bytes: 0 };
		// Nothing to add and nothing to take back: not even the layout is touched.
		if (standing !== undefined && next === formatNote(standing))
			return { outcome: draft.files.length === 0 ? ('empty' as const) : ('unchanged' as const), bytes: 0 };
		if (!dry) await notes.write(commit.sha, next);
		return { outcome: standing === undefined ? ('written' as const) : ('merged' as const), bytes: Buffer.byteLength(next) };
	}

	/** Lines of persons are told only beside those of turns: a note is about what assistants did. */
	private draftOf(files: readonly WrittenFile[], commit: NamedCommit): NoteDraft {
		const noted = files.map(({ path, ranges }) => ({ path, lines: ranges.flatMap((range) => this.linesOf(range)) }));
		const withTurns = noted.some(({ lines }) => lines.some(({ by }) => by !== 'human'));
		return noteDraft(withTurns ? noted : [], packageVersion(), commit.committer, sha256);
	}

	private linesOf({ from, to, attribution, turn_id }: WrittenFile['ranges'][number]): NotedLines[] {
		const turn = turn_id === undefined ? undefined : this.ports.derived.turn(turn_id);
		if (turn !== undefined) return [{ from, to, by: turn }];
		return attribution === 'human' ? [{ from, to, by: 'human' }] : [];
	}

	private async commitsIn(place: Place, range: string): Promise<NamedCommit[]> {
		const commits = await commitsOfRange(place.tree.root, range);
		if (commits === undefined) throw new UserError(`git knows no range ${range}. Give two commits as in main..HEAD.`, 2);
		return commits;
	}
}
