import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import type { Pairs } from '../support/correlationPairs';
import { readPairs } from '../support/correlationPairs';

const folder = join(__dirname, '..', 'fixtures', 'correlation');
const endings = { typescript: 'ts', python: 'py', go: 'go', java: 'java' };

/** Every fixture lies in a folder of its own. */
const fixtures = Object.entries(endings).flatMap(([language, ending]) =>
	readdirSync(join(folder, language)).map((file) => ({
		file: `${language}/${file}`,
		main: `a.${ending}`,
		...readPairs(join(folder, language, file), `a.${ending}`),
	})),
);

describe('outcomes by syntax', () => {
	let app: AppHarness;
	beforeEach(async () => (app = await AppHarness.open()));
	afterEach(() => app.close());

	const most = Math.max(...fixtures.map(({ cases }) => cases.length));
	for (let round = 0; round < most; round++)
		it(`are right for the labelled pairs, part ${round + 1} of ${most}`, async function () {
			this.timeout(60_000);
			const chosen = fixtures.flatMap((fixture) => fixture.cases.slice(round, round + 1).map((one) => ({ ...fixture, ...one })));
			const repo = app.repository(Object.fromEntries(chosen.map(({ file, main, ...pairs }) => [`${file}/${main}`, before(pairs)])));
			for (const { file, main, title, ...pairs } of chosen) {
				const path = repo.write(`${file}/${main}`, pairs.written);
				await app.capture(repo.root, turnOf(repo, { prompt: `${file}: ${title}`, edits: [wholeEdit(path, before(pairs), pairs.written)] }));
			}
			repo.commit('written');
			for (const { file, files } of chosen) for (const { path, text } of files) repo.write(`${file}/${path}`, text);
			repo.commit('later');
			await app.call('analyze', {}, repo.root);
			const { turns } = await app.call('listTurns', {}, repo.root);
			const wrong: string[] = [];
			for (const turn of turns) {
				const detail = await app.call('getTurn', { id: turn.id }, repo.root);
				const expected = chosen.find(({ file, title }) => detail.turn.prompt === `${file}: ${title}`);
				const { findings } = await app.call('fate', { id: turn.id }, repo.root);
				if (detail.status !== (expected?.implemented === true ? 'rewarded_implemented' : 'ignored_not_implemented'))
					wrong.push(`${detail.turn.prompt}: ${detail.status}, ${JSON.stringify(findings)}`);
			}
			assert.equal(turns.length, chosen.length);
			assert.deepEqual(wrong, []);
		});
});

/** The file without what the turn wrote. */
function before({ written, lines }: Pick<Pairs, 'written' | 'lines'>): string {
	return written
		.split('\n')
		.filter((_line, index) => !lines.has(index + 1))
		.join('\n');
}
