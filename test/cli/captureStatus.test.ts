import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureStatus } from '../../src/core/captureStatus';
import { CliHome } from '../support/cliHome';

const recorded = join(__dirname, '../fixtures/claude-code/fix-sum/session.jsonl');

describe('chroma-client capture-status', function () {
	this.timeout(60_000);
	const home = new CliHome({ CLAUDE_CONFIG_DIR: '', CODEX_HOME: '' });
	after(() => home.remove());

	it('says that nothing was seen where nothing is', async () => {
		const { code, stdout } = await home.run(['capture-status']);
		assert.equal(code, 0);
		assert.match(stdout, /^No assistant was seen on this machine/);
	});

	it('tells of what was imported: as a table, in full for one assistant, as JSON', async () => {
		const file = join(home.env['HOME'] ?? '', 'session.jsonl');
		copyFileSync(recorded, file);
		await home.json(['import', file]);
		const { stdout } = await home.run(['capture-status']);
		assert.match(stdout, /^assistant +state +turns +whole +last turn +hooks\nclaude-code +ok +1 +100% +.+ +not installed\nNot seen on this machine: /);
		const one = await home.run(['capture-status', 'claude-code']);
		assert.match(one.stdout, /^Claude Code\n {2}State: ok\n {2}Turns: 1\n {2}Seen by: transcript 1\n {2}Whole: 1 of 1 \(100%\)\n/);
		const { assistants } = CaptureStatus.parse(await home.json(['capture-status']));
		assert.equal(assistants[0]?.assistant, 'claude-code');
	});

	it('names the known assistants when asked for one that is not', async () => {
		const { code, stderr } = await home.run(['capture-status', 'emacs']);
		assert.equal(code, 2);
		assert.match(stderr, /"emacs".*Known ones: .*claude-code/);
	});

	it('says in the doctor that capture has gone blind', async () => {
		const folder = join(home.env['HOME'] ?? '', '.claude/projects/-demo');
		mkdirSync(folder, { recursive: true });
		const file = join(folder, 'renamed.jsonl');
		writeFileSync(file, readFileSync(recorded, 'utf8').replaceAll(/"type":"(?:user|assistant)"/g, '"type":"mail"'));
		const tenMinutesAgo = new Date(Date.now() - 600_000);
		utimesSync(file, tenMinutesAgo, tenMinutesAgo);
		await home.json(['import', file]);
		const doctor = await home.run(['doctor', '--json']);
		const report = JSON.parse(doctor.stdout) as { capture: unknown; findings: { level: string; text: string }[] };
		assert.equal(CaptureStatus.parse(report.capture).assistants[0]?.state, 'blind');
		assert.ok(report.findings.some(({ level, text }) => level === 'problem' && /^Capture has gone blind for Claude Code, since .*gave no turn/.test(text)));
		assert.equal(doctor.code, 1);
		assert.match((await home.run(['capture-status'])).stdout, /claude-code +blind[^]*Blind: Claude Code, since/);
	});
});
