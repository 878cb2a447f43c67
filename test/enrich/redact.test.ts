import assert from 'node:assert/strict';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import fc from 'fast-check';
import { createRedactor } from '../../src/enrich/redact';
import { isSuspicious } from '../../src/enrich/secretlint';
import { secretSamples } from './secretSamples';

const redactor = createRedactor();
const redact = (text: string): Promise<{ text: string; count: number }> => redactor.redact(text);
const redactDeep = (value: unknown): Promise<{ value: unknown; count: number }> => redactor.redactDeep(value);

/** What secretlint alone finds, with its preset as others run it. */
async function foundByPreset(text: string): Promise<string[]> {
	const { messages } = await lintSource({
		source: { content: text, filePath: 'a.txt', ext: '.txt', contentType: 'text' },
		options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] }, noPhysicFilePath: true },
	});
	return messages.map((message) => text.slice(...message.range));
}

describe('redact', () => {
	for (const [place, { kind, secret, text }] of secretSamples.entries()) {
		it(`takes out a secret of kind ${kind} (${place})`, async () => {
			const done = await redact(text);
			assert.ok(!done.text.includes(secret.slice(-12)), done.text);
			assert.ok(done.text.includes(`[redacted:${kind}]`), done.text);
			assert.ok(done.count >= 1);
			assert.deepEqual(await redact(done.text), { text: done.text, count: 0 });
		});

		it(`finds it inside escaped JSON too (${kind}, ${place})`, async () => {
			const { text: left } = await redact(JSON.stringify({ output: `1\t${text}\n2\tend` }));
			assert.ok(!left.includes(secret.slice(-12).split('\n').at(-1) ?? ''), left);
		});
	}

	it('knows more than twenty kinds', () => {
		assert.ok(new Set(secretSamples.map((sample) => sample.kind)).size > 20);
	});

	it('leaves nothing that the rules of secretlint find, and its cheap look before loses none of them', async () => {
		for (const { text } of secretSamples) {
			if ((await foundByPreset(text)).length > 0) assert.ok(isSuspicious(text), text);
			const { text: left } = await redact(text);
			for (const found of await foundByPreset(left)) assert.ok(found.includes('[redacted:'), found);
		}
		const all = secretSamples.map((sample) => sample.text).join('\n\n');
		assert.ok((await foundByPreset(all)).length >= 20);
		for (const found of await foundByPreset((await redact(all)).text)) assert.ok(found.includes('[redacted:'), found);
	});

	it('cannot be switched off by a comment in the text', async () => {
		const [sample] = secretSamples.filter((one) => one.kind === 'shopify-token');
		assert.ok(sample);
		const { text } = await redact(`/* secretlint-disable */\n${sample.text}`);
		assert.ok(!text.includes(sample.secret));
	});

	const untouched = [
		'password: string;',
		'const token = getToken();',
		'token: user.token,',
		'API_KEY=${API_KEY}',
		'api_key = "YOUR_API_KEY"',
		'secret: process.env.SECRET',
		'apiKey: "OPENAI_API_KEY"',
		'max_tokens: 4096',
		'tokenCount = 12345',
		'const token = tokens[0]',
		'password = await ask()',
		'passwordField: "user_password"',
		'def login(user: str, password: str) -> bool:',
		'secret: <your secret here>',
		'the password is required',
		'"token": null',
		'if (password === "") return;',
		'monkey: banana12',
		'sk-learn and sk-image are packages',
		'https://example.com/a:b/c@d',
		'git@github.com:owner/name.git',
		'Bearer tokens are sent in a header',
		'-----BEGIN PRIVATE KEY----- is how such a file begins',
		'a3f5c9e8b7d6a5f4e3d2c1b0a9f8e7d6c5b4a3f2',
		'sha512-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08==',
		'import { password } from "./password"',
		'<input type="password" name="password">',
	];
	for (const text of untouched) {
		it(`leaves alone: ${text.slice(0, 50)}`, async () => {
			assert.deepEqual(await redact(text), { text, count: 0 });
		});
	}

	it('keeps names, users and hosts round a secret', async () => {
		const word = 'hunter2hunter';
		assert.equal((await redact(`export DB_PASSWORD=${word} # local`)).text, 'export DB_PASSWORD=[redacted:assigned-secret] # local');
		assert.equal((await redact(`https://bob:${word}@host.net/p`)).text, 'https://bob:[redacted:url-password]@host.net/p');
		assert.equal((await redact(`{"user":"bob","password":"${word}"}`)).text, '{"user":"bob","password":"[redacted:assigned-secret]"}');
	});

	it('takes out a private key whose end was cut off', async () => {
		const [sample] = secretSamples.filter((one) => one.secret.startsWith('-----BEGIN RSA'));
		assert.ok(sample);
		const { text } = await redact(`before\n${sample.secret.slice(0, 150)}`);
		assert.equal(text, 'before\n[redacted:private-key]');
	});

	it('replaces private spans, nested, in any case, unclosed to the end', async () => {
		assert.deepEqual(await redact('a <private>x</private> b'), { text: 'a [private] b', count: 1 });
		assert.equal((await redact('a <Private>x <private>y</private> z</PRIVATE > b')).text, 'a [private] b');
		assert.equal((await redact('a <private>x\nand all the rest')).text, 'a [private]');
		assert.equal((await redact('a </private> b')).text, 'a </private> b');
		assert.equal((await redact('<private>1</private><private>2</private>')).text, '[private][private]');
	});

	it('changes nothing when done again, whatever the text', async () => {
		const piece = fc.oneof(
			fc.string({ maxLength: 12 }),
			fc.constantFrom(...secretSamples.map((sample) => sample.text)),
			fc.constantFrom(...secretSamples.map((sample) => sample.secret)),
			fc.constantFrom('<private>', '</private>', 'password=', 'token: "', '"', '\n', '://u:', '@h.net', ' ', 'Authorization: Bearer ', '[redacted:', ']'),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
				const once = (await redact(pieces.join(''))).text;
				assert.equal((await redact(once)).text, once);
			}),
			{ numRuns: 100 },
		);
	});

	it('gets through texts made to lead patterns astray, and finds the secret at their end', async () => {
		const [sample] = secretSamples.filter((one) => one.kind === 'github-token');
		assert.ok(sample);
		for (const part of [
			'a',
			'-----BEGIN PRIVATE KEY-----',
			'https://',
			'password',
			'eyJ.',
			'password = "',
			'://a:',
			'curl -u ',
			'PuTTY-User-Key-File-2:',
			'token=',
			' ',
			'<privat',
			'Server=a;Password',
			'MN.',
		]) {
			const { text } = await redact(`${part.repeat(Math.ceil(60_000 / part.length))} ${sample.secret}`);
			assert.ok(!text.includes(sample.secret), part);
		}
	});
});

describe('redactDeep', () => {
	const word = 'hunter2hunter';
	const [github] = secretSamples.filter((sample) => sample.kind === 'github-token');

	it('reaches every string and key, and keeps the shape', async () => {
		assert.ok(github);
		const value = { a: [1, null, true, { deep: github.text }], [github.secret]: 'x', b: undefined };
		const done = await redactDeep(value);
		assert.deepEqual(done.value, { a: [1, null, true, { deep: 'see [redacted:github-token] there' }], '[redacted:github-token]': 'x', b: undefined });
		assert.equal(done.count, 2);
	});

	it('knows a secret by the name it stands under', async () => {
		const done = await redactDeep({ env: { DB_PASSWORD: word, USER: 'bob', max_tokens: 5, token: 'string' } });
		assert.deepEqual(done.value, { env: { DB_PASSWORD: '[redacted:assigned-secret]', USER: 'bob', max_tokens: 5, token: 'string' } });
	});

	it('loses no value when two keys become one', async () => {
		const other = secretSamples.filter((sample) => sample.kind === 'github-token')[1];
		assert.ok(github && other);
		assert.deepEqual((await redactDeep({ [github.secret]: 1, [other.secret]: 2 })).value, { '[redacted:github-token]': 1, '[redacted:github-token]#2': 2 });
	});

	it('survives what is nested beyond reason', async () => {
		let value: unknown = github?.secret;
		for (let depth = 0; depth < 5_000; depth += 1) value = [value];
		assert.ok(!JSON.stringify((await redactDeep(value)).value).includes(github?.secret ?? '-'));
	});
});
