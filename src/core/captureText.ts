import type { AssistantCapture, CaptureStatus } from './captureStatus';

/** `2 min ago`; the day for what is older than a month. */
export function ago(at: string, now: string): string {
	const minutes = Math.floor((Date.parse(now) - Date.parse(at)) / 60_000);
	if (!(minutes >= 1)) return 'just now';
	if (minutes < 60) return `${minutes} min ago`;
	if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
	return minutes < 31 * 24 * 60 ? `${Math.floor(minutes / (24 * 60))} days ago` : at.slice(0, 10);
}

/** A share that is not whole is never rounded up to 100%. */
export function percent(share: number): string {
	return `${Math.floor(share * 100)}%`;
}

export function turnsText(turns: number): string {
	return `${turns} turn${turns === 1 ? '' : 's'}`;
}

/** `12 turns, 98% whole, 2 min ago` */
export function captureSummary({ turns, whole, last_turn_at, present, blind }: AssistantCapture, now: string): string {
	const parts = [turnsText(turns)];
	if (whole.share !== undefined) parts.push(`${percent(whole.share)} whole`);
	if (last_turn_at !== undefined) parts.push(ago(last_turn_at, now));
	const counts = turns === 0 ? (present ? 'no turns yet' : 'not seen on this machine') : parts.join(', ');
	return blind === undefined ? counts : `blind since ${ago(blind.since, now)}: ${counts}`;
}

/** `Claude Code, since 2026-11-23 20:00 UTC: its hooks told of …` */
export function blindText({ label, blind }: Pick<AssistantCapture, 'label' | 'blind'>): string {
	return blind === undefined ? '' : `${label}, since ${blind.since.slice(0, 16).replace('T', ' ')} UTC: ${blind.why}`;
}

/** How far the format is known. */
export function understoodText({ understood_version, seen_live }: AssistantCapture): string {
	const version = understood_version === undefined ? '' : `understood as of version ${understood_version}`;
	const seen = seen_live ? '' : 'not seen live: built from documents';
	return [version, seen].filter((part) => part !== '').join('; ');
}

/** Those worth a line: in use here, or blind. */
export function inUse({ assistants }: CaptureStatus): AssistantCapture[] {
	return assistants.filter(({ present, state }) => present || state !== 'unused');
}
