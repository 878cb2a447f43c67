import { turnId } from '../core/ids';
import type { TurnObservation } from '../core/turn';
import { sha256 } from '../platform/hash';

/** The id under which a turn is stored. */
export function turnIdOf({ assistant, session_id, turn_key }: Pick<TurnObservation, 'assistant' | 'session_id' | 'turn_key'>): string {
	return turnId(sha256, assistant, session_id, turn_key);
}
