import assert from 'node:assert/strict';
import { createRedactor } from '../../src/enrich/redact';
import { applyRules, applyRulesWhereNeeded } from '../../src/enrich/secretRules';
import { suspectsIn } from '../../src/enrich/suspectLines';
import { lookAlikes, plantedSecrets, randomOf } from '../support/plantedSecrets';
import { secretSamples } from './secretSamples';

const redactor = createRedactor();

/** Ways in which a text reaches a record. */
const wrappings: readonly ((text: string) => string)[] = [
	(text) => text,
	(text) => `Please use ${text} for it, and then run the tests.`,
	(text) => JSON.stringify({ stdout: `ok\n${text}\n`, code: 0 }),
	(text) => JSON.stringify(JSON.stringify({ content: `   12\t${text}` })),
	(text) =>
		text
			.split('\n')
			.map((line) => `+\t${line}`)
			.join('\n'),
	(text) => `\u001b[32m$ echo\u001b[0m ${text}\r\n`,
];

/** The longest line, or its end: what must not be found any more. */
const trace = (secret: string) => secret.split('\n')[0]?.slice(-14) ?? '';

describe('what redaction finds and leaves', () => {
	it('takes out planted secrets of twenty kinds, however they are wrapped', async () => {
		const missed: string[] = [];
		for (const { kind, secret, text } of plantedSecrets(80, 11))
			for (const [way, wrap] of wrappings.entries())
				if ((await redactor.redact(wrap(text))).text.includes(trace(secret))) missed.push(`${kind} (${way}): ${wrap(text)}`);
		assert.deepEqual(missed, []);
	});

	it('leaves what only looks like a secret', async () => {
		const harmless = lookAlikes(7);
		assert.equal(harmless.length, 200);
		const touched: string[] = [];
		for (const { sort, text } of harmless) if ((await redactor.redact(text)).count > 0) touched.push(`${sort}: ${text}`);
		assert.ok(touched.length <= 4, touched.join('\n'));
	});

	it('finds on suspect lines all that the rules find in whole texts', async () => {
		const random = randomOf(5);
		const pick = <T>(list: readonly T[]): T => {
			const item = list[Math.floor(random() * list.length)];
			if (item === undefined) throw new Error('nothing to pick from');
			return item;
		};
		const filler = [
			'',
			'const a = 1;',
			'\treturn await load(path);',
			'All tests pass.',
			'password:',
			'token =',
			'"secret":',
			'{',
			'export API_KEY=',
			'curl -u bob:',
			...lookAlikes(3).map(({ text }) => text),
		];
		const secrets = [...plantedSecrets(60, 9).map(({ text }) => text), ...secretSamples.map(({ text }) => text)];
		let some = 0;
		for (let round = 0; round < 150; round++) {
			const lines = Array.from({ length: 1 + Math.floor(random() * 20) }, () => (random() < 0.12 ? pick(wrappings)(pick(secrets)) : pick(filler)));
			const text = lines.join(pick(['\n', '\r\n', '\n\n']));
			const [whole, fast] = [await applyRules(text), await applyRulesWhereNeeded(text)];
			assert.deepEqual(fast, whole, text);
			if (suspectsIn(text) !== 'none') some++;
		}
		assert.ok(some > 75);
	});

	it('says of each kind that it is suspect, even without a line round it', () => {
		for (const text of [...plantedSecrets(40, 2).map((planted) => planted.text), ...secretSamples.map((sample) => sample.text)])
			assert.notEqual(suspectsIn(text), 'none', text);
	});
});
