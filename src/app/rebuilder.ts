import type { Output } from '../core/api';
import type { StatusBody } from '../core/journalRecord';
import { Learning } from '../core/learning';
import type { VectorCollection, VectorRow } from '../core/ports';
import { collectionNames, decodeChatHistory, decodeLearning } from '../core/record';
import type { ChatHistoryRow, LearningRow } from '../core/record';
import { factsOfStatus } from '../core/status';
import { Turn } from '../core/turn';
import type { Place } from '../platform/repositories';
import type { Ledger, NewRecord } from './ledger';
import type { Linker } from './linker';
import type { Outbox } from './outbox';
import type { AppPorts } from './ports';
import type { StoreHandle, Stores } from './stores';

/** Makes everything that can be derived from the journal again. */
export class Rebuilder {
	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		private readonly ledger: Ledger,
		private readonly outbox: Outbox,
		private readonly linker: Linker,
	) {}

	/**
	 * Folds the journal from its first byte, links its turns to the code that is indexed, adopts rows that another tool
	 * wrote to our collections by journalling them, and writes the rows of the repository again. Collections we do not know are not touched.
	 */
	async rebuild(place: Place | undefined, handle: StoreHandle): Promise<Output<'rebuild'>> {
		const repoId = place?.repo_id;
		const { records, damaged } = await this.ledger.refold();
		const rows_adopted = (await this.adoptTurns(repoId, handle)) + (await this.adoptLearnings(repoId, handle));
		if (place !== undefined) await this.linker.relinkAll(place, handle, this.stores.codeIndex(place.checkout_id, handle));
		this.stores.use(repoId, handle);
		const rows_written = await this.outbox.flush();
		const count = (sql: string) => Number(this.ports.derived.sql.get(sql)?.['n']);
		const turns = count('select count(*) n from turns where has_turn=1');
		return { records, damaged, turns, learnings: count('select count(*) n from learnings'), rows_written, rows_adopted };
	}

	private async adoptTurns(repoId: string | undefined, handle: StoreHandle): Promise<number> {
		const foreign = await this.foreignRows('turn', await handle.collection(repoId, collectionNames.turns));
		const records = await Promise.all(foreign.map((row) => this.turnRecords(decodeChatHistory(row), repoId)));
		await this.ledger.append(records.flat());
		return records.filter((ofRow) => ofRow.length > 0).length;
	}

	/** Rows that no record of the journal stands for, and none ever stood for. */
	private async foreignRows(kind: 'turn' | 'learning', collection: VectorCollection): Promise<VectorRow[]> {
		const rows: VectorRow[] = [];
		for await (const page of collection.pages())
			rows.push(
				...page.filter(
					(row) => this.ports.derived.record(kind, row.id) === undefined && this.ports.derived.record('tombstone', `${kind}:${row.id}`) === undefined,
				),
			);
		return rows;
	}

	/** What another tool wrote has not been through redaction yet. */
	private async clean(text: string): Promise<string> {
		return (await this.ports.redactor.redact(text)).text;
	}

	private async turnRecords(row: ChatHistoryRow, repoId: string | undefined): Promise<NewRecord[]> {
		const [prompt, response] = [await this.clean(row.prompt_summary), await this.clean(row.response_summary)];
		const parsed = Turn.safeParse({
			...row,
			assistant: row.source === '' ? 'chroma-mcp-server' : row.source,
			session_id: row.session_id === '' ? row.id : row.session_id,
			turn_key: row.id,
			channels: ['manual'],
			started_at: instantOf(row.timestamp),
			prompt,
			response,
			prompt_summary: prompt,
			response_summary: response,
			code_context: await this.clean(row.code_context),
			diff_summary: await this.clean(row.diff_summary),
			diff: '',
			capture_fidelity: 'none',
			enrich_version: 0,
			edits: row.files.map((file_path) => ({ file_path, before: null, after: null, whole: false, fidelity: 'partial', repo_id: repoId })),
			repo_id: repoId,
			model: row.model === '' ? undefined : row.model,
			model_version: row.model_version === '' ? undefined : row.model_version,
			commit_sha: row.commit_sha === '' ? undefined : row.commit_sha,
		});
		if (parsed.success) return [{ kind: 'turn', id: row.id, body: parsed.data }, ...statusRecords(row)];
		this.ports.log.warn(`a turn of another tool was not adopted: ${row.id}`);
		return [];
	}

	private async adoptLearnings(repoId: string | undefined, handle: StoreHandle): Promise<number> {
		const foreign = await this.foreignRows('learning', await handle.collection(repoId, collectionNames.learnings));
		const learnings = (await Promise.all(foreign.map((row) => this.learningOf(decodeLearning(row), repoId)))).flat();
		await this.ledger.append(learnings.map((learning) => ({ kind: 'learning', id: learning.learning_id, body: learning })));
		return learnings.length;
	}

	private async learningOf(row: LearningRow, repoId: string | undefined): Promise<Learning[]> {
		const now = this.ports.clock.now().toISOString();
		const parsed = Learning.safeParse({
			...row,
			description: await this.clean(row.description),
			pattern: await this.clean(row.pattern),
			code_context: await this.clean(row.code_context),
			diff_summary: await this.clean(row.diff_summary),
			repo_id: repoId,
			source_chat_id: row.source_chat_id === '' ? undefined : row.source_chat_id,
			created_at: row.created_at === '' ? now : instantOf(row.created_at),
			updated_at: row.updated_at === '' ? now : instantOf(row.updated_at),
		});
		if (!parsed.success) this.ports.log.warn(`a learning of another tool was not adopted: ${row.learning_id}`);
		return parsed.success ? [parsed.data] : [];
	}
}

/** What the row's one status says, fact by fact. */
function statusRecords(row: ChatHistoryRow): NewRecord[] {
	const facts = factsOfStatus(row.status);
	const learning_id = row.derived_learning_id === '' ? {} : { learning_id: row.derived_learning_id };
	const bodies: StatusBody[] = [];
	if (facts.review !== 'new') bodies.push({ turn_id: row.id, facet: 'review', value: facts.review, ...learning_id });
	if (facts.outcome !== 'unknown') bodies.push({ turn_id: row.id, facet: 'outcome', value: facts.outcome });
	if (facts.analyzed) bodies.push({ turn_id: row.id, facet: 'analyzed', value: true });
	if (facts.exported) bodies.push({ turn_id: row.id, facet: 'exported', value: true });
	return bodies.map((body) => ({ kind: 'status', id: `${row.id}:${body.facet}`, body }));
}

/** chroma-mcp-server writes local-looking times without a zone; they are taken as UTC. */
function instantOf(text: string): string {
	const parsed = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
	return new Date(Number.isNaN(parsed) ? 0 : parsed).toISOString();
}
