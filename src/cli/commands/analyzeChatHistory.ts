import type { Command } from 'commander';
import type { TurnDetail } from '../../core/api';
import type { AnalysisReport, AnalyzedTurn, Findings, TurnFate } from '../../core/outcome';
import type { CliContext } from '../cliContext';
import { countsText } from '../countsText';
import { wholeNumber } from '../wholeNumber';

export function addAnalyzeChatHistory(program: Command, context: CliContext): void {
	program
		.command('analyze-chat-history')
		.description('find out what became of the code of captured turns: kept, rewritten, reverted')
		.option('--limit <n>', 'only this many turns, those first that are most worth it', wholeNumber(1, 1_000_000))
		.option('--explain <id>', 'analyse this turn and say why it is judged as it is')
		.option('--json', 'print JSON')
		.action(async ({ limit, explain }: { limit?: number; explain?: string }) => {
			if (explain !== undefined) return explainTurn(context, explain);
			const report = await context.app.analyze({ limit: limit ?? 0 }, context.long);
			context.print(report, () => reportText(report));
			if (report.turns === 0) context.exitCode = 1;
		});
}

async function explainTurn(context: CliContext, id: string): Promise<void> {
	const detail = await context.app.getTurn({ id });
	await context.app.analyze({ ids: [detail.turn.id] }, context.long);
	const [now, fate] = await Promise.all([context.app.getTurn({ id: detail.turn.id }), context.app.fate({ id: detail.turn.id }, context.long)]);
	context.print({ ...fate, status: now.status, review: now.facts.review }, () => explanation(now, fate));
}

function reportText(report: AnalysisReport): string {
	if (report.turns === 0) return report.notes.join('\n');
	const statuses = Object.entries(report.by_status).map(([status, count]) => `  ${status}: ${count}`);
	const rows = [
		`${report.analyzed} of ${report.turns} turns analysed over ${report.commits} commits in ${report.seconds.toFixed(1)} s; ${
			report.changed === 0 ? 'nothing new' : `${report.changed} with something new`
		}.`,
		...statuses,
		...report.notes,
	];
	if (report.flagged.length > 0) rows.push('', 'Worth a look:', ...report.flagged.slice(0, mostFlagged).map(flaggedText));
	if (report.flagged.length > mostFlagged) rows.push(`  and ${report.flagged.length - mostFlagged} more; --json lists them all`);
	return rows.join('\n');
}

const mostFlagged = 10;

function flaggedText({ id, prompt_summary, survival, flags }: AnalyzedTurn): string {
	return `  ${id} ${Math.round(survival * 100)}% there: ${prompt_summary}\n    ${flags.join('; ')}`;
}

function explanation({ turn, status, facts }: TurnDetail, { files, findings }: TurnFate): string {
	const rows = [`${turn.id}: ${status}${facts.review === 'new' ? '' : ` (review: ${facts.review})`}`, `asked: ${turn.prompt_summary}`];
	if (findings !== undefined) rows.push(...findingsText(findings));
	for (const { file_path, now_path, state, counts } of files)
		rows.push(`${file_path}${now_path === undefined ? '' : ` -> ${now_path}`}: ${state}, ${countsText(counts)}`);
	return rows.join('\n');
}

function findingsText(findings: Findings): string[] {
	const { reward, survival, evidence, where, commit_sha, commits, days, losses, flags } = findings;
	const percent = `${Math.round(survival * 100)}%`;
	return [
		reward === undefined ? `too early to say: ${percent} of it is there, ${where}` : `reward ${reward}, ${percent} of it is there, ${where}`,
		...evidence.map(({ what, weight }) => `  ${weight < 0 ? '' : '+'}${weight} ${what}`),
		commit_sha === '' ? `looked at after ${days} days` : `first in commit ${commit_sha.slice(0, 10)}; looked at ${commits} commits and ${days} days later`,
		...losses.map(
			({ lines, commit_sha: sha, by, turn_id }) =>
				`  ${lines} ${lines === 1 ? 'line' : 'lines'} went${sha === '' ? '' : ` in ${sha.slice(0, 10)}`}, ${by === 'turn' ? `taken out by turn ${turn_id ?? ''}` : takers[by]}`,
		),
		...flags.map((flag) => `worth a look: ${flag}`),
	];
}

const takers = { human: 'by a person', revert: 'by a revert', unknown: 'by whom was not seen' } as const;
