import { existsSync } from 'node:fs';
import type { Output } from '../core/api';
import { blindness } from '../core/blindness';
import type { AssistantCapture } from '../core/captureStatus';
import { messageOf } from '../core/errors';
import { Lack } from '../core/incompleteness';
import { factsOf } from '../capture/chat/assistantFacts';
import { assistantHookStatus } from './assistantHooks';
import type { AssistantHealth, CaptureHealth, FileHealth } from './captureHealth';
import type { CapturedTurn } from './capturedTurns';
import { CapturedTurns } from './capturedTurns';
import type { AppPorts } from './ports';

/** A turn without an end may be going on for so long after the last that is known of it. */
const runningMs = 2 * 3_600_000;
/** Where less than this share of the newest turns is whole, something is worth a look. */
const goodShare = 0.9;
const newestTurns = 50;
/** Unknown records and failures are worth a look for so long. */
const recentMs = 14 * 24 * 3_600_000;
/** Transcripts do not appear so often that every look has to search the disk for them. */
const searchAgainMs = 10 * 60_000;
const versionsShown = 10;

type HookState = Pick<AssistantCapture, 'hooks' | 'present'>;

/** Tells of each assistant how well its capture works: what was captured, what is missing of it, and whether it has gone blind. */
export class CaptureMeter {
	private readonly turns: CapturedTurns;
	private readonly searched = new Map<string, { readonly at: number; readonly found: boolean }>();

	constructor(
		private readonly ports: AppPorts,
		private readonly health: CaptureHealth,
	) {
		this.turns = new CapturedTurns(ports);
	}

	async status({
		assistant,
		editor,
	}: {
		assistant?: string | undefined;
		editor?: { name: string; version: string } | undefined;
	}): Promise<Output<'captureStatus'>> {
		if (editor !== undefined) this.health.editor(editor);
		const turns = await this.turns.all();
		const hooks = this.hookStates();
		const names = new Set([
			...this.ports.sources.map(({ name }) => name),
			...hooks.keys(),
			...turns.map((turn) => turn.assistant),
			...this.health.assistants(),
		]);
		const assistants: AssistantCapture[] = [];
		for (const name of [...names].filter((one) => assistant === undefined || one === assistant)) {
			const own = turns.filter((turn) => turn.assistant === name);
			assistants.push(await this.about(name, own, hooks.get(name)));
		}
		assistants.sort((a, b) => Number(b.present) - Number(a.present) || a.label.localeCompare(b.label));
		return { at: this.ports.clock.now().toISOString(), assistants, set_aside: this.health.setAside() };
	}

	private async about(name: string, turns: readonly CapturedTurn[], hooks: HookState | undefined): Promise<AssistantCapture> {
		const now = this.ports.clock.now();
		const health = this.health.about(name);
		const source = this.ports.sources.find((one) => one.name === name);
		const facts = factsOf(name);
		const judged = turns.filter((turn) => !isRunning(turn, now) && !turn.isImported);
		const whole = judged.filter(({ lacks }) => lacks.length === 0);
		const files = Object.values(health.files);
		const blind = blindness(signsOf(name, judged, health, this.health), now);
		if (this.health.isNewlyBlind(name, blind?.since ?? ''))
			this.ports.log.warn(`capture of ${facts.label} has gone blind since ${blind?.since ?? ''}: ${blind?.why ?? ''}`);
		const present = turns.length > 0 || files.length > 0 || hooks?.present === true || (await this.hasTranscripts(name));
		const status = {
			assistant: name,
			label: facts.label,
			present,
			hooks: hooks?.hooks ?? (name === 'vscode-copilot' ? 'brought along' : 'none offered'),
			channels: tallied(turns.flatMap(({ channels }) => channels)),
			turns: turns.length,
			running: turns.filter((turn) => isRunning(turn, now)).length,
			whole: { count: whole.length, of: judged.length, ...(judged.length > 0 && { share: whole.length / judged.length }) },
			reasons: byCount(tallied(judged.flatMap(({ lacks }) => lacks))),
			not_offered: Object.entries(facts.notOffered).map(([what, why]) => ({ what, why })),
			...(turns.length > 0 && { last_turn_at: turns.at(-1)?.at }),
			...(whole.length > 0 && { last_whole_at: whole.at(-1)?.at }),
			...(source !== undefined && { understood_version: source.verifiedVersion }),
			versions: versionsOf(turns),
			seen_live: source?.seenLive ?? facts.hooksSeenLive ?? false,
			unknown: unknownOf(files),
			hook_calls: { calls: health.hooks.calls, set_aside: health.hooks.set_aside, ...(health.hooks.last_at !== '' && { last_at: health.hooks.last_at }) },
			failed_readings: health.failed,
			...(blind !== undefined && { blind }),
		} satisfies Omit<AssistantCapture, 'state'>;
		return { ...status, state: stateOf(status, isTroubled(judged, files, health.trouble_at, now)) };
	}

	private hookStates(): Map<string, HookState> {
		try {
			const all = assistantHookStatus(undefined, this.ports.places);
			return new Map(all.map(({ assistant, installed, present }) => [assistant, { hooks: installed ? 'installed' : 'not installed', present }]));
		} catch (cause) {
			this.ports.log.warn(`assistants' settings could not be looked at: ${messageOf(cause)}`);
			return new Map();
		}
	}

	private async hasTranscripts(name: string): Promise<boolean> {
		const source = this.ports.sources.find((one) => one.name === name);
		const known = this.searched.get(name);
		const now = this.ports.clock.now().getTime();
		if (source === undefined) return false;
		if (known !== undefined && now - known.at < searchAgainMs) return known.found;
		const found = await source.find(this.ports.places).then(
			(refs) => refs.some(({ path }) => existsSync(path)),
			() => false,
		);
		this.searched.set(name, { at: now, found });
		return found;
	}
}

function isRunning({ isOpen, until }: CapturedTurn, now: Date): boolean {
	return isOpen && Date.parse(until) + runningMs > now.getTime();
}

function signsOf(name: string, judged: readonly CapturedTurn[], { files, hooks }: AssistantHealth, health: CaptureHealth) {
	return {
		turns: judged.filter((turn) => !turn.isByHand),
		prompts: hooks.prompts,
		readings: Object.values(files).map((file) => ({ ...file, unknown: Object.values(file.unknown).reduce((a, b) => a + b, 0) })),
		silent: hooks.silent.count === 0 ? undefined : { ...hooks.silent, last: hooks.last_at },
		editor: health.editorOf(name),
	};
}

function stateOf({ blind, turns }: Omit<AssistantCapture, 'state'>, troubled: boolean): AssistantCapture['state'] {
	if (blind !== undefined) return 'blind';
	if (troubled) return 'partly';
	return turns === 0 ? 'unused' : 'ok';
}

/** Something was not understood lately, or the newest turns are not whole. */
function isTroubled(judged: readonly CapturedTurn[], files: readonly FileHealth[], troubleAt: string, now: Date): boolean {
	const from = new Date(now.getTime() - recentMs).toISOString();
	const newest = judged.slice(-newestTurns);
	const whole = newest.filter(({ lacks }) => lacks.length === 0);
	return troubleAt >= from || files.some(({ at, unknown }) => at >= from && Object.keys(unknown).length > 0) || whole.length < goodShare * newest.length;
}

function versionsOf(turns: readonly CapturedTurn[]): AssistantCapture['versions'] {
	const versions = new Map<string, { turns: number; last_at: string }>();
	for (const { version, at } of turns) if (version !== undefined) versions.set(version, { turns: (versions.get(version)?.turns ?? 0) + 1, last_at: at });
	return [...versions.entries()]
		.map(([version, seen]) => ({ version, ...seen }))
		.sort((a, b) => (a.last_at < b.last_at ? 1 : -1))
		.slice(0, versionsShown);
}

function unknownOf(files: readonly FileHealth[]): AssistantCapture['unknown'] {
	const kinds = new Map<string, { count: number; last_at: string }>();
	for (const { at, unknown } of files)
		for (const [kind, count] of Object.entries(unknown)) {
			const known = kinds.get(kind) ?? { count: 0, last_at: '' };
			kinds.set(kind, { count: known.count + count, last_at: known.last_at > at ? known.last_at : at });
		}
	return [...kinds.entries()].map(([kind, seen]) => ({ kind, ...seen })).sort((a, b) => b.count - a.count);
}

function tallied<T extends string>(words: readonly T[]): Partial<Record<T, number>> {
	const counts: Partial<Record<T, number>> = {};
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return counts;
}

function byCount(counts: Partial<Record<AssistantCapture['reasons'][number]['reason'], number>>): AssistantCapture['reasons'] {
	return Lack.options
		.flatMap((reason) => ({ reason, count: counts[reason] ?? 0 }))
		.filter(({ count }) => count > 0)
		.sort((a, b) => b.count - a.count);
}
