import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const ticks = 100;

/**
 * Runs a command and measures everything that carries `mark` in its environment: the command, its children, and
 * processes that outlive it. Returns wall and CPU seconds and the sum of the peak memory of the processes, in megabytes.
 * Linux only. Processes that ran before count only with what they used since.
 */
export async function measured(command, args, { env, cwd, mark, input }) {
	const seen = new Map();
	const start = sample(mark, seen);
	const before = performance.now();
	const child = spawn(command, args, { cwd, env: { ...env, CODELEARN_BENCH_MARK: mark }, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
	let output = '';
	child.stdout.on('data', (piece) => (output += piece));
	child.stderr.on('data', (piece) => (output += piece));
	const timer = setInterval(() => sample(mark, seen), 20);
	const status = await new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	const wall = (performance.now() - before) / 1000;
	clearInterval(timer);
	sample(mark, seen);
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${output.slice(-2000)}`);
	// A process that was waited for is part of its parent's figure; what has no marked parent stands for itself.
	const cpu = [...seen].filter(([, { parent }]) => !seen.has(parent)).reduce((sum, [pid, { cpu: now }]) => sum + now - (start.get(pid) ?? 0), 0);
	const memory = [...seen.values()].reduce((sum, { peak }) => sum + peak, 0);
	return { wall, cpu, memory, output };
}

/** CPU seconds so far of the marked processes, by pid. */
export function sample(mark, seen) {
	const now = new Map();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		const found = look(name, mark, seen.has(name));
		if (found === undefined) continue;
		seen.set(name, { cpu: Math.max(found.cpu, seen.get(name)?.cpu ?? 0), peak: Math.max(found.peak, seen.get(name)?.peak ?? 0), parent: found.parent });
		now.set(name, found.cpu);
	}
	return now;
}

function look(pid, mark, known) {
	try {
		if (!known && !readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CODELEARN_BENCH_MARK=${mark}\0`)) return undefined;
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		// utime and stime, with those of children that were waited for.
		const cpu = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) / ticks;
		const status = readFileSync(`/proc/${pid}/status`, 'latin1');
		return { cpu, parent: fields[1] ?? '', peak: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 };
	} catch {
		return undefined;
	}
}

export function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor((sorted.length - 1) / 2)];
}

export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
