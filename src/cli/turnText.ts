import pc from 'picocolors';
import type { TurnDetail } from '../core/api';
import type { TurnCheck } from '../core/check';
import type { ScorePart, ToolCall } from '../core/turn';

/** A tool's arguments are shown on one line of at most this many characters. */
const longestArguments = 160;

/** A whole turn for a person. Everything that stands in it is text of others, so control characters are taken out. */
export function turnText(detail: TurnDetail): string {
	const { turn } = detail;
	const sections: readonly (readonly [string, readonly string[]])[] = [
		['', facts(detail)],
		['Prompt', lines(turn.prompt)],
		['Response', lines(turn.response)],
		[`Tools ${turn.tool_sequence === '' ? '' : pc.dim(plain(turn.tool_sequence))}`, turn.tools.map(toolLine)],
		['Checks', turn.checks.map(checkLine)],
		['Attachments', attachments(detail)],
		[
			'Edits',
			turn.edits.map((edit) =>
				plain(
					`${edit.kind} ${edit.renamed_from === undefined ? '' : `${edit.renamed_from} → `}${edit.file_path} (${edit.fidelity}${edit.state === 'applied' ? '' : `, ${edit.state}`})`,
				),
			),
		],
		['Changes', lines(turn.diff_summary)],
		['Diff', lines(turn.diff).map(diffLine)],
		[`Confidence ${turn.confidence_score.toFixed(2)}`, turn.confidence_parts.map(partLine)],
		[`Richness ${turn.context_richness.toFixed(2)}`, turn.richness_parts.map(partLine)],
		['Links', detail.links.map(({ from, to, kind }) => plain(`${from.type} ${from.id} —${kind}→ ${to.type} ${to.id} ${to.label}`))],
	];
	return sections
		.filter(([, body]) => body.length > 0)
		.map(([title, body]) => [...(title === '' ? [] : [pc.bold(title)]), ...body.map((line) => (title === '' ? line : `  ${line}`))].join('\n'))
		.join('\n\n');
}

function facts({ turn, status, session, root, facts: { learning_id } }: TurnDetail): string[] {
	const named: readonly (readonly [string, string | undefined])[] = [
		['Turn', turn.id],
		['Assistant', [turn.assistant, turn.source_version].filter((part) => part !== undefined).join(' ')],
		['Model', turn.model],
		['Model version', turn.model_version],
		['When', turn.ended_at === undefined ? turn.started_at : `${turn.started_at} – ${turn.ended_at}`],
		['State', turn.state],
		['Repository', turn.repo_id === undefined ? undefined : `${turn.repo_id}${root === undefined ? '' : ` (${root})`}`],
		['Commit', [turn.branch, turn.commit_sha].filter((part) => part !== undefined).join(' ')],
		['Session', `${turn.session_id}, turn ${session.position} of ${session.turns}`],
		['Before', session.previous_id],
		['After', session.next_id],
		['Started by', turn.parent_turn_id],
		['Kind of change', turn.modification_type],
		['Captured by', `${turn.channels.join(', ')} (${turn.capture_fidelity})`],
		['Secrets taken out', turn.redactions === 0 ? undefined : String(turn.redactions)],
		['Status', status],
		['Learning', learning_id],
	];
	return named.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${pc.dim(`${name}:`)} ${plain(value)}`]));
}

function attachments({ turn: { attachments: kept, attachments_left_out: left } }: TurnDetail): string[] {
	const shown = kept.map(({ name, media_type, bytes, sha256 }) => plain(`${name} (${media_type}, ${bytes} bytes) ${sha256}`));
	return left === 0 ? shown : [...shown, pc.dim(`${left} not kept`)];
}

function toolLine({ name, kind, args, ok }: ToolCall): string {
	const mark = ok === undefined ? pc.dim('?') : ok ? pc.green('✓') : pc.red('✗');
	const shown = args === undefined ? '' : typeof args === 'string' ? args : JSON.stringify(args);
	const text = plain(shown.length > longestArguments ? `${shown.slice(0, longestArguments - 1)}…` : shown).replaceAll('\n', ' ');
	return `${mark} ${plain(name)} ${pc.dim(`(${kind})`)} ${text}`.trimEnd();
}

function checkLine(check: TurnCheck): string {
	if (check.type === 'diagnostics')
		return `${plain(check.file_path)}: errors ${check.errors.before} → ${check.errors.after}, warnings ${check.warnings.before} → ${check.warnings.after}`;
	const { passed, failed, skipped } = check;
	const counts = Object.entries({ passed, failed, skipped }).flatMap(([name, count]) => (count === undefined ? [] : [`${count} ${name}`]));
	const end = check.ok === undefined ? pc.dim('end not known') : check.ok ? pc.green('passed') : pc.red('failed');
	const where = check.stage === 'none' ? '' : `, ${check.stage} the edits`;
	return `${check.type} ${end}${counts.length === 0 ? '' : ` (${counts.join(', ')})`} ${plain(check.command).replaceAll('\n', ' ')} ${pc.dim(`by ${check.via}${where}`)}`;
}

function partLine({ what, weight }: ScorePart): string {
	return `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(2)} ${plain(what)}`;
}

function diffLine(line: string): string {
	if (/^(?:\+\+\+|---) /.test(line)) return pc.bold(line);
	if (line.startsWith('+')) return pc.green(line);
	if (line.startsWith('-')) return pc.red(line);
	return line.startsWith('@@') || line.startsWith('#') ? pc.cyan(line) : line;
}

function lines(text: string): string[] {
	return text.trimEnd() === '' ? [] : plain(text.trimEnd()).split('\n');
}

/** Without what a terminal would obey. */
function plain(text: string): string {
	return text.replace(/[\p{Cc}]/gu, (character) => (character === '\n' || character === '\t' ? character : ''));
}
