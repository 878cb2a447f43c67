import assert from 'node:assert/strict';
import { TurnObservation, type TurnObservationInput } from '../../src/core/turn';
import { createRedactor } from '../../src/enrich/redact';
import { redactTurn } from '../../src/enrich/redactTurn';
import { isSecretPath } from '../../src/core/secretPath';

const redactor = createRedactor();
const word = 'hunter2hunter';
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

describe('isSecretPath', () => {
	const secret = [
		'.env',
		'/a/.env.local',
		'prod.env',
		'a/server.PEM',
		'x.key',
		'~/.ssh/id_rsa',
		'id_ed25519',
		'/r/.npmrc',
		'.netrc',
		'.pypirc',
		'credentials',
		'/h/.aws/credentials',
		'C:\\Users\\a\\.ssh\\work',
		'k.p12',
		'k.pfx',
		'k.jks',
		'k.kdbx',
		'service-account.json',
		'secrets.yaml',
		'/h/.gnupg/x',
		'/h/.kube/config',
		'.git-credentials',
	];
	for (const path of secret) it(`holds for ${path}`, () => assert.ok(isSecretPath(path)));
	const open = [
		'.env.example',
		'.env.sample',
		'.env.template',
		'src/env.ts',
		'src/secrets.ts',
		'keys.md',
		'id_rsa.pub',
		'key.ts',
		'/h/.ssh/config',
		'/h/.ssh/known_hosts',
		'package.json',
		'',
		'/',
		'environment.md',
		'credentials.ts',
		'/r/.kube/readme',
	];
	for (const path of open) it(`does not hold for ${path || 'an empty path'}`, () => assert.ok(!isSecretPath(path)));
});

describe('redactTurn', () => {
	it('redacts prompt, response, arguments, outputs and both sides of edits, and counts', async () => {
		const secret = `DB_PASSWORD=${word}`;
		const done = await redactTurn(
			turn({
				prompt: secret,
				response: secret,
				tools: [{ name: 'Bash', args: { command: `${secret} ./run` }, output: secret }],
				edits: [{ file_path: '/r/a.sh', before: secret, after: secret, whole: true, fidelity: 'recorded' }],
			}),
			redactor,
		);
		assert.equal(done.count, 6);
		assert.ok(!JSON.stringify(done.turn).includes(word));
		assert.deepEqual(await redactTurn(done.turn, redactor), { turn: done.turn, count: 0 });
	});

	it('drops the text of a secret file by its path alone, and keeps the path', async () => {
		const plain = 'nothing here looks like a secret at all, but it is one';
		const done = await redactTurn(
			turn({
				tools: [
					{ name: 'Read', args: { file_path: '/r/.env' }, output: plain },
					{ name: 'Write', args: { file_path: '/r/.env', content: plain }, output: 'ok' },
					{ name: 'Bash', args: { command: 'cat /r/.env | head' }, output: plain },
					{ name: 'Read', args: { file_path: '/r/.env.example' }, output: plain },
				],
				edits: [{ file_path: '/r/.env', before: null, after: plain, whole: true, fidelity: 'recorded', kind: 'create' }],
			}),
			redactor,
		);
		assert.deepEqual(
			done.turn.tools.map((tool) => [tool.args, tool.output]),
			[
				[{ file_path: '/r/.env' }, '[not captured: secret file]'],
				[{ file_path: '/r/.env', content: '[not captured: secret file]' }, '[not captured: secret file]'],
				[{ command: 'cat /r/.env | head' }, '[not captured: secret file]'],
				[{ file_path: '/r/.env.example' }, plain],
			],
		);
		assert.deepEqual(done.turn.edits, [
			{ file_path: '/r/.env', kind: 'create', before: null, after: '[not captured: secret file]', whole: false, fidelity: 'partial', state: 'applied' },
		]);
	});
});
