import type { TurnDetail } from '../../core/api';
import { diffHtml } from './diffHtml';
import type { PanelTurn } from './messages';

/** What the panel shows of a turn. */
export function panelTurn({ turn, facts, status, links }: TurnDetail): PanelTurn {
	const diff = diffHtml(turn.diff);
	const chunks = new Set(links.flatMap(({ from, to }) => [from, to].filter(({ type }) => type === 'chunk').map(({ id }) => id)));
	const shown = [
		['Assistant', turn.assistant],
		['Model', turn.model ?? ''],
		['When', turn.started_at.replace('T', ' ').slice(0, 16) + ' UTC'],
		['Kind of change', turn.modification_type],
		['Confidence', turn.confidence_score.toFixed(2)],
		['Captured by', `${turn.channels.join(', ')} (${turn.capture_fidelity})`],
		['Status', status],
		['Linked code', chunks.size === 0 ? '' : String(chunks.size)],
		['Secrets taken out', turn.redactions === 0 ? '' : String(turn.redactions)],
	] as const;
	return {
		prompt: turn.prompt,
		response: turn.response,
		facts: shown.filter(([, value]) => value !== ''),
		tools: turn.tools.map(({ name, kind, ok }) => ({ name, kind, ok })),
		files: [...new Set(turn.edits.map(({ file_path }) => file_path))],
		diffHtml: diff.html,
		diffNote: diff.note,
		review: facts.review,
	};
}
