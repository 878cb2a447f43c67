/**
 * Made-up secrets that look real, drawn anew for every seed. They are put together at run time, so that no whole one stands
 * in this file: scanners of repositories and packages look for them too.
 */
export interface Planted {
	readonly kind: string;
	readonly secret: string;
	/** The secret as it stands in a text of its kind. */
	readonly text: string;
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const word = `${lower}${lower.toUpperCase()}${digits}`;
const hex = '0123456789abcdef';

/** A generator of numbers from 0 to below 1 that gives the same ones for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

type Draw = (characters: string, length: number) => string;
type Maker = (draw: Draw) => { secret: string; text?: string };

const plain =
	(...prefix: string[]) =>
	(characters: string, length: number): Maker =>
	(draw) => ({ secret: prefix.join('') + draw(characters, length) });

/** Twenty kinds. */
const makers: Readonly<Record<string, Maker>> = {
	'AWS access key': plain('AK', 'IA')(`${lower.toUpperCase()}234567`, 16),
	'AWS secret key': (draw) => {
		const secret = `${draw(`${word}/+`, 39)}b`;
		return { secret, text: ['aws_secret_acc', `ess_key = ${secret}`].join('') };
	},
	'GitHub token': plain('gh', 'p_')(word, 36),
	'GitHub fine-grained token': plain('github', '_pat_')(word, 82),
	'GitLab token': plain('gl', 'pat-')(word, 20),
	'Slack token': (draw) => ({ secret: ['xo', 'xb-', draw(digits, 12), '-', draw(digits, 12), '-', draw(word, 24)].join('') }),
	'Stripe key': plain('sk', '_live_')(word, 24),
	'Google key': plain('AI', 'za')(word, 35),
	'OpenAI key': plain('sk', '-proj-')(word, 60),
	'Anthropic key': (draw) => ({ secret: ['sk', '-ant-api03-', draw(word, 93), 'AA'].join('') }),
	'Hugging Face token': plain('h', 'f_')(lower + lower.toUpperCase(), 34),
	'npm token': plain('np', 'm_')(word, 36),
	'PyPI token': plain('py', 'pi-AgEIcHlwaS5vcmc')(word, 70),
	'SendGrid key': (draw) => ({ secret: ['S', 'G.', draw(word, 22), '.', draw(word, 43)].join('') }),
	'JSON web token': (draw) => ({ secret: ['ey', 'J', draw(word, 20), '.ey', 'J', draw(word, 60), '.', draw(word, 43)].join('') }),
	'private key': (draw) => {
		const lines = Array.from({ length: 6 }, () => draw(`${word}+/`, 64));
		return {
			secret: lines.join('\n'),
			text: [['-----BEGIN RSA PRIV', 'ATE KEY-----'].join(''), ...lines, ['-----END RSA PRIV', 'ATE KEY-----'].join('')].join('\n'),
		};
	},
	'password in a URL': (draw) => {
		const secret = draw(word, 16);
		return { secret, text: `postgres://app:${secret}@db.internal.net:5432/shop` };
	},
	'bearer header': (draw) => {
		const secret = draw(word, 40);
		return { secret, text: `Authorization: Bearer ${secret}` };
	},
	'assigned password': (draw) => {
		const secret = `${draw(word, 10)}4`;
		return { secret, text: `DB_PASSWORD="${secret}"` };
	},
	'random session cookie': (draw) => {
		const secret = `aB3${draw(word, 40)}`;
		return { secret, text: `X-Session-Cookie: "${secret}"` };
	},
};

/** As many secrets as asked for, all different, the kinds taking turns. */
export function plantedSecrets(count: number, seed: number): Planted[] {
	const random = randomOf(seed);
	const draw: Draw = (characters, length) => Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join('');
	const kinds = Object.entries(makers);
	return Array.from({ length: count }, (_, place) => {
		const [kind, make] = kinds[place % kinds.length] ?? [];
		if (kind === undefined || make === undefined) throw new Error('there is no kind');
		const { secret, text = secret } = make(draw);
		return { kind, secret, text };
	});
}

/** Texts that look like secrets to a careless eye and are none: 200 of 20 sorts. */
export function lookAlikes(seed: number): { readonly sort: string; readonly text: string }[] {
	const random = randomOf(seed);
	const draw: Draw = (characters, length) => Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join('');
	const uuid = () => [8, 4, 4, 4, 12].map((length) => draw(hex, length)).join('-');
	const name = () => `${draw(lower, 6)}${draw(lower.toUpperCase(), 1)}${draw(lower, 5)}`;
	const sorts: Readonly<Record<string, () => string>> = {
		'commit of git': () => `commit ${draw(hex, 40)}`,
		'short commit': () => `${draw(hex, 7)}..${draw(hex, 7)} main -> main`,
		UUID: () => `"id": "${uuid()}"`,
		'UUID of a session': () => `session_id=${uuid()}`,
		'image in base64': () => `src="data:image/png;base64,iVBORw0KGgo${draw(`${word}+/`, 180)}="`,
		'lock file': () => `"integrity": "sha512-${draw(`${word}+/`, 86)}=="`,
		'yarn checksum': () => `  checksum: 10c0/${draw(hex, 128)}`,
		'go.sum': () => `github.com/a/${name()} v1.2.3 h1:${draw(`${word}+/`, 43)}=`,
		'cargo lock': () => `checksum = "${draw(hex, 64)}"`,
		'minified code': () =>
			`!function(e,t){var n=t.${draw(lower, 1)};e.exports=function(r){return n(r)?${draw(word, 2)}(r.${name()}):r.token&&n(r.token)}}(${draw(lower, 1)},this);`,
		colour: () => `--accent-key: #${draw(hex, 6)}; color: #${draw(hex, 3)};`,
		identifier: () => `const ${name()}${name()}${name()}Factory = create${name()}${name()}Token();`,
		'snake case': () => `def test_${draw(lower, 9)}_${draw(lower, 8)}_refresh_token_${draw(lower, 9)}():`,
		URL: () => `https://docs.example.com/${draw(lower, 8)}/${draw(lower, 12)}?page=${draw(digits, 3)}&key=${draw(lower, 6)}#${draw(lower, 8)}`,
		'docker digest': () => `image: registry.example.com/${name()}@sha256:${draw(hex, 64)}`,
		'type of a token': () => `export interface ${name()} { token: string; secretKey: Uint8Array; password?: string; apiKey: ApiKey<'${draw(lower, 5)}'> }`,
		'call for a token': () => `const token = await client.${name()}(request.headers.authorization, { password: form.password.value });`,
		'variable of the environment': () => `API_KEY=\${${name().toUpperCase()}_API_KEY} SECRET=$(pass show ${name()})`,
		'test fixture': () => `<input name="password" placeholder="your password" id="field-${draw(hex, 8)}">`,
		'cache key': () => `cacheKey: '${draw(hex, 32)}', etag: W/"${draw(hex, 27)}", nonce-${draw(digits, 13)}`,
	};
	return Object.entries(sorts).flatMap(([sort, make]) => Array.from({ length: 10 }, () => ({ sort, text: make() })));
}
