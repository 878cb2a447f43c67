import { readFileSync } from 'node:fs';

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks again and again until the answer is given; fails with `what` when `limit` milliseconds were not enough. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>, limit = 20_000): Promise<T> {
	for (const end = Date.now() + limit; ;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
		await pause(50);
	}
}

/** True when a process of that id runs; one that has ended but was not reaped by its parent does not count. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	return !isZombie(pid);
}

export function gone(pid: number, limit = 20_000): Promise<true> {
	return until(`process ${pid} ends`, () => (isRunning(pid) ? undefined : true), limit);
}

function isZombie(pid: number): boolean {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, '').includes(' Z ');
	} catch {
		return false;
	}
}
