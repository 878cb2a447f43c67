import type { Command } from 'commander';
import pc from 'picocolors';
import { UserError } from '../../core/errors';
import type { AssistantCapture, CaptureStatus } from '../../core/captureStatus';
import { ago, blindText, inUse, percent, understoodText } from '../../core/captureText';
import type { CliContext } from '../cliContext';

export function addCaptureStatus(program: Command, context: CliContext): void {
	program
		.command('capture-status')
		.description('say of each assistant whether its turns are captured, and how whole they are')
		.argument('[assistant]', 'only this one, with all that is known of it: claude-code, codex, …')
		.option('--json', 'print JSON')
		.action(async (assistant: string | undefined) => {
			const status = await context.app.captureStatus({ assistant });
			if (assistant !== undefined && status.assistants.length === 0) throw await unknownAssistant(context, assistant);
			context.print(status, () => (assistant === undefined ? table(status) : status.assistants.map((one) => details(one, status.at)).join('\n\n')));
		});
}

async function unknownAssistant({ app }: CliContext, name: string): Promise<UserError> {
	const { assistants } = await app.captureStatus({});
	return new UserError(`Nothing is known of an assistant "${name}". Known ones: ${assistants.map(({ assistant }) => assistant).join(', ')}.`, 2);
}

const marks = { ok: pc.green('ok'), partly: pc.yellow('partly'), blind: pc.red('blind'), unused: 'unused' };

function table(status: CaptureStatus): string {
	const shown = inUse(status);
	if (shown.length === 0) return 'No assistant was seen on this machine, and no turn was captured.';
	const head = ['assistant', 'state', 'turns', 'whole', 'last turn', 'hooks'];
	const rows = shown.map((one) => [
		one.assistant,
		marks[one.state],
		String(one.turns),
		one.whole.share === undefined ? '-' : percent(one.whole.share),
		one.last_turn_at === undefined ? '-' : ago(one.last_turn_at, status.at),
		one.hooks,
	]);
	const missing = status.assistants.filter((one) => !shown.includes(one)).map(({ assistant }) => assistant);
	return [
		...aligned([head, ...rows]),
		...shown.filter(({ blind }) => blind !== undefined).map((one) => pc.red(`Blind: ${blindText(one)}.`)),
		...(status.set_aside === 0 ? [] : [`${status.set_aside} files of hooks could not be read and are set aside.`]),
		...(missing.length === 0 ? [] : [`Not seen on this machine: ${missing.join(', ')}.`]),
	].join('\n');
}

/** Colours take no room on the screen. */
function aligned(rows: readonly (readonly string[])[]): string[] {
	const width = (cell: string) => cell.replaceAll(/\x1B\[\d+m/g, '').length;
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
	return rows.map((row) =>
		row
			.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
			.join('  ')
			.trimEnd(),
	);
}

function details(one: AssistantCapture, now: string): string {
	const whole = one.whole.share === undefined ? 'none to judge' : `${one.whole.count} of ${one.whole.of} (${percent(one.whole.share)})`;
	const channels = Object.entries(one.channels).map(([channel, count]) => `${channel} ${count}`);
	const lines: [string, string][] = [
		['State', marks[one.state]],
		['Blind', one.blind === undefined ? '' : blindText(one)],
		['Turns', `${one.turns}${one.running === 0 ? '' : `, ${one.running} still running`}`],
		['Seen by', channels.join(', ')],
		['Whole', whole],
		['Missing', one.reasons.map(({ reason, count }) => `${reason} (${count})`).join(', ')],
		['Not offered by it', one.not_offered.map(({ what, why }) => `${what} (${why})`).join(', ')],
		['Last turn', [one.last_turn_at, one.last_whole_at === undefined ? '' : `last whole one ${ago(one.last_whole_at, now)}`].filter(Boolean).join(', ')],
		['Format', understoodText(one)],
		['Versions', one.versions.map(({ version, turns }) => `${version} (${turns} turns)`).join(', ')],
		['Unknown records', one.unknown.map(({ kind, count }) => `${kind} (${count})`).join(', ')],
		['Hooks', `${one.hooks}, ${one.hook_calls.calls} calls${one.hook_calls.set_aside === 0 ? '' : `, ${one.hook_calls.set_aside} set aside`}`],
		['Transcripts that failed', one.failed_readings === 0 ? '' : String(one.failed_readings)],
	];
	return [one.label, ...lines.filter(([, text]) => text !== '').map(([name, text]) => `  ${name}: ${text}`)].join('\n');
}
