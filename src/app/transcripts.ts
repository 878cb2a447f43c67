import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CallOptions, ImportReport, Input, Output } from '../core/api';
import { Cancelled, UserError, messageOf } from '../core/errors';
import { TurnObservation } from '../core/turn';
import type { ReadMark, TranscriptRef, TranscriptSource } from '../capture/captureSource';
import { cursorName, isCursorTranscriptKey } from '../capture/chat/cursorTurnKey';
import { belongsTo, sourceOf } from '../capture/chat/sources';
import { filesUnder } from '../capture/chat/transcriptFiles';
import { Bookmarks, keyOf, type OpenedTranscript } from './bookmarks';
import type { CaptureHealth } from './captureHealth';
import type { Ingest } from './ingest';
import type { AppPorts } from './ports';

/** Turns go to the journal in groups of this many: a flush a turn would make years of history slow. */
const groupSize = 40;
/** A folder that is given is looked through so many folders down. */
const deepest = 8;

/** A session whose transcript has something new; where it lies is not always known. */
export interface SessionLook {
	readonly assistant: string;
	readonly session_id: string;
	readonly transcript_path?: string;
}

/** How an import is done. */
interface Way {
	readonly signal?: AbortSignal | undefined;
	/** Read from the start, whatever was read before. */
	readonly anew?: boolean;
	readonly onTurns?: () => void;
}

/** Turns that are kept together, and how far the file was read then. */
interface Group {
	readonly turns: readonly TurnObservation[];
	readonly at?: ReadMark | undefined;
	readonly isWhole: boolean;
}

/** Past transcripts of assistants: finds them and brings them in. */
export class Transcripts {
	private readonly bookmarks: Bookmarks;
	/** Transcripts that are being read; who wants one of them waits. */
	private readonly reading = new Map<string, Promise<void>>();

	constructor(
		private readonly ports: AppPorts,
		private readonly ingest: Ingest,
		private readonly health: CaptureHealth,
	) {
		this.bookmarks = new Bookmarks(join(ports.paths.state, 'bookmarks'), ports.sources, ports.log);
	}

	/** Transcripts on this machine whose assistant worked in the folder, newest first. */
	async find(folder: string, { everywhere = false, source }: Input<'findTranscripts'>): Promise<TranscriptRef[]> {
		const root = folder === '' ? '' : ((await this.ports.repositories.at(folder))?.tree.root ?? folder);
		const found = await this.findAll(root === '' ? [] : [root], this.sourcesNamed(source));
		return found.filter((ref) => everywhere || (root !== '' && belongsTo(ref, root)));
	}

	/** All transcripts on this machine, newest first. `folders`: where assistants may keep theirs beside the code. */
	async findAll(folders: readonly string[], sources = this.ports.sources): Promise<TranscriptRef[]> {
		const found: TranscriptRef[] = [];
		for (const source of sources) {
			try {
				found.push(...(await source.find({ ...this.ports.places, folders })));
			} catch (cause) {
				this.ports.log.warn(`looking for transcripts of ${source.name}: ${messageOf(cause)}`);
			}
		}
		return found.sort((a, b) => (a.modified < b.modified ? 1 : -1));
	}

	/** Imports given files, or all that `find` shows. A file that has not changed since its last import is not read again, unless it is given. */
	async import(folder: string, input: Input<'importTranscripts'>, { signal, onProgress }: CallOptions): Promise<ImportReport> {
		const given = (await this.filesAt(input.paths ?? [], input.source)).map((path) => this.given(path, input.source));
		const anew = given.length > 0;
		const found = anew ? given : await this.find(folder, input);
		const refs = anew ? await this.withBeside(given) : await this.fresh(found);
		const report = emptyReport(found.length);
		for (const [position, ref] of refs.entries()) {
			const onTurns = () => onProgress?.({ step: `importing (${report.turns_new} new turns)`, done: position, total: refs.length });
			onTurns();
			if (signal?.aborted === true) throw new Cancelled();
			await this.importOne(ref, report, { signal, anew, onTurns });
		}
		return report;
	}

	/** Brings in what is new in transcripts that were found. */
	async importFound(refs: readonly TranscriptRef[], signal: AbortSignal): Promise<void> {
		const report = emptyReport(refs.length);
		for (const ref of await this.fresh(refs)) {
			if (signal.aborted) return;
			await this.importOne(ref, report, { signal });
		}
		this.logErrors(report);
	}

	/** Brings in what one session's transcript and those of its sub-agents hold by now. Nothing happens when it has not changed, is gone, or is of an assistant whose transcripts are not read. */
	async importSession({ assistant, session_id, transcript_path }: SessionLook): Promise<void> {
		const source = this.ports.sources.find((one) => one.name === assistant);
		if (source === undefined) return;
		const isThere = transcript_path !== undefined && existsSync(transcript_path);
		const refs = isThere
			? [transcript_path, ...((await source.further?.(transcript_path, session_id)) ?? [])].map((path) => this.given(path, assistant))
			: (await source.find(this.ports.places)).filter((ref) => ref.session_id === session_id);
		const report = emptyReport(refs.length);
		for (const ref of await this.fresh(refs)) await this.importOne(ref, report, {});
		this.logErrors(report);
	}

	private logErrors({ errors }: ImportReport): void {
		for (const { path, error } of errors) this.ports.log.warn(`${path} could not be read: ${error}`);
	}

	/** What the files hold, without keeping anything. */
	async read({ paths, source }: Input<'readTranscripts'>): Promise<Output<'readTranscripts'>> {
		// A source may tell a turn again when it learns more of it.
		const turns = new Map<string, TurnObservation>();
		const unknown: Record<string, number> = {};
		const files = await this.filesAt(paths, source);
		for (const path of files) {
			for await (const event of this.sourceFor(path, source).read(path)) {
				if (event.type === 'unknown') count(unknown, `${event.source}: ${event.what}`);
				else if (event.type === 'turn')
					turns.set(JSON.stringify([event.turn.assistant, event.turn.session_id, event.turn.turn_key]), TurnObservation.parse(event.turn));
			}
		}
		return { turns: await this.ingest.shown([...turns.values()]), unknown, transcripts: files.length };
	}

	/** The files given, and of folders given all transcripts below them. Throws a UserError for a folder without any. */
	private async filesAt(paths: readonly string[], source: string | undefined): Promise<string[]> {
		const files: string[] = [];
		for (const path of paths) {
			if (!statOf(path).isDirectory()) {
				files.push(path);
				continue;
			}
			const below = await filesUnder(path, deepest, (file) => this.isTranscript(file, source));
			if (below.length === 0) throw new UserError(`No transcript that is known lies in ${path}.`);
			files.push(...below);
		}
		return files;
	}

	private isTranscript(path: string, source: string | undefined): boolean {
		try {
			return sourceOf(path, headOf(path), this.sourcesNamed(source)) !== undefined;
		} catch (cause) {
			if (cause instanceof UserError && cause.exitCode === 2) throw cause;
			return false;
		}
	}

	private async importOne(ref: TranscriptRef, report: ImportReport, way: Way): Promise<void> {
		const key = keyOf(ref);
		const before = this.reading.get(key);
		if (before !== undefined) {
			await before.catch(() => undefined);
			if (this.bookmarks.isRead(ref)) return;
		}
		const mine = this.importNow(ref, report, way);
		this.reading.set(key, mine);
		try {
			await mine;
		} finally {
			if (this.reading.get(key) === mine) this.reading.delete(key);
		}
	}

	private async importNow(ref: TranscriptRef, report: ImportReport, way: Way): Promise<void> {
		report.transcripts++;
		const opened = this.opened(ref, report, way);
		if (opened === undefined) return;
		let kept: ReadMark | undefined;
		for await (const { turns, at, isWhole } of this.groups(opened, report, way)) {
			await this.keep(turns, report);
			// Only now: a stop before this line reads that part again, which changes nothing.
			if (at !== kept || isWhole) this.bookmarks.keep(opened, at, isWhole);
			kept = at;
			way.onTurns?.();
		}
	}

	private opened(ref: TranscriptRef, report: ImportReport, { anew }: Way): OpenedTranscript | undefined {
		try {
			return this.bookmarks.open(ref, anew);
		} catch (cause) {
			report.errors.push({ path: ref.path, error: messageOf(cause) });
			return undefined;
		}
	}

	/** Turns of a transcript. What cannot be read is reported; what cannot be kept ends the import. */
	private async *groups({ ref, from }: OpenedTranscript, report: ImportReport, { signal }: Way): AsyncGenerator<Group> {
		let turns: TurnObservation[] = [];
		let at: ReadMark | undefined;
		try {
			const session = ref.shared === true ? { session_id: ref.session_id } : {};
			const events = this.sourceFor(ref.path, ref.source).read(ref.path, { signal, from, ...session });
			for await (const event of this.health.watched(ref, events, { signal, resumed: from !== undefined })) {
				if (event.type === 'unknown') count(report.unknown, `${event.source}: ${event.what}`);
				else if (event.type === 'turn') turns.push(TurnObservation.parse(event.turn));
				else at = event.mark;
				if (turns.length < groupSize && event.type !== 'mark') continue;
				yield { turns, at, isWhole: false };
				turns = [];
			}
		} catch (cause) {
			if (cause instanceof Cancelled || signal?.aborted === true) throw new Cancelled();
			report.errors.push({ path: ref.path, error: messageOf(cause) });
			yield { turns, isWhole: false };
			return;
		}
		yield { turns, at, isWhole: true };
	}

	private async keep(group: readonly TurnObservation[], report: ImportReport) {
		const fresh = group.filter((turn) => !this.isToldBetter(turn));
		if (fresh.length === 0) return;
		for (const { outcome, redactions } of await this.ingest.turns(fresh)) {
			report.turns_seen++;
			report.redactions += redactions;
			if (outcome === 'new') report.turns_new++;
			else if (outcome === 'extended') report.turns_extended++;
			else if (outcome === 'left out') report.turns_left_out++;
			else report.turns_unchanged++;
		}
	}

	/** Cursor's transcripts name turns otherwise than its hooks and its database: what those told of a session would be told again. */
	private isToldBetter(turn: TurnObservation): boolean {
		if (turn.assistant !== cursorName || !isCursorTranscriptKey(turn.turn_key)) return false;
		return this.ports.derived.turnKeys(cursorName, turn.session_id).some((key) => !isCursorTranscriptKey(key));
	}

	private given(path: string, source: string | undefined): TranscriptRef {
		const stat = statOf(path);
		return { path, source: this.sourceFor(path, source).name, session_id: '', bytes: stat.size, modified: stat.mtime.toISOString() };
	}

	private async fresh(refs: readonly TranscriptRef[]): Promise<TranscriptRef[]> {
		return (await this.withBeside(refs)).filter((ref) => !this.bookmarks.isRead(ref));
	}

	/** With how what is read together with each of them stands now, before the reading. */
	private async withBeside(refs: readonly TranscriptRef[]): Promise<TranscriptRef[]> {
		const full: TranscriptRef[] = [];
		for (const ref of refs) {
			const beside = await this.sourceFor(ref.path, ref.source).beside?.(ref.path);
			full.push(beside === undefined ? ref : { ...ref, beside });
		}
		return full;
	}

	private sourcesNamed(name: string | undefined): readonly TranscriptSource[] {
		if (name === undefined) return this.ports.sources;
		const chosen = this.ports.sources.filter((source) => source.name === name);
		if (chosen.length === 0) throw new UserError(`There is no source "${name}". Known ones: ${this.ports.sources.map((source) => source.name).join(', ')}.`, 2);
		return chosen;
	}

	private sourceFor(path: string, name: string | undefined): TranscriptSource {
		if (name !== undefined) {
			const [named] = this.sourcesNamed(name);
			if (named !== undefined) return named;
		}
		const source = sourceOf(path, headOf(path), this.ports.sources);
		if (source === undefined)
			throw new UserError(
				`${path} is no transcript that is known. Name its assistant with --source (${this.ports.sources.map((one) => one.name).join(', ')}).`,
			);
		return source;
	}
}

function emptyReport(found: number): ImportReport {
	return {
		found,
		transcripts: 0,
		turns_seen: 0,
		turns_new: 0,
		turns_extended: 0,
		turns_unchanged: 0,
		turns_left_out: 0,
		redactions: 0,
		unknown: {},
		errors: [],
	};
}

function statOf(path: string) {
	try {
		return statSync(path);
	} catch (cause) {
		throw new UserError(`${path} cannot be read: ${messageOf(cause)}.`, 1, { cause });
	}
}

function headOf(path: string): string {
	statOf(path);
	const head = Buffer.alloc(16_384);
	const fd = openSync(path, 'r');
	try {
		return head.toString('utf8', 0, readSync(fd, head, 0, head.length, 0));
	} finally {
		closeSync(fd);
	}
}

function count(counts: Record<string, number>, key: string) {
	counts[key] = (counts[key] ?? 0) + 1;
}
