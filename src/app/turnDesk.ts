import { randomUUID } from 'node:crypto';
import type { CallContext, Input, Output, PromoteInput, TurnDetail, TurnSummary } from '../core/api';
import { UserError } from '../core/errors';
import { lexicalTokens } from '../core/identifiers';
import type { StatusBody } from '../core/journalRecord';
import { Learning } from '../core/learning';
import { planStatus } from '../core/status';
import type { TurnFacts } from '../core/status';
import type { Turn } from '../core/turn';
import type { SqlRow } from '../store/sqlite/sqlite';
import { factsOf } from '../store/sqlite/derivedDb';
import type { Ledger } from './ledger';
import type { LinkGraph } from './linkGraph';
import type { AppPorts } from './ports';

/** What a person does with captured turns: look, promote, ignore. */
export class TurnDesk {
	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
		private readonly graph: LinkGraph,
	) {}

	async list(context: CallContext, { review = 'any', everywhere = false, limit = 200, text = '' }: Input<'listTurns'>): Promise<Output<'listTurns'>> {
		const repoId = everywhere ? undefined : await this.repositoryOf(context.folder);
		const conditions = ['has_turn=1'];
		const values: string[] = [];
		if (review !== 'any') add('review=?', review);
		if (!everywhere) add("(coalesce(repo_id,'')=? or id in (select turn_id from turn_repos where repo_id=?))", repoId ?? '', repoId ?? '');
		const match = text === '' ? '' : ftsPrefix(text);
		if (match !== '') add('n in (select rowid from turns_fts where turns_fts match ?)', match);
		const where = conditions.join(' and ');
		const { sql } = this.ports.derived;
		const total = Number(sql.get(`select count(*) c from turns where ${where}`, ...values)?.['c']);
		const order = review === 'new' ? 'confidence desc, started_at desc' : 'started_at desc';
		const rows = sql.all(`select * from turns where ${where} order by ${order} limit ?`, ...values, limit);
		return { turns: rows.flatMap((row) => this.summary(row)), total };

		function add(condition: string, ...bound: string[]) {
			conditions.push(condition);
			values.push(...bound);
		}
	}

	get(id: string): TurnDetail {
		const turn = this.turn(id);
		const facts = this.ports.derived.facts(turn.id);
		const root = turn.repo_id === undefined ? undefined : this.ports.repositories.rootOf(turn.repo_id);
		return { turn, facts, status: planStatus(facts), links: this.graph.around(turn.id), ...(root !== undefined && { root }) };
	}

	async setReview(id: string, review: 'new' | 'ignored'): Promise<TurnFacts> {
		const turn = this.turn(id);
		const facts = this.ports.derived.facts(turn.id);
		if (facts.review === review) return facts;
		await this.ledger.append([
			statusRecord({
				turn_id: turn.id,
				facet: 'review',
				value: review,
				...(review === 'new' && facts.learning_id !== undefined && { learning_id: facts.learning_id }),
			}),
		]);
		return this.ports.derived.facts(turn.id);
	}

	/** Makes a learning, from a turn or from nothing. What the caller leaves out comes from the turn. */
	async promote(context: CallContext, input: PromoteInput): Promise<Learning> {
		const turn = input.turn_id === undefined ? undefined : this.turn(input.turn_id);
		if (turn === undefined && (input.description ?? '').trim() === '')
			throw new UserError('A learning from scratch needs a description. Give --description, or a turn with --from-chat.', 2);
		const clean = await this.redacted(input);
		const now = this.ports.clock.now().toISOString();
		const repo_id = turn?.repo_id ?? (await this.repositoryOf(context.folder));
		const learning = Learning.parse({
			...(turn && this.defaults(turn)),
			...definedOnly(clean),
			learning_id: randomUUID(),
			...(repo_id !== undefined && { repo_id }),
			...(turn && { source_chat_id: turn.id }),
			state: 'active',
			created_at: now,
			updated_at: now,
		});
		const records = [{ kind: 'learning' as const, id: learning.learning_id, body: learning }];
		const status = turn === undefined ? [] : [statusRecord({ turn_id: turn.id, facet: 'review', value: 'promoted', learning_id: learning.learning_id })];
		await this.ledger.append([...records, ...status]);
		return learning;
	}

	async learnings(context: CallContext, everywhere: boolean): Promise<Learning[]> {
		const repoId = everywhere ? undefined : await this.repositoryOf(context.folder);
		const { sql } = this.ports.derived;
		const rows = everywhere
			? sql.all('select id from learnings order by updated_at desc')
			: sql.all("select id from learnings where coalesce(repo_id,'')=? order by updated_at desc", repoId ?? '');
		return rows.flatMap((row) => this.ports.derived.learning(String(row['id'])) ?? []);
	}

	private defaults(turn: Turn): Partial<Learning> {
		const chunks = this.ports.derived.linksFrom(turn.id, 'changed');
		return {
			description:
				turn.prompt_summary === ''
					? turn.response_summary
					: turn.response_summary === ''
						? turn.prompt_summary
						: `${turn.prompt_summary} ${turn.response_summary}`,
			pattern: turn.diff_summary,
			example_code_reference: chunks[0] ?? '',
			tags: turn.modification_type === 'unknown' ? [] : [turn.modification_type],
			category: turn.modification_type,
			confidence: turn.confidence_score,
			code_context: turn.code_context,
			diff_summary: turn.diff_summary,
			modification_type: turn.modification_type,
			tool_sequence: turn.tool_sequence,
			cites: this.graph.contentHashes(chunks),
		};
	}

	private async redacted(input: PromoteInput): Promise<PromoteInput> {
		const clean = async (text: string | undefined) => (text === undefined ? undefined : (await this.ports.redactor.redact(text)).text);
		return {
			...input,
			...definedOnly({ description: await clean(input.description), pattern: await clean(input.pattern), category: await clean(input.category) }),
		};
	}

	private turn(id: string): Turn {
		const turn = this.ports.derived.turn(id) ?? this.byBeginning(id);
		if (turn === undefined) throw new UserError(`There is no turn ${id}. List turns with \`chroma-client review-and-promote\`.`);
		return turn;
	}

	/** The first letters of an id are enough when they name one turn. */
	private byBeginning(id: string): Turn | undefined {
		if (id.length < 6) return undefined;
		const rows = this.ports.derived.sql.all('select id from turns where id >= ? and id < ? and has_turn=1 limit 2', id, `${id}\uffff`);
		return rows.length === 1 ? this.ports.derived.turn(String(rows[0]?.['id'])) : undefined;
	}

	private async repositoryOf(folder: string): Promise<string | undefined> {
		return folder === '' ? undefined : (await this.ports.repositories.at(folder))?.repo_id;
	}

	private summary(row: SqlRow): TurnSummary[] {
		const turn = this.ports.derived.turn(String(row['id']));
		if (turn === undefined) return [];
		const facts = factsOf(row);
		return [
			{
				...turn,
				files: [...new Set(turn.edits.map((edit) => edit.file_path))],
				status: planStatus(facts),
				review: facts.review,
				linked_chunks: this.ports.derived.linksFrom(turn.id, 'changed').length,
				...(facts.learning_id !== undefined && { learning_id: facts.learning_id }),
			},
		];
	}
}

function statusRecord(body: StatusBody) {
	return { kind: 'status' as const, id: `${body.turn_id}:${body.facet}`, body };
}

function definedOnly<T extends object>(value: T): Partial<T> {
	const kept: Partial<T> = { ...value };
	for (const key of Object.keys(kept)) if (Reflect.get(kept, key) === undefined) Reflect.deleteProperty(kept, key);
	Reflect.deleteProperty(kept, 'turn_id');
	return kept;
}

/** Every word, the last one by its beginning, as a person types it. */
function ftsPrefix(text: string): string {
	const words = lexicalTokens(text)
		.split(' ')
		.filter((word) => word !== '');
	return words.map((word, position) => `"${word.replaceAll('"', '""')}"${position === words.length - 1 ? '*' : ''}`).join(' ');
}
