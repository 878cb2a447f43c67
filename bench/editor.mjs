// npm run bench:editor: what capture adds to a keystroke, and how long activation holds up a real extension host.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median, percentile } from './measure.mjs';
import { typingOverhead } from '../src/capture/editor/typingOverhead.ts';

const root = path.join(import.meta.dirname, '..');
const starts = 5;

const keys = [...typingOverhead()];
console.log(
	`a keystroke in a file of 20,000 lines: median ${median(keys).toFixed(4)} ms, 99th percentile ${percentile(keys, 0.99).toFixed(4)} ms, most ${keys.at(-1).toFixed(2)} ms`,
);

const work = mkdtempSync(path.join(tmpdir(), 'codelearn-bench-'));
try {
	const figures = path.join(work, 'figures');
	for (let start = 0; start < starts; start++) {
		const run = spawnSync(process.execPath, [path.join(root, 'test/e2e/suite.mjs')], {
			env: { ...process.env, CODELEARN_FIGURES: figures, CODELEARN_TEST_GREP: 'activation' },
			encoding: 'utf8',
		});
		if (run.status !== 0) throw new Error(`the host suite failed: ${run.stdout.slice(-2000)}${run.stderr.slice(-2000)}`);
	}
	const times = readFileSync(figures, 'utf8').trim().split('\n').map(Number);
	console.log(`activate() in a real extension host, ${times.length} starts: median ${median(times).toFixed(0)} ms, most ${Math.max(...times).toFixed(0)} ms`);
} finally {
	rmSync(work, { recursive: true, force: true });
}
