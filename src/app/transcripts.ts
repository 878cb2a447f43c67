import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CallOptions, ImportReport, Input, Output } from '../core/api';
import { Cancelled, UserError, messageOf } from '../core/errors';
import { TurnObservation } from '../core/turn';
import type { TranscriptRef, TranscriptSource } from '../capture/captureSource';
import { belongsTo, sourceOf } from '../capture/chat/sources';
import { readState, writeState } from '../platform/stateFile';
import type { Ingest } from './ingest';
import type { AppPorts } from './ports';

/** Turns go to the journal in groups of this many: a flush a turn would make years of history slow. */
const groupSize = 40;

const Bookmarks = z.record(z.string(), z.object({ bytes: z.number(), modified: z.string() }));

/** A session whose transcript has something new; where it lies is not always known. */
export interface SessionLook {
	readonly assistant: string;
	readonly session_id: string;
	readonly transcript_path?: string;
}

/** Past transcripts of assistants: finds them and brings them in. */
export class Transcripts {
	constructor(
		private readonly ports: AppPorts,
		private readonly ingest: Ingest,
	) {}

	/** Transcripts on this machine whose assistant worked in the folder, newest first. */
	async find(folder: string, { everywhere = false, source }: Input<'findTranscripts'>): Promise<TranscriptRef[]> {
		const found: TranscriptRef[] = [];
		const root = folder === '' ? '' : ((await this.ports.repositories.at(folder))?.tree.root ?? folder);
		for (const one of this.sourcesNamed(source)) {
			try {
				const refs = await one.find({ ...this.ports.places, folders: root === '' ? [] : [root] });
				found.push(...refs.filter((ref) => everywhere || (root !== '' && belongsTo(ref, root))));
			} catch (cause) {
				this.ports.log.warn(`looking for transcripts of ${one.name}: ${messageOf(cause)}`);
			}
		}
		return found.sort((a, b) => (a.modified < b.modified ? 1 : -1));
	}

	/** Imports given files, or all that `find` shows. A file that has not changed since its last import is not read again. */
	async import(folder: string, input: Input<'importTranscripts'>, { signal, onProgress }: CallOptions): Promise<ImportReport> {
		const given = (input.paths ?? []).map((path) => this.given(path, input.source));
		const found = given.length > 0 ? given : await this.find(folder, input);
		const refs = given.length > 0 ? given : this.fresh(found);
		const report = emptyReport(found.length);
		for (const [position, ref] of refs.entries()) {
			onProgress?.({ step: `importing (${report.turns_new} new turns)`, done: position, total: refs.length });
			if (signal?.aborted === true) throw new Cancelled();
			await this.importOne(ref, report, signal);
		}
		return report;
	}

	/** Brings in what one session's transcript holds by now. Nothing happens when it has not changed, is gone, or is of an assistant whose transcripts are not read. */
	async importSession({ assistant, session_id, transcript_path }: SessionLook): Promise<void> {
		const source = this.ports.sources.find((one) => one.name === assistant);
		if (source === undefined) return;
		const isThere = transcript_path !== undefined && existsSync(transcript_path);
		const refs = isThere ? [this.given(transcript_path, assistant)] : (await source.find(this.ports.places)).filter((ref) => ref.session_id === session_id);
		const report = emptyReport(refs.length);
		for (const ref of this.fresh(refs)) await this.importOne(ref, report, undefined);
		for (const { path, error } of report.errors) this.ports.log.warn(`${path} could not be read: ${error}`);
	}

	/** What the files hold, without keeping anything. */
	async read({ paths, source }: Input<'readTranscripts'>): Promise<Output<'readTranscripts'>> {
		const turns: TurnObservation[] = [];
		const unknown: Record<string, number> = {};
		for (const path of paths) {
			for await (const event of this.sourceFor(path, source).read(path)) {
				if (event.type === 'turn') turns.push(TurnObservation.parse({ ...event.turn, images: [] }));
				else if (event.type === 'unknown') count(unknown, `${event.source}: ${event.what}`);
			}
		}
		return { turns, unknown };
	}

	private async importOne(ref: TranscriptRef, report: ImportReport, signal: AbortSignal | undefined) {
		report.transcripts++;
		for await (const group of this.groups(ref, report, signal)) await this.keep(group, report);
	}

	/** Turns of a transcript. What cannot be read is reported; what cannot be kept ends the import. */
	private async *groups(ref: TranscriptRef, report: ImportReport, signal: AbortSignal | undefined): AsyncGenerator<TurnObservation[]> {
		let group: TurnObservation[] = [];
		try {
			for await (const event of this.sourceFor(ref.path, ref.source).read(ref.path, { signal })) {
				if (event.type === 'unknown') count(report.unknown, `${event.source}: ${event.what}`);
				else if (event.type === 'turn') group.push(TurnObservation.parse(event.turn));
				if (group.length < groupSize) continue;
				yield group;
				group = [];
			}
		} catch (cause) {
			if (cause instanceof Cancelled || signal?.aborted === true) throw new Cancelled();
			report.errors.push({ path: ref.path, error: messageOf(cause) });
			yield group;
			return;
		}
		yield group;
		// Only now: a stop before this line imports the file again, which changes nothing.
		this.mark(ref);
	}

	private async keep(group: readonly TurnObservation[], report: ImportReport) {
		if (group.length === 0) return;
		for (const { outcome, redactions } of await this.ingest.turns(group)) {
			report.turns_seen++;
			report.redactions += redactions;
			if (outcome === 'new') report.turns_new++;
			else if (outcome === 'extended') report.turns_extended++;
			else report.turns_unchanged++;
		}
	}

	private given(path: string, source: string | undefined): TranscriptRef {
		const stat = statOf(path);
		return { path, source: this.sourceFor(path, source).name, session_id: '', bytes: stat.size, modified: stat.mtime.toISOString() };
	}

	private fresh(refs: readonly TranscriptRef[]): TranscriptRef[] {
		const known = readState(this.bookmarkFile(), Bookmarks) ?? {};
		return refs.filter((ref) => known[ref.path]?.bytes !== ref.bytes || known[ref.path]?.modified !== ref.modified);
	}

	private mark(ref: TranscriptRef) {
		writeState(this.bookmarkFile(), { ...readState(this.bookmarkFile(), Bookmarks), [ref.path]: { bytes: ref.bytes, modified: ref.modified } });
	}

	private bookmarkFile(): string {
		return join(this.ports.paths.state, 'bookmarks.json');
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
		const source = sourceOf(path, headOf(path));
		if (source === undefined)
			throw new UserError(
				`${path} is no transcript that is known. Name its assistant with --source (${this.ports.sources.map((one) => one.name).join(', ')}).`,
			);
		return source;
	}
}

function emptyReport(found: number): ImportReport {
	return { found, transcripts: 0, turns_seen: 0, turns_new: 0, turns_extended: 0, turns_unchanged: 0, redactions: 0, unknown: {}, errors: [] };
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
