import { rmSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { CallContext, Input, Output } from '../core/api';
import { UserError } from '../core/errors';
import type { JournalRecord, RecordKind } from '../core/journalRecord';
import { CheckBody, EditBody, RecordKind as RecordKinds } from '../core/journalRecord';
import type { Learning } from '../core/learning';
import { Turn } from '../core/turn';
import { pathsNamed } from '../enrich/shownPaths';
import { withinTree } from '../platform/repositories';
import { removeUnusedAttachments } from './attachments';
import type { Ledger, NewRecord } from './ledger';
import type { AppPorts } from './ports';
import { realPath } from './realPath';

/** What is to go. */
interface Choice {
	readonly records: readonly { readonly kind: RecordKind; readonly id: string }[];
	/** Learnings that stay, without what they took from a purged turn. */
	readonly learnings: readonly Learning[];
	/** Set when a text is purged, so that former revisions which hold it go too. */
	readonly text?: string;
}

/** What stands in a learning where a purged text stood. */
const blank = '[purged]';

/** Takes captured data out for good: from the journal, its large texts and the database, so that no byte of it is left there. */
export class Purger {
	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
	) {}

	/** Rows in the vector store are not part of it: they wait in the outbox. */
	async purge(context: CallContext, input: Input<'purge'>): Promise<Output<'purge'>> {
		const wanted = await this.criterion(context, input);
		return this.ledger.inTurn(async () => {
			const choice = this.choose(wanted);
			const count = (kind: RecordKind) => choice.records.filter((record) => record.kind === kind).length;
			const found = { turns: count('turn'), edits: count('edit'), learnings: choice.learnings.map((learning) => learning.learning_id) };
			if (input.dry_run === true) return { ...found, bytes: 0, large_texts: 0, store_done: true };
			return { ...found, ...(await this.remove(choice)), store_done: false };
		});
	}

	/** The same for turns and edits that began before an instant, as retention asks for. */
	removeOlder(before: string): Promise<{ bytes: number; large_texts: number }> {
		return this.ledger.inTurn(() => this.remove(this.choose({ before })));
	}

	private async criterion(context: CallContext, { session, file, text, before }: Input<'purge'>): Promise<Criterion> {
		const given = [session, file, text, before].filter((one) => one !== undefined && one !== '');
		if (given.length !== 1) throw new UserError('Say what to purge by one of: a session, a file, a text, or a date before which all goes.', 2);
		if (text !== undefined && text !== '') {
			if (text.length < 4) throw new UserError('A text to purge needs at least four characters; a shorter one would take nearly everything.', 2);
			return { text };
		}
		if (before !== undefined && before !== '') return { before };
		if (session !== undefined && session !== '') return { session };
		const absolute = realPath(isAbsolute(file ?? '') ? (file ?? '') : resolve(context.folder, file ?? ''));
		const place = await this.ports.repositories.ofFile(absolute);
		const path = place === undefined ? undefined : withinTree(place.tree.root, absolute);
		return { file: absolute, ...(place !== undefined && path !== undefined && { repo_id: place.repo_id, path, root: place.tree.root }) };
	}

	private choose(wanted: Criterion): Choice {
		const records: { kind: RecordKind; id: string }[] = [];
		const turns = new Set<string>();
		for (const record of this.ports.derived.records('turn')) {
			const turn = Turn.safeParse(record.body).data;
			if (turn === undefined || !holdsForTurn(wanted, turn)) continue;
			turns.add(record.id);
			records.push({ kind: 'turn', id: record.id });
		}
		for (const record of this.ports.derived.records('edit')) {
			const edit = EditBody.safeParse(record.body).data;
			if (edit !== undefined && (holdsForEdit(wanted, edit) || (edit.turn_id !== undefined && turns.has(edit.turn_id))))
				records.push({ kind: 'edit', id: record.id });
		}
		for (const record of this.ports.derived.records('check')) {
			const body = CheckBody.safeParse(record.body).data;
			if (body !== undefined && holdsForCheck(wanted, body)) records.push({ kind: 'check', id: record.id });
		}
		const { text } = wanted;
		if (text !== undefined)
			for (const kind of otherKinds)
				for (const record of this.ports.derived.records(kind)) if (contains(record.body, text)) records.push({ kind, id: record.id });
		return { records, learnings: this.learningsWithout(turns, text), ...(text !== undefined && { text }) };
	}

	/** Learnings stay, since a person approved them; they lose the reference and what was copied from the turn. */
	private learningsWithout(turns: ReadonlySet<string>, text: string | undefined): Learning[] {
		const changed: Learning[] = [];
		for (const { id } of this.ports.derived.records('learning')) {
			const learning = this.ports.derived.learning(id);
			if (learning === undefined) continue;
			const fromPurged = learning.source_chat_id !== undefined && turns.has(learning.source_chat_id);
			if (!fromPurged && (text === undefined || !contains(learning, text))) continue;
			const { source_chat_id, ...rest } = learning;
			const kept = fromPurged ? { ...rest, code_context: '', diff_summary: '' } : { ...rest, ...(source_chat_id !== undefined && { source_chat_id }) };
			const clean = text === undefined ? kept : withoutText(kept, text);
			changed.push({ ...clean, updated_at: this.ports.clock.now().toISOString() });
		}
		return changed;
	}

	private async remove({ records, learnings, text }: Choice): Promise<{ bytes: number; large_texts: number }> {
		const { journal, derived, paths } = this.ports;
		if (records.length + learnings.length > 0) {
			const dead = records.map(({ kind, id }): NewRecord => ({ kind: 'tombstone', id: `${kind}:${id}`, body: { kind, id, reason: 'purged' } }));
			await this.ledger.append([...dead, ...learnings.map((learning): NewRecord => ({ kind: 'learning', id: learning.learning_id, body: learning }))]);
		}
		const purged = new Set(records.map(({ kind, id }) => `${kind}:${id}`));
		for (const learning of learnings) purged.add(`learning:${learning.learning_id}`);
		journal.close();
		let bytes = 0;
		for (const segment of journal.closedSegments()) bytes += await journal.rewrite(segment, (record, line) => this.stays(record, line, purged, text));
		const large_texts = await journal.sweep();
		removeUnusedAttachments(paths.root, this.attachmentsInUse());
		derived.scrub();
		// Files that cannot be read are no use, and nobody can say what they hold.
		rmSync(`${paths.derived}.damaged`, { force: true });
		rmSync(join(paths.spool, 'aside'), { recursive: true, force: true });
		return { bytes, large_texts };
	}

	private attachmentsInUse(): Set<string> {
		const used = new Set<string>();
		for (const { body } of this.ports.derived.records('turn')) for (const { sha256 } of Turn.safeParse(body).data?.attachments ?? []) used.add(sha256);
		return used;
	}

	/** A line that is no record was torn when its writer died; what it holds cannot be told, and it was never acknowledged. */
	private stays(record: JournalRecord | undefined, line: string, purged: ReadonlySet<string>, text: string | undefined): boolean {
		if (record === undefined) return isJson(line) && (text === undefined || !line.includes(JSON.stringify(text).slice(1, -1)));
		const standing = this.ports.derived.standing(record.kind, record.id);
		const stands = standing?.revision === record.revision && standing.writer === record.writer;
		if (record.kind === 'status' && purged.has(`turn:${record.id.replace(/:[a-z]+$/, '')}`)) return false;
		if (purged.has(`${record.kind}:${record.id}`)) return stands;
		return stands || text === undefined || !contains(record.body, text);
	}
}

interface Criterion {
	readonly session?: string;
	readonly text?: string;
	readonly before?: string;
	/** Absolute. */
	readonly file?: string;
	readonly repo_id?: string;
	/** Relative to the repository. */
	readonly path?: string;
	readonly root?: string;
}

const otherKinds = RecordKinds.options.filter((kind) => !['turn', 'edit', 'check', 'learning', 'tombstone', 'status'].includes(kind));

function holdsForTurn(wanted: Criterion, turn: Turn): boolean {
	if (wanted.session !== undefined) return turn.session_id === wanted.session;
	if (wanted.before !== undefined) return (turn.ended_at ?? turn.started_at) < wanted.before;
	if (wanted.text !== undefined) return contains(turn, wanted.text);
	return (
		turn.edits.some((edit) => isFile(wanted, edit.file_path, edit.repo_id)) ||
		turn.tools.some((tool) => pathsNamed(tool).some(({ path }) => namesFile(wanted, path, turn.cwd)))
	);
}

function holdsForEdit(wanted: Criterion, edit: EditBody): boolean {
	if (wanted.before !== undefined) return edit.at < wanted.before;
	if (wanted.text !== undefined) return contains(edit, wanted.text);
	return wanted.session === undefined && isFile(wanted, edit.file_path, edit.repo_id);
}

function holdsForCheck(wanted: Criterion, { check, repo_id }: CheckBody): boolean {
	if (wanted.before !== undefined) return check.at < wanted.before;
	if (wanted.text !== undefined) return contains(check, wanted.text);
	return wanted.session === undefined && check.type === 'diagnostics' && isFile(wanted, check.file_path, repo_id);
}

function isFile({ file, path, repo_id }: Criterion, given: string, repoId: string | undefined): boolean {
	return given === file || (path !== undefined && given === path && repoId === repo_id);
}

function namesFile({ file }: Criterion, named: string, cwd: string | undefined): boolean {
	return named === file || (cwd !== undefined && resolve(cwd, named) === file);
}

function contains(value: unknown, text: string): boolean {
	if (typeof value === 'string') return value.includes(text);
	if (typeof value !== 'object' || value === null) return false;
	return Object.entries(value).some(([key, part]) => key.includes(text) || contains(part, text));
}

function withoutText(learning: Learning, text: string): Learning {
	const clean = (value: string) => value.replaceAll(text, blank);
	return {
		...learning,
		description: clean(learning.description),
		pattern: clean(learning.pattern),
		example_code_reference: clean(learning.example_code_reference),
		tags: learning.tags.map(clean),
		category: clean(learning.category),
		code_context: clean(learning.code_context),
		diff_summary: clean(learning.diff_summary),
		tool_sequence: clean(learning.tool_sequence),
	};
}

function isJson(line: string): boolean {
	try {
		JSON.parse(line);
		return true;
	} catch {
		return false;
	}
}
