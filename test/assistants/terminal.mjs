import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/**
 * Runs a program in a pseudo-terminal, which `script` of util-linux makes, and types into it. Each step is `[pattern, keys]`: when what was
 * shown since the last step matches and the screen rests, or has matched for some time, the keys are typed. Resolves to what was left to do
 * and what was shown last.
 */
export async function typeInto({ program, args, steps, cwd, env, limitSeconds, log }) {
	const line = ['stty rows 40 cols 120; exec', ...[program, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)].join(' ');
	const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
		cwd,
		env,
		stdio: ['pipe', 'pipe', 'pipe'],
		detached: true,
	});
	const ended = new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', resolve);
	});
	const left = [...steps];
	let all = '';
	let shown = '';
	let quietSince = Date.now();
	child.stdin.on('error', () => undefined);
	child.stdout.setEncoding('utf8').on('data', (piece) => {
		all += piece;
		shown += piece;
		quietSince = Date.now();
		answerQueries(piece, child.stdin);
	});
	let isOver = false;
	void ended.finally(() => (isOver = true)).catch(() => undefined);
	let matchedAt;
	for (const end = Date.now() + limitSeconds * 1000; !isOver && Date.now() < end; await pause(100)) {
		const [next] = left;
		if (next === undefined || !new RegExp(next[0], 's').test(plain(shown))) continue;
		matchedAt ??= Date.now();
		if (Date.now() - quietSince < 300 && Date.now() - matchedAt < 2000) continue;
		left.shift();
		shown = '';
		matchedAt = undefined;
		await type(child.stdin, next[1]);
	}
	if (!isOver) signal(child.pid, 'SIGKILL');
	await ended;
	writeFileSync(log, all);
	return { left: left.map(([pattern]) => pattern), shown: plain(shown).slice(-1500) };
}

/** Enter goes apart from the text: a joint piece counts as pasted. */
async function type(input, keys) {
	for (const part of keys.split(/(\r)/).filter((some) => some !== '')) {
		input.write(part);
		await pause(400);
	}
}

/** What a real terminal would say of itself and of its cursor. */
function answerQueries(piece, input) {
	if (/\x1b\[0?c/.test(piece)) input.write('\x1b[?62;22c');
	if (piece.includes('\x1b[6n')) input.write('\x1b[1;1R');
}

function plain(text) {
	return text
		.replace(/\x1b\[\d*[CG]/g, ' ')
		.replace(/\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>NOM78])/g, '')
		.replaceAll('\r', '\n')
		.replace(/[ \t]+/g, ' ');
}

function signal(pid, name) {
	try {
		process.kill(-pid, name);
	} catch {
		// It ended by itself in between.
	}
}

function pause(milliseconds) {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
