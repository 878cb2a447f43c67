import type { SeenCheck } from '../core/check';
import { toolSequence, type Fidelity, type TurnEnrichment, type TurnObservation } from '../core/turn';
import { checksOf } from './checks';
import { modificationType } from './classify';
import { codeContext, diffSummary, unifiedDiff } from './diff';
import { involvedEntities } from './entities';
import { confidenceOf, richnessOf } from './evidence';
import { fileChanges, type FileChange } from './fileChanges';
import { summarisePrompt, summariseResponse } from './summarise';

/** Counts up whenever the same turn would be enriched otherwise. */
export const enrichVersion = 2;

/** What enrichment reads of a turn; a merged observation or a stored turn. */
export type EnrichableTurn = Omit<TurnObservation, 'channel' | 'images'>;

/** What the runtime hands in: a keyed hash, so that equal prompts of two installations differ. */
export interface EnrichPorts {
	hmac(text: string): string;
}

/**
 * Computes what can be derived from a turn and the checks that others saw while it ran. Deterministic: the same turn always gives the
 * same enrichment. Expects redacted text.
 */
export function enrichTurn(turn: EnrichableTurn, ports: EnrichPorts, seen: readonly SeenCheck[] = []): TurnEnrichment {
	const folder = turn.cwd ?? '';
	const changes = fileChanges(turn.edits, folder);
	return {
		prompt_summary: summarisePrompt(turn.prompt),
		response_summary: summariseResponse(turn.response, byFile(changes)),
		involved_entities: involvedEntities(turn.prompt, turn.response, turn.tools, changes, folder),
		diff: unifiedDiff(changes),
		diff_summary: diffSummary(changes),
		code_context: codeContext(changes),
		tool_sequence: toolSequence(turn.tools),
		modification_type: modificationType(turn.prompt, turn.response, changes),
		...evidenceOf(turn, changes, seen),
		raw_prompt_hash: ports.hmac(turn.prompt),
		raw_response_hash: ports.hmac(turn.response),
		capture_fidelity: fidelityOf(turn),
		enrich_version: enrichVersion,
	};
}

/** The part of the enrichment that depends on what others saw, for a turn whose checks became known later. */
export function evidenceOfTurn(turn: EnrichableTurn, seen: readonly SeenCheck[]): ReturnType<typeof evidenceOf> {
	return evidenceOf(turn, fileChanges(turn.edits, turn.cwd ?? ''), seen);
}

function evidenceOf(
	turn: EnrichableTurn,
	changes: readonly FileChange[],
	seen: readonly SeenCheck[],
): Pick<TurnEnrichment, 'checks' | 'confidence_score' | 'confidence_parts' | 'context_richness' | 'richness_parts'> {
	const checks = checksOf(turn, seen);
	const confidence = confidenceOf({ turn, changes, checks });
	const richness = richnessOf({ turn, changes, checks });
	return {
		checks,
		confidence_score: confidence.score,
		context_richness: richness.score,
		confidence_parts: confidence.parts,
		richness_parts: richness.parts,
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
