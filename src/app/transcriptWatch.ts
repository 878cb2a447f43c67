import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TranscriptRef } from '../capture/captureSource';
import { messageOf } from '../core/errors';
import { pause } from '../platform/processes';
import { captureChoice, foldersWithCapture } from './captureChoice';
import type { AppPorts } from './ports';
import type { Settle } from './spool';
import type { Transcripts } from './transcripts';

/** Looks come at least so often, for places that cannot be watched or did not exist before. */
const pollMs = 60_000;
/** An assistant writes many lines at a time. */
const quietMs = 1000;
/** What is written here later is noticed by the poll: only so many folders are watched, those with the newest transcripts. */
const mostFolders = 64;
/** Parts of the time that looking at all transcripts, and reading those that changed, may take. */
const share = { looking: 0.01, reading: 0.1 };

/**
 * Brings in what assistants write, without being asked, for folders in which capture is on. The folders that hold the newest
 * transcripts are watched; a change in one of them, and the poll, make a look at all transcripts.
 */
export class TranscriptWatch {
	private readonly stopping = new AbortController();
	private readonly watchers = new Map<string, FSWatcher>();
	private changed = false;
	private wake: () => void = () => undefined;
	private running: Promise<void> = Promise.resolve();

	constructor(
		private readonly ports: AppPorts,
		private readonly transcripts: Transcripts,
		private readonly settle: Settle,
	) {}

	start(): void {
		this.running = this.run();
	}

	/** Waits for what is being read. */
	async close(): Promise<void> {
		this.stopping.abort();
		this.wake();
		this.watchOnly([]);
		await this.running;
	}

	private async run(): Promise<void> {
		while (!this.stopping.signal.aborted) {
			const rest = await this.look();
			await pause(rest, this.stopping.signal).then(
				() => this.changeOrPoll(),
				() => undefined,
			);
		}
	}

	/** Waits for a change of a watched folder, not longer than the poll. */
	private changeOrPoll(): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => this.wake(), pollMs).unref();
			this.wake = () => {
				clearTimeout(timer);
				resolve();
			};
			if (this.changed) this.wake();
		});
	}

	/** Looks at all transcripts and reads those that changed. Returns how long to rest then, in milliseconds. */
	private async look(): Promise<number> {
		this.changed = false;
		const began = performance.now();
		let looked = began;
		const folders = foldersWithCapture(this.ports.paths);
		const before = this.ports.derived.version();
		try {
			const wanted = folders.length === 0 ? [] : this.wanted(await this.transcripts.findAll(folders));
			looked = performance.now();
			this.watchOnly(foldersOf(wanted));
			await this.transcripts.importFound(wanted, this.stopping.signal);
		} catch (cause) {
			if (!this.stopping.signal.aborted) this.ports.log.warn(`transcripts could not be brought in: ${messageOf(cause)}`);
		}
		if (this.ports.derived.version() !== before) await this.settle(before);
		// The first look reads the heads of all files; what is written meanwhile should not wait for minutes.
		const rest = Math.max(quietMs, (looked - began) / share.looking, (performance.now() - looked) / share.reading);
		return Math.min(rest, pollMs);
	}

	/** Those of folders for which somebody switched capture on. */
	private wanted(found: readonly TranscriptRef[]): TranscriptRef[] {
		const choices = new Map<string, boolean>();
		return found.filter(({ cwd }) => {
			if (cwd === undefined) return false;
			const known = choices.get(cwd) ?? captureChoice(cwd, this.ports.paths) === 'on';
			choices.set(cwd, known);
			return known;
		});
	}

	private watchOnly(folders: readonly string[]): void {
		const wanted = new Set(folders);
		for (const [folder, watcher] of this.watchers) {
			if (wanted.has(folder)) continue;
			watcher.close();
			this.watchers.delete(folder);
		}
		for (const folder of wanted) if (!this.watchers.has(folder)) this.watchOne(folder);
	}

	private watchOne(folder: string): void {
		try {
			const watcher = watch(folder, { persistent: false }, () => {
				this.changed = true;
				this.wake();
			});
			watcher.on('error', (cause) => {
				this.ports.log.debug(`${folder} is polled only: ${messageOf(cause)}`);
				watcher.close();
				this.watchers.delete(folder);
			});
			this.watchers.set(folder, watcher);
		} catch (cause) {
			this.ports.log.debug(`${folder} is polled only: ${messageOf(cause)}`);
		}
	}
}

/** Folders of the newest transcripts, and those above, where the next session or the next day gets its folder. */
function foldersOf(newestFirst: readonly TranscriptRef[]): string[] {
	const folders = new Set<string>();
	for (const { path } of newestFirst) {
		if (folders.size >= mostFolders) break;
		folders.add(dirname(path));
		folders.add(join(path, '..', '..'));
	}
	return [...folders];
}
