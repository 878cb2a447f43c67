import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CaptureEvent, TranscriptRef } from '../capture/captureSource';
import { lacksOf } from '../capture/chat/assistantFacts';
import type { HookEvent, SpoolEntry } from '../capture/hooks/hookEvent';
import { readState, writeState } from '../platform/stateFile';
import type { AppPorts } from './ports';

/** How much is remembered: newest transcripts and prompts of an assistant, kinds of records of a transcript, letters of a name, versions of an editor. */
const limits = { files: 100, prompts: 30, kinds: 40, nameLength: 80, versions: 10 };
/** The file is not written more often, except at the end. */
const restMs = 1000;

const Count = z.number().int().nonnegative().catch(0);

const FileHealth = z.object({
	/** When the transcript was last written to. */
	at: z.string(),
	bytes: Count,
	turns: Count,
	ended: Count,
	whole: Count,
	unknown: z.record(z.string(), Count).catch({}),
	/** How much its turns told at the last reading; compared, never shown. */
	told: Count,
	/** Bytes by which it grew since the last reading that told something new. */
	fruitless: Count,
});
export type FileHealth = z.infer<typeof FileHealth>;

const newHooks = () => ({ calls: 0, set_aside: 0, last_at: '', prompts: [], silent: { count: 0, since: '' } });
const HookHealth = z.object({
	calls: Count,
	set_aside: Count,
	last_at: z.string(),
	prompts: z.array(z.string()),
	/** The last calls, as far as they told nothing. */
	silent: z.object({ count: Count, since: z.string() }),
});

const newAssistant = () => ({ files: {}, failed: 0, trouble_at: '', hooks: newHooks(), told_blind: '' });
const AssistantHealth = z.object({
	files: z.record(z.string(), FileHealth).catch({}),
	failed: Count,
	/** When a transcript last failed, or a call of a hook was last set aside. */
	trouble_at: z.string().catch(''),
	hooks: HookHealth.catch(newHooks),
	/** Since when it was said to be blind, so that the log says it once. */
	told_blind: z.string().catch(''),
});
export type AssistantHealth = z.infer<typeof AssistantHealth>;

const EditorVersion = z.object({ version: z.string(), at: z.string() });
const State = z.object({
	assistants: z.record(z.string(), AssistantHealth).catch({}),
	/** Versions of editors in the order in which they were first seen. */
	editors: z.record(z.string(), z.array(EditorVersion)).catch({}),
});

/**
 * What readings of transcripts and calls of hooks came to, kept over restarts. Holds names of kinds, counts and times, nothing that
 * anybody wrote. When its file is lost, it fills again with what is read next.
 */
export class CaptureHealth {
	private readonly file: string;
	/** Maps, since names come from files that anything may have written. */
	private readonly known: Map<string, AssistantHealth>;
	private readonly editors: Map<string, z.infer<typeof EditorVersion>[]>;
	private waiting: NodeJS.Timeout | undefined;

	constructor(private readonly ports: AppPorts) {
		this.file = join(ports.paths.state, 'capture-health.json');
		const state = readState(this.file, State);
		this.known = new Map(Object.entries(state?.assistants ?? {}));
		this.editors = new Map(Object.entries(state?.editors ?? {}));
	}

	/** Passes on what a transcript's reading tells, and notes at its end what it came to. `resumed`: the reading began at a mark. */
	async *watched(ref: TranscriptRef, events: AsyncIterable<CaptureEvent>, options: { signal?: AbortSignal | undefined; resumed?: boolean } = {}) {
		const tally = new ReadingTally(ref);
		try {
			for await (const event of events) {
				tally.take(event);
				yield event;
			}
		} catch (cause) {
			if (options.signal?.aborted !== true) this.failed(ref.source);
			throw cause;
		}
		const { files } = this.of(ref.source);
		files[ref.path] = tally.result(files[ref.path], options.resumed === true);
		drop(files);
		this.save();
	}

	/** Notes a hook's call, and gives back what it told. `undefined`: it could not be understood and was set aside. */
	called<E extends HookEvent>(entry: SpoolEntry, events: readonly E[] | undefined): E[] {
		const [first] = events ?? [];
		const assistant = first === undefined ? entry.assistant.slice(0, limits.nameLength) : first.type === 'turn' ? first.turn.assistant : first.assistant;
		const { hooks } = this.of(assistant);
		const at = new Date(Number(entry.at.slice(0, -6))).toISOString();
		// A call that waits in the spool is read again.
		if (at < hooks.last_at) return [...(events ?? [])];
		hooks.calls++;
		hooks.last_at = at;
		if (events === undefined) {
			hooks.set_aside++;
			this.of(assistant).trouble_at = at;
		}
		if (first === undefined) hooks.silent = { count: hooks.silent.count + 1, since: hooks.silent.count === 0 ? at : hooks.silent.since };
		else hooks.silent = { count: 0, since: '' };
		if (isPrompt(entry, events ?? [])) hooks.prompts = [...hooks.prompts.filter((one) => one !== at), at].slice(-limits.prompts);
		this.save();
		return [...(events ?? [])];
	}

	/** Notes the version of the editor that runs. */
	editor({ name, version }: { name: string; version: string }): void {
		const seen = this.editors.get(name) ?? [];
		if (seen.some((one) => one.version === version)) return;
		this.editors.set(name, [...seen, { version, at: this.ports.clock.now().toISOString() }].slice(-limits.versions));
		this.save();
	}

	/** The newest version of the editor that an assistant runs in; undefined while only one was ever seen. */
	editorOf(assistant: string): { name: string; version: string; at: string } | undefined {
		const [found] = [...this.editors.entries()].filter(([name]) => assistant === (/cursor/i.test(name) ? 'cursor' : 'vscode-copilot'));
		const [name, versions] = found ?? ['', []];
		const last = versions.at(-1);
		return last === undefined || versions.length < 2 ? undefined : { name, ...last };
	}

	assistants(): string[] {
		return [...this.known.keys()];
	}

	/** What is known of an assistant; nothing when there is nothing. */
	about(assistant: string): AssistantHealth {
		return this.known.get(assistant) ?? newAssistant();
	}

	/** True once for each time an assistant went blind. `since` is '' when it sees. */
	isNewlyBlind(assistant: string, since: string): boolean {
		if (this.about(assistant).told_blind === since) return false;
		this.of(assistant).told_blind = since;
		this.save();
		return since !== '';
	}

	/** Files of hooks that were set aside and are still there. */
	setAside(): number {
		try {
			return readdirSync(join(this.ports.paths.spool, 'aside')).length;
		} catch {
			return 0;
		}
	}

	close(): void {
		if (this.waiting === undefined) return;
		clearTimeout(this.waiting);
		this.write();
	}

	private failed(assistant: string): void {
		const health = this.of(assistant);
		health.failed++;
		health.trouble_at = this.ports.clock.now().toISOString();
		this.save();
	}

	private of(assistant: string): AssistantHealth {
		const known = this.known.get(assistant) ?? newAssistant();
		this.known.set(assistant, known);
		return known;
	}

	private save(): void {
		this.waiting ??= setTimeout(() => this.write(), restMs).unref();
	}

	private write(): void {
		this.waiting = undefined;
		try {
			writeState(this.file, { assistants: Object.fromEntries(this.known), editors: Object.fromEntries(this.editors) });
		} catch (cause) {
			this.ports.log.warn(`what readings of transcripts came to could not be kept: ${String(cause)}`);
		}
	}
}

/** What one reading comes to. */
class ReadingTally {
	private turns = 0;
	private ended = 0;
	private whole = 0;
	private told = 0;
	private readonly unknown: Record<string, number> = {};

	constructor(private readonly ref: TranscriptRef) {}

	take(event: CaptureEvent): void {
		if (event.type === 'unknown') this.takeUnknown(event.what.slice(0, limits.nameLength));
		else if (event.type === 'turn') this.takeTurn(event.turn);
	}

	/** Added to what was known, when only what came since then was read. */
	result(before: FileHealth | undefined, resumed: boolean): FileHealth {
		const { modified, bytes } = this.ref;
		const { turns, ended, whole, told, unknown } = this;
		const isNews = told !== (before?.told ?? 0);
		const fruitless = isNews ? 0 : (before?.fruitless ?? 0) + Math.max(0, bytes - (before?.bytes ?? 0));
		const counts = { at: modified, bytes, told, fruitless };
		if (!resumed || before === undefined) return { ...counts, turns, ended, whole, unknown };
		return {
			...counts,
			turns: before.turns + turns,
			ended: before.ended + ended,
			whole: before.whole + whole,
			unknown: { ...before.unknown, ...Object.fromEntries(Object.entries(unknown).map(([kind, count]) => [kind, countIn(before.unknown, kind) + count])) },
		};
	}

	private takeUnknown(what: string): void {
		const kind = Object.keys(this.unknown).length < limits.kinds || Object.hasOwn(this.unknown, what) ? what : 'other kinds';
		this.unknown[kind] = countIn(this.unknown, kind) + 1;
	}

	private takeTurn(turn: Extract<CaptureEvent, { type: 'turn' }>['turn']): void {
		this.turns++;
		this.told += 1 + (turn.tools?.length ?? 0) + (turn.edits?.length ?? 0) + (turn.response?.length ?? 0);
		if (turn.state === 'open') return;
		this.ended++;
		if (lacksOf(turn.assistant, { ...turn, channels: [turn.channel] }).length === 0) this.whole++;
	}
}

const Prompted = z.object({ prompt: z.string() });

/** A turn begins there. Slash commands and empty prompts need not become turns. */
function isPrompt(entry: SpoolEntry, events: readonly HookEvent[]): boolean {
	const words = Prompted.safeParse(entry.payload[0]).data?.prompt.trim();
	if (words === '' || words?.startsWith('/') === true) return false;
	return events.some((event) => event.type === 'moment' && event.call === undefined);
}

/** What is counted may be called like a member that every object has. */
function countIn(counts: Readonly<Record<string, number>>, kind: string): number {
	return Object.hasOwn(counts, kind) ? (counts[kind] ?? 0) : 0;
}

/** Forgets the transcripts that were longest left alone. */
function drop(files: Record<string, FileHealth>): void {
	const old = Object.entries(files)
		.sort(([, a], [, b]) => (a.at < b.at ? 1 : -1))
		.slice(limits.files);
	for (const [path] of old) Reflect.deleteProperty(files, path);
}
