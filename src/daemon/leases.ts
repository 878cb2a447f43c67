import type { LeaseBody } from '../app/daemonState';
import { isAlive } from '../platform/processes';

/** A staying host that has not shown itself for this long, though its process lives, sleeps or hangs. */
const silenceLimit = 120_000;
/** After the last staying host has left, its window may just be reloading. */
const reloadMs = 3000;

/** Who needs the daemon: hosts that stay, and commands that were here a moment ago. */
export class Leases {
	private readonly held = new Map<number, { what: string; seen: number }>();
	private calls = 0;
	private until: number;

	constructor(
		/** How long it stays after a command, so that the next one finds it warm. Milliseconds. */
		private readonly linger: number,
	) {
		this.until = now() + Math.max(linger, 10_000);
	}

	hold({ pid, what }: LeaseBody): void {
		this.held.set(pid, { what, seen: now() });
	}

	release({ pid }: LeaseBody): void {
		this.held.delete(pid);
		this.until = Math.max(this.until, now() + reloadMs);
	}

	/** A call in progress keeps the daemon, and a while longer when it came from a command. */
	async during(work: () => Promise<void>): Promise<void> {
		this.calls++;
		try {
			await work();
		} finally {
			this.calls--;
			if (this.held.size === 0) this.until = Math.max(this.until, now() + this.linger);
		}
	}

	list(): { pid: number; what: string }[] {
		return [...this.held].map(([pid, { what }]) => ({ pid, what }));
	}

	expired(): boolean {
		for (const [pid, { what, seen }] of this.held)
			if (what !== 'server start' && (!isAlive(pid) || now() - seen > silenceLimit)) this.release({ pid, what, hold: true });
		return this.held.size === 0 && this.calls === 0 && now() > this.until;
	}
}

/** Time that stands still while the machine sleeps. */
const now = () => performance.now();
