import assert from 'node:assert/strict';
import type { Output } from '../../src/core/api';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';

const textBefore = 'export const a = 1;\n';
const textAfter = `${textBefore}
export function twice(list: number[]) {
	const sum = list.reduce((x, y) => x + y, 0);
	if (sum > 100) throw new Error('too much');
	return sum * a;
}
`;

describe('chroma-client why and analyze-chat-history', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const repo = new GitRepository({ 'src/a.ts': textBefore }, home.env);
	const cwd = repo.root;
	let turn = '';
	before(async () => {
		repo.write('.git/before.ts', textBefore);
		repo.write('src/a.ts', textAfter);
		const args = ['log-chat', '--raw-prompt', 'Sum the list twice.', '--raw-response', 'Done.', '--assistant', 'claude-code', '--model', 'sonnet'];
		turn = (await home.json<Output<'logChat'>>([...args, '--file', 'src/a.ts', '--before', '.git/before.ts', '--after', 'src/a.ts'], { cwd })).turn_id;
	});
	after(async () => {
		await home.remove();
		repo.remove();
	});

	it('tells whose line it is', async () => {
		const why = await home.json<Output<'why'>>(['why', 'src/a.ts:4'], { cwd });
		assert.deepEqual([why.attribution, why.state, why.turn_id, why.chat_id, why.commit_sha, why.turn?.model], ['ai', 'kept', turn, turn, '', 'sonnet']);
		const human = await home.json<Output<'why'>>(['why', 'a.ts:1'], { cwd: `${cwd}/src` });
		assert.deepEqual([human.attribution, human.turn_id, human.commit_sha], ['unknown', '', repo.git('rev-parse', 'HEAD').trim()]);
		const { stdout } = await home.run(['why', 'src/a.ts:4'], { cwd });
		assert.match(stdout, /written by an assistant, as it was written\nturn: .*claude-code, sonnet.*\nasked: Sum the list twice\.\n/);
	});

	it('refuses what names no line', async () => {
		for (const [place, message] of [
			['src/a.ts', 'names no line'],
			['src/a.ts:0', 'names no line'],
			['src/a.ts:99', 'has 7 lines'],
			['src/none.ts:1', 'no file src/none.ts'],
		] as const) {
			const { code, stderr } = await home.run(['why', place], { cwd });
			assert.deepEqual([code, stderr.includes(message)], [2, true], stderr);
		}
	});

	it('finds out what became of the turn, and explains it', async () => {
		const early = await home.json<Output<'analyze'>>(['analyze-chat-history'], { cwd });
		assert.deepEqual([early.analyzed, early.by_status], [1, { analyzed: 1 }]);
		repo.commit('sum');
		const later = await home.run(['analyze-chat-history'], { cwd });
		assert.match(later.stdout, /1 of 1 turns analysed over 2 commits .*1 with something new\.\n {2}rewarded_implemented: 1\n/);
		assert.match((await home.run(['analyze-chat-history'], { cwd })).stdout, /nothing new/);
		const { stdout } = await home.run(['analyze-chat-history', '--explain', turn.slice(0, 12)], { cwd });
		assert.match(stdout, /: rewarded_implemented\nasked: Sum the list twice\.\nreward 1, 100% of it is there, committed\n/);
		assert.match(stdout, /src\/a\.ts: kept, 4 kept of 4 lines/);
		const unknown = await home.run(['analyze-chat-history', '--explain', 't_ffff'], { cwd });
		assert.deepEqual([unknown.code, unknown.stderr.includes('There is no turn')], [1, true]);
	});

	it('fails where there is nothing to analyse', async () => {
		const empty = new GitRepository({ 'a.txt': 'x\n' }, home.env);
		const { code, stdout } = await home.run(['analyze-chat-history'], { cwd: empty.root });
		assert.deepEqual([code, stdout], [1, 'No turn was captured in this repository yet.\n']);
		empty.remove();
	});
});
