import type { JournalRecord, RecordKind } from '../../src/core/journalRecord';
import type { Learning } from '../../src/core/learning';
import type { Turn } from '../../src/core/turn';
import { Turn as TurnSchema } from '../../src/core/turn';

const at = '2026-03-01T10:00:00.000Z';

/** A record of the journal; each part can be given. */
export function record(kind: RecordKind, id: string, body: unknown, more: Partial<JournalRecord> = {}): JournalRecord {
	return { id, revision: 1, kind, at, writer: 'test', body, ...more };
}

/** A record whose body is longer for some numbers, so that lines have different lengths and some texts are kept aside. */
export function noteRecord(id: string, writer: string, number: number): JournalRecord {
	const text = number % 50 === 7 ? `${id} `.repeat(2000) : 'ä'.repeat(number % 200);
	return record('served', id, { id, text }, { writer });
}

export function turn(id: string, more: Partial<Turn> = {}): Turn {
	return TurnSchema.parse({
		id,
		assistant: 'claude-code',
		session_id: 's',
		turn_key: id,
		channels: ['manual'],
		started_at: at,
		prompt: 'Fix the parser of headers',
		response: 'Done',
		prompt_summary: 'Fix the parser of headers',
		response_summary: 'Done',
		involved_entities: [],
		diff: '',
		diff_summary: '',
		code_context: '',
		tool_sequence: '',
		modification_type: 'bugfix',
		confidence_score: 0.5,
		context_richness: 0.5,
		raw_prompt_hash: '',
		raw_response_hash: '',
		capture_fidelity: 'none',
		enrich_version: 1,
		repo_id: 'r_1',
		...more,
	});
}

export function learning(learning_id: string, more: Partial<Learning> = {}): Learning {
	return {
		learning_id,
		description: 'Parse headers once',
		pattern: '',
		example_code_reference: '',
		tags: [],
		category: '',
		confidence: 0.5,
		state: 'active',
		code_context: '',
		diff_summary: '',
		modification_type: 'unknown',
		tool_sequence: '',
		cites: [],
		created_at: at,
		updated_at: at,
		repo_id: 'r_1',
		...more,
	};
}
