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
import { definedOnly } from './definedOnly';
import type { Ledger, NewRecord } from './ledger';
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
		return { turn, facts, status: planStatus(facts), links: this.graph.around(turn.id), session: this.session(turn), ...(root !== undefined && { root }) };
	}

	private session(turn: Turn): TurnDetail['session'] {
		const rows = this.ports.derived.sql.all(
			`select t.id from turns t join records r on r.kind='turn' and r.id=t.id where t.session_id=? and t.assistant=? and t.has_turn=1
			and coalesce(json_extract(r.body, '$.parent_turn_id'), '')=? order by t.started_at, t.id`,
			turn.session_id,
			turn.assistant,
			turn.parent_turn_id ?? '',
		);
		const ids = rows.map((row) => String(row['id']));
		const place = ids.indexOf(turn.id);
		return { turns: ids.length, position: place + 1, ...definedOnly({ previous_id: ids[place - 1], next_id: ids[place + 1] }) };
	}

	/** Takes a turn out of review or puts it back. A learning made of it stays, and stays tied to it. */
	setReview(id: string, review: 'new' | 'ignored'): Promise<TurnFacts> {
		return this.ledger.inTurn(async () => {
			const turn = this.turn(id);
			const { review: standing, learning_id } = this.ports.derived.facts(turn.id);
			if (standing !== review)
				await this.ledger.append([statusRecord({ turn_id: turn.id, facet: 'review', value: review, ...(learning_id !== undefined && { learning_id }) })]);
			return this.ports.derived.facts(turn.id);
		});
	}

	/**
	 * Makes a learning, from a turn or from nothing. What the caller leaves out comes from the turn. A turn that was
	 * promoted gives a second learning only under another description.
	 */
	async promote(context: CallContext, input: PromoteInput): Promise<Learning> {
		if (input.turn_id === undefined && (input.description ?? '').trim() === '')
			throw new UserError('A learning from scratch needs a description. Give --description, or a turn with --from-chat.', 2);
		const given = await this.given(input);
		const home = await this.repositoryOf(context.folder);
		return this.ledger.inTurn(async () => {
			const turn = input.turn_id === undefined ? undefined : this.turn(input.turn_id);
			const learning = this.learningOf(turn, given, turn?.repo_id ?? home);
			const former = turn === undefined ? undefined : this.formerLearning(turn, learning.description);
			const standing = former ?? learning;
			const records: NewRecord[] = former === undefined ? [{ kind: 'learning', id: learning.learning_id, body: learning }] : [];
			if (turn !== undefined) records.push(statusRecord({ turn_id: turn.id, facet: 'review', value: 'promoted', learning_id: standing.learning_id }));
			await this.ledger.append(records);
			return standing;
		});
	}

	private learningOf(turn: Turn | undefined, given: Partial<Learning>, repoId: string | undefined): Learning {
		const now = this.ports.clock.now().toISOString();
		return Learning.parse({
			...(turn && this.defaults(turn)),
			...given,
			learning_id: randomUUID(),
			...(repoId !== undefined && { repo_id: repoId }),
			...(turn && { source_chat_id: turn.id }),
			state: 'active',
			created_at: now,
			updated_at: now,
		});
	}

	/** The learning that the turn was promoted to before, when it says the same: it takes its place again after the promotion was taken back. */
	private formerLearning(turn: Turn, description: string): Learning | undefined {
		const { review, learning_id } = this.ports.derived.facts(turn.id);
		const former = learning_id === undefined ? undefined : this.ports.derived.learning(learning_id);
		if (former?.description !== description) return undefined;
		if (review === 'promoted')
			throw new UserError(
				`The turn ${turn.id} was already promoted to the learning ${former.learning_id}. Give another description to make a second one of it.`,
			);
		return former;
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
			description: [turn.prompt_summary, turn.response_summary].filter((summary) => summary !== '').join(' '),
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

	/** What the caller says of the learning, without secrets. */
	private async given({ description, pattern, example_code_reference, tags, category, confidence }: PromoteInput): Promise<Partial<Learning>> {
		const clean = async (text: string | undefined) => (text === undefined ? undefined : (await this.ports.redactor.redact(text)).text);
		return definedOnly({
			description: await clean(description),
			pattern: await clean(pattern),
			example_code_reference: await clean(example_code_reference),
			tags: tags === undefined ? undefined : await Promise.all(tags.map(async (tag) => (await this.ports.redactor.redact(tag)).text)),
			category: await clean(category),
			confidence,
		});
	}

	private turn(id: string): Turn {
		const turn = this.ports.derived.turn(id) ?? this.byBeginning(id);
		if (turn === undefined) throw new UserError(`There is no turn ${id}. List turns with \`chroma-client review-and-promote\`.`);
		return turn;
	}

	/** The first letters of an id are enough when they name one turn. Throws a UserError when they name several. */
	private byBeginning(id: string): Turn | undefined {
		if (id.length < 4) return undefined;
		const rows = this.ports.derived.sql.all('select id from turns where id >= ? and id < ? and has_turn=1 limit 2', id, `${id}\uffff`);
		if (rows.length > 1) throw new UserError(`Several turns begin with ${id}. Give more of the id.`);
		return rows[0] === undefined ? undefined : this.ports.derived.turn(String(rows[0]['id']));
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

function statusRecord(body: StatusBody): NewRecord {
	return { kind: 'status', id: `${body.turn_id}:${body.facet}`, body };
}

/** Every word, the last one by its beginning, as a person types it. */
function ftsPrefix(text: string): string {
	const words = lexicalTokens(text)
		.split(' ')
		.filter((word) => word !== '');
	return words.map((word, position) => `"${word.replaceAll('"', '""')}"${position === words.length - 1 ? '*' : ''}`).join(' ');
}
