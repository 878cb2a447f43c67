import type { TurnSummary } from '../../core/api';
import type { ModificationType } from '../../core/turn';

/** How a turn looks in a tree, without the editor's types. */
export interface TurnRow {
	readonly label: string;
	readonly description: string;
	/** Name of a codicon. */
	readonly icon: string;
	/** What a screen reader says. */
	readonly spoken: string;
}

const icons: Record<ModificationType, string> = {
	bugfix: 'bug',
	feature: 'sparkle',
	refactor: 'wand',
	documentation: 'book',
	unknown: 'comment-discussion',
};

export function turnRow(turn: TurnSummary): TurnRow {
	const label = turn.prompt_summary === '' ? '(no prompt)' : turn.prompt_summary;
	const confidence = `${Math.round(turn.confidence_score * 100)}%`;
	const kind = turn.modification_type === 'unknown' ? '' : `${turn.modification_type} · `;
	return {
		label,
		description: `${turn.assistant} · ${kind}${confidence}`,
		icon: icons[turn.modification_type],
		spoken: `Turn: ${label}. ${turn.assistant}, ${turn.modification_type} change, confidence ${confidence}, ${turn.files.length} files`,
	};
}

/** Most promising first; among equals the newest. Confidence counts in steps of a tenth, finer differences mean nothing. */
export function byPromise(a: TurnSummary, b: TurnSummary): number {
	const step = (turn: TurnSummary): number => Math.round(turn.confidence_score * 10);
	return step(b) - step(a) || b.started_at.localeCompare(a.started_at);
}
