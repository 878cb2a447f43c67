import { readFileSync, statSync } from 'node:fs';
import type { ClaimedTurn } from '../attribute/interchange/claims';
import type { TracedFile } from '../attribute/interchange/traceRecord';
import { claimsOfTrace, tracesOf } from '../attribute/interchange/traceRecord';
import { within } from '../attribute/interchange/lineRanges';
import type { AgentTrace } from '../core/agentTrace';
import { ForeignTrace } from '../core/agentTrace';
import type { CallContext, CallOptions, Input, Output } from '../core/api';
import { UserError, messageOf } from '../core/errors';
import type { BlobReader } from '../platform/blobReader';
import type { NamedCommit } from '../platform/gitAdded';
import { addedLines, commitsOfRange } from '../platform/gitAdded';
import { sha256 } from '../platform/hash';
import { packageVersion } from '../platform/packageVersion';
import type { Place } from '../platform/repositories';
import type { ClaimImport } from './claimImport';
import { ClaimsTally } from './claimImport';
import type { AppPorts } from './ports';
import type { RevisionAuthors, TreeState, WrittenFile } from './revisionAuthors';

/** Larger files of records are refused. */
const mostBytes = 64 * 1024 * 1024;

/** Writes and reads Agent Trace records. */
export class Traces {
	constructor(
		private readonly ports: AppPorts,
		private readonly authors: RevisionAuthors,
		private readonly claims: ClaimImport,
	) {}

	async export(context: CallContext, input: Input<'exportTrace'>, options: CallOptions): Promise<Output<'exportTrace'>> {
		const place = await this.authors.place(context);
		await this.authors.catchUp(options);
		const records = await this.authors.reading(place, (reader) => this.recordsOf(context, place, reader, input, options));
		return { records };
	}

	async import(context: CallContext, { paths, revision, dry_run = false }: Input<'importTrace'>, { signal }: CallOptions): Promise<Output<'importTrace'>> {
		const place = await this.authors.place(context);
		const tally = new ClaimsTally();
		const turns = new Map<string, ClaimedTurn[]>();
		for (const path of paths)
			for (const record of recordsIn(path, tally)) {
				const claims = claimsOfTrace(record, timeOf(record.timestamp) ?? this.ports.clock.now().toISOString());
				tally.records++;
				tally.otherLines += claims.otherLines;
				for (const { reason, what } of claims.refused) tally.refuse(reason, what);
				const name = revision ?? (record.vcs === undefined || record.vcs.type === 'git' ? (record.vcs?.revision ?? '') : `${record.vcs.type}:`);
				turns.set(name, [...(turns.get(name) ?? []), ...claims.turns]);
			}
		await this.authors.reading(place, async (reader) => {
			for (const [name, claimed] of turns) {
				signal?.throwIfAborted();
				const state = await this.stateNamed(place, name, claimed, reader, tally);
				if (state !== undefined) await this.claims.take(place, state, withTexts(state, claimed, tally), tally, dry_run);
			}
		});
		return tally.report();
	}

	private async stateNamed(
		place: Place,
		name: string,
		claimed: readonly ClaimedTurn[],
		reader: BlobReader,
		tally: ClaimsTally,
	): Promise<TreeState | undefined> {
		if (name === '') return this.authors.workingTree(place);
		const commit = name.endsWith(':') || name.startsWith('-') ? undefined : await this.authors.commit(place, name).catch(() => undefined);
		if (commit !== undefined) return this.authors.stateOf(place, commit, reader);
		for (const { origin } of claimed) tally.refuse('the revision is not in this repository', `${name} (${origin})`);
		return undefined;
	}

	private async recordsOf(context: CallContext, place: Place, reader: BlobReader, input: Input<'exportTrace'>, options: CallOptions): Promise<AgentTrace[]> {
		if (input.range !== undefined) return this.ofCommits(context, place, reader, input.range, input.files ?? [], options);
		const working = input.working_tree === true;
		const state = working
			? await this.authors.workingTree(place)
			: await this.authors.stateOf(place, await this.authors.commit(place, input.revision ?? 'HEAD'), reader);
		const files: TracedFile[] = [];
		const chosen = chosenPaths(state.paths, input.files ?? []);
		for (const [done, path] of chosen.entries()) {
			options.signal?.throwIfAborted();
			options.onProgress?.({ step: 'Files', done, total: chosen.length });
			const file = await this.authors.file(context, place, state, path);
			if (file?.ranges.some(({ turn_id }) => turn_id !== undefined) === true) files.push(file);
		}
		return this.traces(files, state.commit);
	}

	/** Of each commit the lines that it added. */
	private async ofCommits(
		context: CallContext,
		place: Place,
		reader: BlobReader,
		range: string,
		only: readonly string[],
		options: CallOptions,
	): Promise<AgentTrace[]> {
		const commits = await commitsOfRange(place.tree.root, range);
		if (commits === undefined) throw new UserError(`git knows no range ${range}. Give two commits as in main..HEAD.`, 2);
		const records: AgentTrace[] = [];
		for (const [done, commit] of commits.entries()) {
			options.onProgress?.({ step: 'Commits', done, total: commits.length });
			const files = await addedFiles(this.authors, context, place, reader, commit, options.signal);
			const chosen = new Set(
				chosenPaths(
					files.map(({ path }) => path),
					only,
				),
			);
			records.push(
				...this.traces(
					files.filter((file) => chosen.has(file.path) && file.ranges.some(({ turn_id }) => turn_id !== undefined)),
					commit,
				),
			);
		}
		return records;
	}

	private traces(files: readonly TracedFile[], commit: NamedCommit | undefined): AgentTrace[] {
		const turn = (id: string) => this.ports.derived.turn(id);
		return tracesOf(files, { revision: commit?.sha, timestamp: this.ports.clock.now().toISOString(), version: packageVersion(), sha256, turn });
	}
}

/** The files of a commit, with those ranges alone that the commit added. */
export async function addedFiles(
	authors: RevisionAuthors,
	context: CallContext,
	place: Place,
	reader: BlobReader,
	commit: NamedCommit,
	signal?: AbortSignal,
): Promise<WrittenFile[]> {
	signal?.throwIfAborted();
	const added = await addedLines(place.tree.root, commit.sha, signal);
	if (added.size === 0) return [];
	const state = await authors.stateOf(place, commit, reader);
	const files: WrittenFile[] = [];
	for (const [path, lines] of added) {
		const file = await authors.file(context, place, state, path);
		if (file !== undefined) files.push({ ...file, ranges: file.ranges.flatMap((range) => within([range], lines).map((part) => ({ ...range, ...part }))) });
	}
	return files;
}

/** Those that are named, or lie in a folder that is named; all without a name. A name that fits nothing is an error. */
function chosenPaths(paths: readonly string[], names: readonly string[]): string[] {
	const plain = names.map((name) => name.replace(/^\.\/|\/+$/g, ''));
	const isIn = (path: string, name: string) => name === '.' || path === name || path.startsWith(`${name}/`);
	const [missing] = plain.filter((name) => !paths.some((path) => isIn(path, name)));
	if (missing !== undefined) throw new UserError(`There is no file ${missing} in that state of the repository. Name files relative to its top folder.`, 2);
	return paths.filter((path) => plain.length === 0 || plain.some((name) => isIn(path, name)));
}

/** Without a revision only a hash can tell that the lines are those that were meant. */
function withTexts(state: TreeState, claimed: readonly ClaimedTurn[], tally: ClaimsTally): ClaimedTurn[] {
	if (state.commit !== undefined) return [...claimed];
	return claimed.map((turn) => ({
		...turn,
		files: turn.files.map(({ path, ranges }) => ({
			path,
			ranges: ranges.filter(({ from, to, hash }) => {
				const told = hash?.startsWith('sha256:') === true;
				if (!told) tally.refuse('the record names neither a revision nor a sha256 of the lines', `${path}:${from}-${to} (${turn.origin})`);
				return told;
			}),
		})),
	}));
}

/** A record, a list of them, `{"records": […]}`, or one a line. */
function recordsIn(path: string, tally: ClaimsTally): ForeignTrace[] {
	const text = textOf(path);
	const whole = parsed(text);
	const found =
		whole === undefined
			? text
					.split('\n')
					.filter((line) => line.trim() !== '')
					.map(parsed)
			: listOf(whole);
	return found.flatMap((value) => {
		const record = ForeignTrace.safeParse(value).data;
		if (record === undefined) tally.refuse('no trace record', path);
		return record ?? [];
	});
}

function listOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	const inner = typeof value === 'object' && value !== null && 'records' in value ? value.records : undefined;
	return Array.isArray(inner) ? inner : [value];
}

function textOf(path: string): string {
	try {
		if (statSync(path).size > mostBytes) throw new UserError(`${path} is larger than ${mostBytes / 1024 / 1024} MB, so it is not read. Split it.`);
		return readFileSync(path, 'utf8');
	} catch (cause) {
		if (cause instanceof UserError) throw cause;
		throw new UserError(`${path} cannot be read: ${messageOf(cause)}.`, 2, { cause });
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function timeOf(text: string): string | undefined {
	const time = Date.parse(text);
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
