import type { Attachment } from '../core/attachment';
import type { Channel, TurnObservation } from '../core/turn';
import { mergeEdits } from './mergeEdits';
import { mergeTools } from './mergeTools';
import { canonicalJson, larger, longer, smaller } from './prefer';

/** A turn as far as it is known from all channels that saw it. */
export type MergedTurn = Omit<TurnObservation, 'channel' | 'images'> & { channels: Channel[] };

/**
 * Adds one observation to what is known of its turn.
 *
 * Observations of a turn may come in any order, any number of times and from any channel: the result is the
 * same (the operation is commutative, associative and idempotent), so a replay never changes a stored turn.
 * Every part is therefore the greater of two under a total order: the longer text, the surer edit, the later end.
 */
export function mergeTurn(existing: MergedTurn | undefined, observation: TurnObservation): MergedTurn {
	const seen = asMerged(observation);
	return existing === undefined ? join(seen, seen) : join(existing, seen);
}

function asMerged(observation: TurnObservation): MergedTurn {
	const { channel, images, ...rest } = observation;
	return { ...rest, channels: [channel], attachments_left_out: rest.attachments_left_out + images.length };
}

function join(a: MergedTurn, b: MergedTurn): MergedTurn {
	const started_at = smaller(a.started_at, b.started_at) ?? a.started_at;
	const tools = mergeTools(a, b);
	return {
		assistant: a.assistant,
		session_id: a.session_id,
		turn_key: a.turn_key,
		started_at,
		state: stateRank[a.state] >= stateRank[b.state] ? a.state : b.state,
		prompt: longer(a.prompt, b.prompt) ?? '',
		response: longer(a.response, b.response) ?? '',
		tools,
		edits: mergeEdits(a.edits, b.edits, tools),
		...attachmentsOf(a, b),
		channels: [...new Set([...a.channels, ...b.channels])].sort(),
		...known({
			parent_turn_id: larger(a.parent_turn_id, b.parent_turn_id),
			ended_at: larger(a.ended_at, b.ended_at),
			cwd: shorter(a.cwd, b.cwd),
			model: longer(a.model, b.model),
			adapter: longer(a.adapter, b.adapter),
			model_version: longer(a.model_version, b.model_version),
			source_version: longer(a.source_version, b.source_version),
			commit_sha: longer(a.commit_sha, b.commit_sha),
			branch: longer(a.branch, b.branch),
		}),
	};
}

/** Each image once by its content. What one view left out and the other kept was not left out. */
function attachmentsOf(a: MergedTurn, b: MergedTurn): Pick<MergedTurn, 'attachments' | 'attachments_left_out'> {
	const byContent = new Map<string, Attachment>();
	for (const one of [...a.attachments, ...b.attachments]) {
		const other = byContent.get(one.sha256);
		byContent.set(one.sha256, other === undefined || canonicalJson(one) > canonicalJson(other) ? one : other);
	}
	const seen = Math.max(a.attachments.length + a.attachments_left_out, b.attachments.length + b.attachments_left_out);
	const attachments = [...byContent.values()].sort((x, y) => (x.sha256 < y.sha256 ? -1 : 1));
	return { attachments, attachments_left_out: Math.max(0, seen - attachments.length) };
}

/** An end beats open. Among ends the one that only an own record can know beats a mere "it stopped". */
const stateRank = { open: 0, complete: 1, cancelled: 2, failed: 3 } as const;

/** The folder nearest the root: an assistant changes into folders below the one it was started in. */
function shorter(a: string | undefined, b: string | undefined): string | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	if (a.length !== b.length) return a.length < b.length ? a : b;
	return smaller(a, b);
}

/** Leaves out what is undefined, since an optional field is either there or absent. */
function known<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } {
	const result: { [K in keyof T]?: string } = {};
	for (const key in fields) {
		const value = fields[key];
		if (value !== undefined) result[key] = value;
	}
	return result;
}
