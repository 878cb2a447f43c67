import type { AssistantCapture } from '../../core/captureStatus';
import { ago, blindText, captureSummary, understoodText, turnsText } from '../../core/captureText';

/** How an assistant or a fact of it looks in the tree, without the editor's types. */
export interface CaptureRow {
	readonly label: string;
	readonly description: string;
	/** Name of a codicon, and of the colour it has if any. */
	readonly icon: string;
	readonly color?: string;
	/** What a screen reader says. */
	readonly spoken: string;
}

const icons = {
	ok: { icon: 'pass', color: 'testing.iconPassed' },
	partly: { icon: 'warning', color: 'list.warningForeground' },
	blind: { icon: 'eye-closed', color: 'list.errorForeground' },
	unused: { icon: 'circle-outline' },
} as const;
const words = { ok: 'works', partly: 'misses something', blind: 'has gone blind', unused: 'has seen no turn yet' };

export function assistantRow(status: AssistantCapture, now: string): CaptureRow {
	const description = captureSummary(status, now);
	return { label: status.label, description, ...icons[status.state], spoken: `${status.label}: capture ${words[status.state]}. ${description}` };
}

/** What stands below an assistant: why it is blind, where its turns came from, what they miss, what is known of its format. */
export function factRows(status: AssistantCapture, now: string): CaptureRow[] {
	const { blind, whole, hooks, hook_calls, versions, unknown, not_offered } = status;
	const missed = whole.of - whole.count;
	return [
		...(blind === undefined ? [] : [row('Blind', blindText(status), 'eye-closed')]),
		...Object.entries(status.channels).map(([channel, count]) => row(`Seen by ${channelNames.get(channel) ?? channel}`, turnsText(count), 'radio-tower')),
		...(whole.of === 0 ? [] : [row('Whole', `${whole.count} of ${whole.of} turns`, missed === 0 ? 'pass' : 'info')]),
		...status.reasons.map(({ reason, count }) => row(`Missing: ${reason}`, turnsText(count), 'circle-slash')),
		...not_offered.map(({ what, why }) => row(`Not offered: ${what}`, why, 'info')),
		...(status.running === 0 ? [] : [row('Still running', turnsText(status.running), 'loading')]),
		row('Hooks', hook_calls.calls === 0 ? hooks : `${hooks}, ${hook_calls.calls} calls`, 'plug'),
		...(hook_calls.set_aside === 0 ? [] : [row('Calls that were not understood', String(hook_calls.set_aside), 'warning')]),
		...(understoodText(status) === '' ? [] : [row('Format', understoodText(status), 'versions')]),
		...versions.map(({ version, turns, last_at }) => row(`Version ${version}`, `${turnsText(turns)}, ${ago(last_at, now)}`, 'versions')),
		...unknown.map(({ kind, count, last_at }) => row(`Unknown record: ${kind}`, `${count} times, ${ago(last_at, now)}`, 'question')),
		...(status.failed_readings === 0 ? [] : [row('Transcripts that could not be read', String(status.failed_readings), 'warning')]),
	];
}

const channelNames = new Map([
	['hook', 'hooks'],
	['transcript', 'transcripts'],
	['editor', 'the editor'],
	['manual', 'hand'],
	['mcp', 'MCP'],
	['import', "other tools' records"],
]);

function row(label: string, description: string, icon: string): CaptureRow {
	return { label, description, icon, spoken: `${label}: ${description}` };
}
