/**
 * Made-up secrets of every kind. Each is put together from parts, so that no whole one stands in this file:
 * scanners of repositories and packages look for them too.
 */
const letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0fG';
const body = (length: number): string => letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
const hex = (length: number): string => '0a1b2c3d4e5f6789'.repeat(Math.ceil(length / 16)).slice(0, length);
const upper = (length: number): string => 'Q7WERTYU2IOPASDF'.repeat(Math.ceil(length / 16)).slice(0, length);
const alpha = (length: number): string => 'aBcDeFgHiJkLmNoPqRsTuVwXyZ'.repeat(Math.ceil(length / 26)).slice(0, length);
const join = (...parts: string[]): string => parts.join('');

const pem = (kind: string): string =>
	[join('-----BEGIN ', kind, 'PRIVATE KEY-----'), body(64), body(64), body(40), join('-----END ', kind, 'PRIVATE KEY-----')].join('\n');

/** Kind as the placeholder names it, the secret, and a text round it. */
export interface SecretSample {
	readonly kind: string;
	readonly secret: string;
	readonly text: string;
}
const sample = (kind: string, secret: string, text: (secret: string) => string = (value) => `see ${value} there`): SecretSample => ({
	kind,
	secret,
	text: text(secret),
});

export const secretSamples: readonly SecretSample[] = [
	sample('aws-access-key', join('AK', 'IA', upper(16))),
	sample('aws-secret-key', body(40), (value) => join('AWS_SECRET_ACC', 'ESS_KEY=', value)),
	sample('github-token', join('gh', 'p_', body(36))),
	sample('github-token', join('gh', 'o_', body(36))),
	sample('github-token', join('github', '_pat_', body(82))),
	sample('gitlab-token', join('gl', 'pat-', body(20))),
	sample('slack-token', join('xo', 'xb-', '123456789012-', body(24))),
	sample('slack-webhook', join('T', upper(8), '/B', upper(8), '/', body(24)), (value) => join('https://hooks.sl', 'ack.com/services/', value)),
	sample('stripe-key', join('sk', '_live_', body(24))),
	sample('stripe-key', join('rk', '_live_', body(24))),
	sample('google-api-key', join('AI', 'za', body(35))),
	sample('private-key', pem(''), (value) => JSON.stringify({ type: 'service_account', private_key: value })),
	sample('openai-key', join('sk', '-', body(48))),
	sample('openai-key', join('sk', '-proj-', body(60))),
	sample('anthropic-key', join('sk', '-ant-', 'api03-', body(93), 'AA')),
	sample('huggingface-token', join('h', 'f_', alpha(34))),
	sample('npm-token', join('np', 'm_', body(36))),
	sample('pypi-token', join('py', 'pi-', 'AgEIcHlwaS5vcmc', body(60))),
	sample('jwt', join('ey', 'J', body(20), '.', 'ey', 'J', body(30), '.', body(40))),
	sample('private-key', pem('RSA ')),
	sample('private-key', pem('OPENSSH ')),
	sample('putty-private-key', ['PuTTY-User-Key-', 'File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n', body(48), '\nPrivate-MAC: ', hex(64)].join('')),
	sample('url-password', body(14), (value) => `postgres://app:${value}@db.internal.net:5432/app`),
	sample('url-password', join('p%40', body(8), '!'), (value) => `curl https://bob:${value}@git.internal.net/x.git`),
	sample('authorization', body(30), (value) => `-H "Authorization: Bearer ${value}"`),
	sample('authorization', 'dXNlcjpwYXNz', (value) => `Authorization: Basic ${value}`),
	sample('azure-key', `${body(86)}==`, (value) => join('DefaultEndpointsProtocol=https;AccountName=a;Account', 'Key=', value)),
	sample('twilio-key', join('S', 'K', hex(32))),
	sample('sendgrid-key', join('S', 'G.', body(22), '.', body(43))),
	sample('digitalocean-token', join('do', 'p_v1_', hex(64))),
	sample('telegram-token', join('1234567890', ':AA', body(33))),
	sample('discord-token', join('M', body(23), '.', body(6), '.', body(27))),
	sample('discord-webhook', join('123456789012345678/', body(68)), (value) => join('https://disc', 'ord.com/api/webhooks/', value)),
	sample('vault-token', join('hv', 's.', body(92))),
	sample('shopify-token', join('shp', 'at_', hex(32))),
	sample('databricks-token', join('da', 'pi', hex(32))),
	sample('docker-token', join('dckr', '_pat_', body(27))),
	sample('figma-token', join('fi', 'gd_', body(43))),
	sample('grafana-token', join('gl', 'sa_', body(32), '_', hex(8))),
	sample('groq-key', join('gs', 'k_', body(52))),
	sample('linear-key', join('lin', '_api_', body(40))),
	sample('notion-token', join('nt', 'n_', '12345678901', body(35))),
	sample('npm-auth', body(36), (value) => join('//registry.npmjs.org/:_auth', 'Token=', value)),
	sample('assigned-secret', 'correct-horse-9', (value) => `DB_PASSWORD=${value}`),
	sample('assigned-secret', 'hunter2hunter', (value) => `const password = "${value}";`),
	sample('assigned-secret', 'hunter2hunter', (value) => `  "api_key": "${value}",`),
	sample('assigned-secret', 'hunter2hunter', (value) => `client_secret: ${value}`),
	sample('assigned-secret', 'hunter2hunter', (value) => `mysql -u root --password ${value} shop`),
];
