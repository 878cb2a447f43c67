import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TurnObservation, TurnEnrichment, type TurnObservationInput } from '../../src/core/turn';
import { modificationType } from '../../src/enrich/classify';
import { enrichTurn } from '../../src/enrich/enrichTurn';
import { richnessEvidence } from '../../src/enrich/evidence';
import { fileChanges } from '../../src/enrich/fileChanges';
import { recordedTurns } from './recordedTurns';

const ports = { hmac: (text: string): string => createHmac('sha256', 'key').update(text).digest('hex') };
const golden = join(__dirname, '../golden/enrich');
const turn = (part: Partial<TurnObservationInput>): TurnObservation =>
	TurnObservation.parse({
		assistant: 'a',
		session_id: 's',
		turn_key: 'k',
		channel: 'transcript',
		started_at: '2026-01-01T00:00:00.000Z',
		prompt: 'p',
		...part,
	});
const edit = (part: object = {}): object => ({ file_path: '/r/a.ts', before: 'a\n', after: 'b\n', whole: true, fidelity: 'recorded', ...part });
const edits = (...parts: object[]): TurnObservation['edits'] => turn({ edits: parts as TurnObservationInput['edits'] }).edits;

describe('enrichTurn', () => {
	it('gives for recorded turns what it gave before (golden)', async () => {
		for (const { name, turns } of await recordedTurns()) {
			const text = `${JSON.stringify(
				turns.map((one) => enrichTurn(one, ports)),
				undefined,
				2,
			)}\n`;
			const path = join(golden, `${name}.json`);
			if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(path)) {
				assert.ok(process.env['UPDATE_GOLDEN'] === '1', `${path} is missing; run with UPDATE_GOLDEN=1 and read what it writes.`);
				mkdirSync(dirname(path), { recursive: true });
				writeFileSync(path, text);
			}
			assert.equal(text, readFileSync(path, 'utf8'), name);
		}
	});

	it('is a valid enrichment of a turn of which nothing is known', () => {
		const empty = enrichTurn(turn({ prompt: '' }), ports);
		assert.deepEqual(TurnEnrichment.parse(empty), empty);
		assert.equal(empty.capture_fidelity, 'none');
		assert.equal(empty.context_richness, 0);
	});

	it('is as faithful as the worst of the applied edits', () => {
		assert.equal(
			enrichTurn(turn({ edits: edits(edit(), edit({ fidelity: 'document' }), edit({ fidelity: 'partial', state: 'rejected' })) }), ports).capture_fidelity,
			'document',
		);
	});

	it('lists changed files and symbols first, each once, without the working folder', () => {
		const enriched = enrichTurn(
			turn({
				cwd: '/r',
				prompt: 'Fix `parseHeader` in src/http.ts, see docs/http.md',
				tools: [{ name: 'Read', args: { file_path: '/r/src/http.ts' } }],
				edits: edits(edit({ file_path: '/r/src/b.ts', before: 'function one() {\n  a;\n}\n', after: 'function one() {\n  b;\n}\n' })),
			}),
			ports,
		);
		assert.deepEqual(enriched.involved_entities, ['src/b.ts', 'one', 'src/http.ts', 'docs/http.md', 'parseHeader']);
	});
});

describe('modificationType', () => {
	const source = fileChanges(edits(edit()));
	const cases: readonly (readonly [prompt: string, expected: string])[] = [
		['sum([1,2,3]) gives the wrong result, please look into it', 'bugfix'],
		['Fix the crash when adding a new user', 'bugfix'],
		['Fix add() in src/add.js', 'bugfix'],
		['The login does not work since the last release', 'bugfix'],
		['Refactor the parser into smaller functions', 'refactor'],
		['Rename getUser to loadUser everywhere', 'refactor'],
		['Add a --json option to the list command', 'feature'],
		['Implement pagination for the users endpoint', 'feature'],
		['Document the public functions', 'documentation'],
		['42', 'unknown'],
	];
	for (const [prompt, expected] of cases) it(`is ${expected} for: ${prompt}`, () => assert.equal(modificationType(prompt, '', source), expected));

	it('is documentation when only documents or comments changed, whatever was asked', () => {
		assert.equal(modificationType('Fix the error', '', fileChanges(edits(edit({ file_path: '/r/README.md' })))), 'documentation');
		assert.equal(modificationType('Fix it', '', fileChanges(edits(edit({ before: 'a\n', after: '// why\na\n' })))), 'documentation');
		assert.equal(modificationType('Fix lint', '', fileChanges(edits(edit({ before: 'a\n', after: '// eslint-disable-next-line\na\n' })))), 'bugfix');
	});

	it('is unknown when nothing was changed, and a feature for new source without a word', () => {
		assert.equal(modificationType('Fix the bug', 'Fixed', []), 'unknown');
		assert.equal(modificationType('.', '', fileChanges(edits(edit({ kind: 'create', before: null })))), 'feature');
	});
});

describe('scores', () => {
	const ran = (command: string, ok: boolean, output = ''): object => ({ name: 'Bash', kind: 'run', args: { command }, ok, output });
	const edited = { name: 'Edit', kind: 'edit', ok: true };
	const score = (part: Partial<TurnObservationInput>): number =>
		enrichTurn(turn({ prompt: 'p', response: 'done', edits: edits(edit()), ...part }), ports).confidence_score;
	const tools = (...list: object[]): Partial<TurnObservationInput> => ({ tools: list as NonNullable<TurnObservationInput['tools']> });

	it('rise with tests that passed after the edit and fall with tests that failed', () => {
		const plain = score(tools(edited));
		assert.ok(score(tools(edited, ran('npm test', true))) > plain);
		assert.ok(score(tools(edited, ran('npm test', false))) < plain);
		assert.ok(score(tools(edited, ran('npx pytest | tail', true, '2 failed, 3 passed'))) < plain);
		assert.equal(score(tools(ran('npm test', true), edited)), plain);
		assert.ok(score(tools(edited, ran('npx tsc -p .', true))) > plain);
	});

	it('fall when the turn was cancelled, failed or refused', () => {
		assert.ok(score({ state: 'cancelled' }) < score({}));
		assert.ok(score({ state: 'failed' }) < score({ state: 'cancelled' }));
		assert.ok(score({ edits: edits(edit(), edit({ state: 'rejected' })) }) < score({}));
	});

	it('stay within 0 and 1 whatever holds', () => {
		assert.ok(score({ state: 'failed', edits: [], response: '' }) >= 0);
		assert.equal(Math.round(richnessEvidence.reduce((total, [, weight]) => total + weight, 0) * 100), 100);
	});
});
