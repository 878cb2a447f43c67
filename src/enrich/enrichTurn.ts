import type { Fidelity, TurnEnrichment, TurnObservation } from '../core/turn';
import { modificationType } from './classify';
import { codeContext, diffSummary, unifiedDiff } from './diff';
import { involvedEntities } from './entities';
import { confidenceScore, contextRichness } from './evidence';
import { fileChanges, type FileChange } from './fileChanges';
import { summarisePrompt, summariseResponse } from './summarise';

/** Counts up whenever the same turn would be enriched otherwise. */
export const enrichVersion = 1;

/** What enrichment reads of a turn; a merged observation or a stored turn. */
export type EnrichableTurn = Omit<TurnObservation, 'channel'>;

/** What the runtime hands in: a keyed hash, so that equal prompts of two installations differ. */
export interface EnrichPorts {
	hmac(text: string): string;
}

/** Computes what can be derived from a turn. Deterministic: the same turn always gives the same enrichment. Expects redacted text. */
export function enrichTurn(turn: EnrichableTurn, ports: EnrichPorts): TurnEnrichment {
	const folder = turn.cwd ?? '';
	const changes = fileChanges(turn.edits, folder);
	return {
		prompt_summary: summarisePrompt(turn.prompt),
		response_summary: summariseResponse(turn.response, byFile(changes)),
		involved_entities: involvedEntities(turn.prompt, turn.response, turn.tools, changes, folder),
		diff: unifiedDiff(changes),
		diff_summary: diffSummary(changes),
		code_context: codeContext(changes),
		tool_sequence: turn.tools.map((tool) => tool.name).join('→'),
		modification_type: modificationType(turn.prompt, turn.response, changes),
		confidence_score: confidenceScore({ turn, changes }),
		context_richness: contextRichness({ turn, changes }),
		raw_prompt_hash: ports.hmac(turn.prompt),
		raw_response_hash: ports.hmac(turn.response),
		capture_fidelity: fidelityOf(turn),
		enrich_version: enrichVersion,
	};
}

function byFile(changes: readonly FileChange[]): { path: string; symbols: string[] }[] {
	const paths = [...new Set(changes.map((change) => change.path))];
	return paths.map((path) => ({ path, symbols: [...new Set(changes.filter((change) => change.path === path).flatMap((change) => change.symbols))] }));
}

const worstFirst: readonly Fidelity[] = ['partial', 'document', 'snapshot', 'arguments', 'recorded'];

/** As good as the worst of its applied edits. */
function fidelityOf(turn: EnrichableTurn): Fidelity | 'none' {
	const seen = new Set(turn.edits.filter((edit) => edit.state === 'applied').map((edit) => edit.fidelity));
	return worstFirst.find((fidelity) => seen.has(fidelity)) ?? 'none';
}
