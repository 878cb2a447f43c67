import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import type { HookEvent, SpoolEntry } from '../capture/hooks/hookEvent';
import { folderOf, hookEvents } from '../capture/hooks/hookEvents';
import { messageOf } from '../core/errors';
import { TurnObservation } from '../core/turn';
import { pause } from '../platform/processes';
import { captureChoice } from './captureChoice';
import type { CaptureHealth } from './captureHealth';
import type { Ingest } from './ingest';
import type { AppPorts } from './ports';
import { reportedChecks } from './seenChecks';
import type { ShellEdits } from './shellEdits';
import { SpoolFiles } from './spoolFiles';
import type { SessionLook, Transcripts } from './transcripts';
import { turnIdOf } from './turnIdOf';

/** Files that are read and journalled together. */
const groupSize = 100;
const pollMs = 5000;
/** A burst of hooks makes one reading. */
const quietMs = 50;
/** The start does not wait longer for what lies there. */
const startMs = 2000;
/** An assistant's last answer may reach its transcript after its hook, and what the editor knows of its edits a flush later. */
const lookAgainMs = [1000, 5000, 6000];

/** Whose hooks nobody installed: the extension's plugins for VS Code and Cursor. */
const broughtAlong: ReadonlySet<string> = new Set(['vscode-copilot', 'cursor-plugin']);

/** What follows when turns were written without a call. */
export interface Settle {
	(changedSince: number): Promise<void>;
}

type CheckedEvent = { readonly type: 'turn'; readonly opens: boolean; readonly turn: TurnObservation } | Exclude<HookEvent, { type: 'turn' }>;

interface SpoolCall {
	readonly name: string;
	readonly events: readonly CheckedEvent[];
}

/**
 * Reads what hooks have left, in the order of their calls. A file is deleted only when the journal has what it tells, so that
 * a stop at any point loses nothing; what is read twice changes nothing.
 */
export class Spool {
	private readonly files: SpoolFiles;
	private readonly stopping = new AbortController();
	private readonly looksLater = new Set<Promise<void>>();
	private watcher: FSWatcher | undefined;
	private poll: NodeJS.Timeout | undefined;
	private soon: NodeJS.Timeout | undefined;
	private reading: Promise<void> = Promise.resolve();

	constructor(
		private readonly ports: AppPorts,
		private readonly ingest: Ingest,
		private readonly transcripts: Transcripts,
		private readonly shellEdits: ShellEdits,
		private readonly settle: Settle,
		private readonly health: CaptureHealth,
	) {
		this.files = new SpoolFiles(ports.paths.spool, ports.log);
	}

	/** Reads what lies there and goes on reading. Returns soon, also when a lot lies there. */
	async start(): Promise<void> {
		this.poll = setInterval(() => void this.read(), pollMs).unref();
		await Promise.race([this.read(), pause(startMs)]);
		try {
			this.watcher = watch(this.ports.paths.spool, { persistent: false }, () => this.readSoon());
			this.watcher.on('error', (cause) => this.ports.log.debug(`the spool is polled only: ${messageOf(cause)}`));
		} catch (cause) {
			this.ports.log.debug(`the spool is polled only: ${messageOf(cause)}`);
		}
	}

	/** Reads everything that lies there now. Never throws: what failed stays and is read again. */
	read(): Promise<void> {
		this.reading = this.reading.then(() => this.readAll());
		return this.reading;
	}

	/** Waits for what is being read. */
	async close(): Promise<void> {
		this.stopping.abort();
		this.watcher?.close();
		clearInterval(this.poll);
		clearTimeout(this.soon);
		await this.reading;
		await Promise.all(this.looksLater);
	}

	private readSoon(): void {
		if (this.stopping.signal.aborted) return;
		this.soon ??= setTimeout(() => {
			this.soon = undefined;
			void this.read();
		}, quietMs).unref();
	}

	private async readAll(): Promise<void> {
		const before = this.ports.derived.version();
		try {
			const now = this.ports.clock.now();
			this.files.markRead(now);
			this.files.removeOld(now);
			const names = this.files.names();
			for (let start = 0; start < names.length && !this.stopping.signal.aborted; start += groupSize)
				await this.take(names.slice(start, start + groupSize).flatMap((name) => this.call(name)));
		} catch (cause) {
			this.ports.log.warn(`hooks' files wait in the spool: ${messageOf(cause)}`);
		}
		if (this.ports.derived.version() !== before) await this.settle(before);
	}

	/** Keeps a group; when it fails, one by one, so that a single file cannot hold up the others. */
	private async take(group: readonly SpoolCall[]): Promise<void> {
		try {
			await this.keep(group);
		} catch (cause) {
			if (group.length <= 1) throw cause;
			let failure: unknown;
			for (const file of group) await this.keep([file]).catch((again: unknown) => (failure = again));
			if (failure !== undefined) this.ports.log.warn(`a hook's file waits in the spool: ${messageOf(failure)}`);
		}
	}

	/** A file with what it tells. One that cannot be understood is out of the way, so that only the journal can hold a file up. */
	private call(name: string): SpoolCall[] {
		const entry = this.files.read(name);
		if (entry === undefined) return [];
		try {
			return [{ name, events: this.isAllowed(entry) ? this.health.called(entry, hookEvents(entry).map(checked)) : [] }];
		} catch {
			this.health.called(entry, undefined);
			this.files.setAside(name, 'not as its assistant writes it');
			return [];
		}
	}

	/** Hooks that somebody installed may tell, unless capture is off in their folder; those the editor's extension brings along only where it is on. */
	private isAllowed(entry: SpoolEntry): boolean {
		const choice = captureChoice(folderOf(entry), this.ports.paths);
		return broughtAlong.has(entry.assistant) ? choice === 'on' : choice !== 'off';
	}

	private async keep(group: readonly SpoolCall[]): Promise<void> {
		const events = group.flatMap((call) => call.events);
		// First, while the tree is still as the hooks found it.
		await this.shellEdits.noticed(events.filter((event) => event.type === 'moment'));
		await this.ingest.turns(this.turnsOf(events));
		await this.ingest.checks({ checks: events.flatMap((event) => (event.type === 'moment' ? reportedChecks(event) : [])) });
		const looks = new Map(events.flatMap((event) => (event.type === 'look' ? [[JSON.stringify(event), event] as const] : [])));
		for (const look of looks.values()) await this.transcripts.importSession(look);
		for (const { name } of group) this.files.remove(name);
		for (const look of looks.values()) this.lookAgain(look);
	}

	/** A call that carries no prompt only adds to a turn that is known: its turn may be one that nobody typed. */
	private turnsOf(events: readonly CheckedEvent[]): TurnObservation[] {
		const opened = new Set<string>();
		return events.flatMap((event) => {
			if (event.type !== 'turn') return [];
			const { turn } = event;
			const id = turnIdOf(turn);
			if (event.opens) opened.add(id);
			return opened.has(id) || this.ports.derived.turn(id) !== undefined ? [turn] : [];
		});
	}

	private lookAgain(look: SessionLook): void {
		const later = this.lookLater(look).catch((cause: unknown) => {
			if (!this.stopping.signal.aborted) this.ports.log.warn(`the transcript of a session could not be read: ${messageOf(cause)}`);
		});
		this.looksLater.add(later);
		void later.finally(() => this.looksLater.delete(later));
	}

	private async lookLater(look: SessionLook): Promise<void> {
		for (const delay of lookAgainMs) {
			await pause(delay, this.stopping.signal);
			const before = this.ports.derived.version();
			await this.transcripts.importSession(look);
			if (this.ports.derived.version() !== before) await this.settle(before);
		}
	}
}

function checked(event: HookEvent): CheckedEvent {
	return event.type === 'turn' ? { ...event, turn: TurnObservation.parse(event.turn) } : event;
}
