import type { Output } from '../core/api';
import { Learning } from '../core/learning';
import { collectionNames, decodeChatHistory, decodeLearning } from '../core/record';
import type { ChatHistoryRow, LearningRow } from '../core/record';
import { factsOfStatus } from '../core/status';
import { Turn } from '../core/turn';
import type { Ledger, NewRecord } from './ledger';
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
	) {}

	/**
	 * Folds the journal from its first byte, adopts rows that another tool wrote to our collections by
	 * journalling them, and writes the rows of the repository again. Collections we do not know are not touched.
	 */
	async rebuild(repoId: string | undefined, handle: StoreHandle): Promise<Output<'rebuild'>> {
		this.ports.derived.reset();
		const { records, damaged } = await this.ledger.catchUp();
		const rows_adopted = (await this.adoptTurns(repoId, handle)) + (await this.adoptLearnings(repoId, handle));
		this.outbox.forget(handle);
		this.stores.use(repoId, handle);
		const rows_written = await this.outbox.flush();
		const count = (table: 'turns' | 'learnings') => Number(this.ports.derived.sql.get(`select count(*) n from ${table}`)?.['n']);
		return { records, damaged, turns: count('turns'), learnings: count('learnings'), rows_written, rows_adopted };
	}

	private async adoptTurns(repoId: string | undefined, handle: StoreHandle): Promise<number> {
		let adopted = 0;
		for await (const page of (await handle.collection(repoId, collectionNames.turns)).pages()) {
			const foreign = page.filter(
				(row) => this.ports.derived.record('turn', row.id) === undefined && this.ports.derived.record('tombstone', `turn:${row.id}`) === undefined,
			);
			const records = foreign.flatMap((row) => this.turnRecords(decodeChatHistory(row), repoId));
			await this.ledger.append(records);
			adopted += foreign.length;
		}
		return adopted;
	}

	private turnRecords(row: ChatHistoryRow, repoId: string | undefined): NewRecord[] {
		const turn = Turn.parse({
			...row,
			assistant: row.source === '' ? 'chroma-mcp-server' : row.source,
			session_id: row.session_id === '' ? row.id : row.session_id,
			turn_key: row.id,
			channels: ['manual'],
			started_at: instantOf(row.timestamp),
			prompt: row.prompt_summary,
			response: row.response_summary,
			diff: '',
			capture_fidelity: 'none',
			enrich_version: 0,
			edits: row.files.map((file_path) => ({
				file_path,
				before: null,
				after: null,
				whole: false,
				fidelity: 'partial',
				...(repoId !== undefined && { repo_id: repoId }),
			})),
			...(repoId === undefined ? { repo_id: undefined } : { repo_id: repoId }),
			...(row.model === '' && { model: undefined }),
			...(row.model_version === '' && { model_version: undefined }),
			...(row.commit_sha === '' && { commit_sha: undefined }),
		});
		const facts = factsOfStatus(row.status);
		const learning_id = row.derived_learning_id === '' ? {} : { learning_id: row.derived_learning_id };
		const review =
			facts.review === 'new'
				? []
				: [{ kind: 'status' as const, id: `${row.id}:review`, body: { turn_id: row.id, facet: 'review', value: facts.review, ...learning_id } }];
		const analyzed = facts.analyzed ? [{ kind: 'status' as const, id: `${row.id}:analyzed`, body: { turn_id: row.id, facet: 'analyzed', value: true } }] : [];
		return [{ kind: 'turn', id: row.id, body: turn }, ...review, ...analyzed];
	}

	private async adoptLearnings(repoId: string | undefined, handle: StoreHandle): Promise<number> {
		let adopted = 0;
		for await (const page of (await handle.collection(repoId, collectionNames.learnings)).pages()) {
			const foreign = page.filter(
				(row) => this.ports.derived.record('learning', row.id) === undefined && this.ports.derived.record('tombstone', `learning:${row.id}`) === undefined,
			);
			const learnings = foreign.flatMap((row) => this.learningOf(decodeLearning(row), repoId));
			await this.ledger.append(learnings.map((learning) => ({ kind: 'learning', id: learning.learning_id, body: learning })));
			adopted += learnings.length;
		}
		return adopted;
	}

	private learningOf(row: LearningRow, repoId: string | undefined): Learning[] {
		const now = this.ports.clock.now().toISOString();
		const parsed = Learning.safeParse({
			...row,
			repo_id: repoId,
			source_chat_id: row.source_chat_id === '' ? undefined : row.source_chat_id,
			created_at: row.created_at === '' ? now : instantOf(row.created_at),
			updated_at: row.updated_at === '' ? now : instantOf(row.updated_at),
		});
		if (!parsed.success) this.ports.log.warn(`a learning of another tool was not adopted: ${row.learning_id}`);
		return parsed.success ? [parsed.data] : [];
	}
}

/** chroma-mcp-server writes local-looking times without a zone; they are taken as UTC. */
function instantOf(text: string): string {
	const parsed = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
	return new Date(Number.isNaN(parsed) ? 0 : parsed).toISOString();
}
