/** What stands in place of a secret. */
export function placeholder(kind: string): string {
	return `[redacted:${kind}]`;
}

/** One kind of secret that can be told by its own shape. */
interface TokenRule {
	readonly kind: string;
	/** One of these stands in every match, in any case of letters; a text with none of them is not searched. */
	readonly hints: readonly string[];
	/** Must be global. A group `head` or `tail` is kept, the rest of the match is the secret. */
	readonly pattern: RegExp;
}

/** Tokens that are a prefix and a body: kind, prefix as a pattern, body as a pattern, hints. */
const prefixed: readonly (readonly [kind: string, prefix: string, body: string, ...hints: string[]])[] = [
	['github-token', 'gh[pousr]_', '[A-Za-z0-9_]{20,255}', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
	['github-token', 'github_pat_', '[A-Za-z0-9_]{22,255}', 'github_pat_'],
	[
		'gitlab-token',
		'gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-',
		'[A-Za-z0-9_.-]{20,}',
		'glpat-',
		'gldt-',
		'glrt-',
		'glcbt-',
		'glptt-',
		'glft-',
		'glimt-',
		'glagent-',
		'glsoat-',
		'gloas-',
	],
	['slack-token', 'xox[abeoprs](?:\\.xox[bp])?-', '[A-Za-z0-9-]{10,}', 'xox'],
	['slack-token', 'xapp-', '[A-Za-z0-9-]{10,}', 'xapp-'],
	['stripe-key', '[sr]k_(?:live|test)_', '[A-Za-z0-9]{10,}', 'k_live_', 'k_test_'],
	['stripe-webhook-secret', 'whsec_', '[A-Za-z0-9+/=]{20,}', 'whsec_'],
	['google-api-key', 'AIza', '[A-Za-z0-9_-]{35}', 'aiza'],
	['google-oauth', 'ya29\\.', '[A-Za-z0-9_-]{20,}', 'ya29.'],
	['google-oauth', 'GOCSPX-', '[A-Za-z0-9_-]{20,}', 'gocspx-'],
	['anthropic-key', 'sk-ant-', '[A-Za-z0-9_-]{16,}', 'sk-ant-'],
	['openai-key', 'sk-(?:proj|svcacct|admin|None|or-v1|lf)-', '[A-Za-z0-9_-]{16,}', 'sk-'],
	['openai-key', 'sk-', '[A-Za-z0-9]{32,}', 'sk-'],
	['huggingface-token', 'hf_', '[A-Za-z0-9]{30,}', 'hf_'],
	['npm-token', 'npm_', '[A-Za-z0-9]{30,}', 'npm_'],
	['pypi-token', 'pypi-', '[A-Za-z0-9_-]{32,}', 'pypi-'],
	['rubygems-token', 'rubygems_', '[a-f0-9]{40,}', 'rubygems_'],
	['twilio-key', 'SK', '[0-9a-f]{32}', 'sk'],
	['sendgrid-key', 'SG\\.', '[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}', 'sg.'],
	['mailgun-key', 'key-', '[0-9a-f]{32}', 'key-'],
	['digitalocean-token', 'do[opr]_v1_', '[a-f0-9]{40,}', 'dop_v1_', 'doo_v1_', 'dor_v1_'],
	['groq-key', 'gsk_', '[A-Za-z0-9]{40,}', 'gsk_'],
	['xai-key', 'xai-', '[A-Za-z0-9]{40,}', 'xai-'],
	['replicate-token', 'r8_', '[A-Za-z0-9]{37}', 'r8_'],
	['perplexity-key', 'pplx-', '[A-Za-z0-9]{40,}', 'pplx-'],
	['notion-token', 'ntn_', '[A-Za-z0-9]{40,}', 'ntn_'],
	['linear-key', 'lin_(?:api|oauth)_', '[A-Za-z0-9]{32,}', 'lin_'],
	['shopify-token', 'shp(?:pa|ca|at|ss)_', '[A-Fa-f0-9]{32,}', 'shp'],
	['databricks-token', 'dapi', '[a-f0-9]{32}(?:-\\d)?', 'dapi'],
	['docker-token', 'dckr_(?:pat|oat)_', '[A-Za-z0-9_-]{20,}', 'dckr_'],
	['figma-token', 'fig[du]_', '[A-Za-z0-9_-]{40,}', 'figd_', 'figu_'],
	['vault-token', 'hv[sbr]\\.', '[A-Za-z0-9_-]{24,}', 'hvs.', 'hvb.', 'hvr.'],
	['terraform-token', '[A-Za-z0-9]{14}\\.atlasv1\\.', '[A-Za-z0-9_-]{60,}', 'atlasv1'],
	['grafana-token', 'gl(?:sa|c)_', '[A-Za-z0-9_+/=]{32,}', 'glsa_', 'glc_'],
	['supabase-token', 'sbp_', '[a-f0-9]{40}', 'sbp_'],
	['doppler-token', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.', '[A-Za-z0-9._-]{40,}', 'dp.'],
	['planetscale-token', 'pscale_(?:tkn|pw|oauth)_', '[A-Za-z0-9_.-]{32,}', 'pscale_'],
	['new-relic-key', 'NR(?:AK|JS|II)-', '[A-Za-z0-9]{19,}', 'nrak-', 'nrjs-', 'nrii-'],
	['sentry-token', 'sntry[su]_', '[A-Za-z0-9_+/=-]{40,}', 'sntry'],
	['postman-key', 'PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}', 'pmak-'],
	['atlassian-token', 'ATATT3', '[A-Za-z0-9_=-]{60,}', 'atatt3'],
	['tailscale-key', 'tskey-(?:auth|api|client|scim|webhook)-', '[A-Za-z0-9-]{16,}', 'tskey-'],
	['square-token', 'sq0(?:atp|csp|idp)-', '[A-Za-z0-9_-]{22,}', 'sq0'],
	['dropbox-token', 'sl\\.', '(?=[A-Za-z0-9_-]*\\d)[A-Za-z0-9_-]{100,}', 'sl.'],
	['age-key', 'AGE-SECRET-KEY-1', '[A-Z0-9]{58}', 'age-secret-key'],
];

/**
 * Where a token may begin: not within a word. A letter that is the end of an escape (`\\n`, `\\u001b`, `%3D`) or of a terminal's
 * colour is none of a word.
 */
const edge = '(?:(?<![A-Za-z0-9])|(?<=\\\\[nrtbfv0]|\\[[0-9;]{0,12}m|\\\\[ux][0-9a-fA-F]{2,4}|%[0-9A-Fa-f]{2}))';

const base64 = '[A-Za-z0-9+/=]';

/** Secrets with a shape of their own that is more than a prefix. */
const shaped: readonly TokenRule[] = [
	{
		kind: 'private-key',
		hints: ['private key'],
		// The end may be cut off, or carry line numbers and escapes; then whatever still looks like key material goes.
		pattern: new RegExp(
			`-----BEGIN ?(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:[\\s\\S]{0,20000}?-----END ?(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|(?:[^A-Za-z0-9+/=]{0,12}(?:[nr]?\\d{0,6}[^A-Za-z0-9+/=]{1,4})?${base64}{32,})+(?:[^A-Za-z0-9+/=]{0,8}${base64}{1,80})?)`,
			'g',
		),
	},
	{
		kind: 'putty-private-key',
		hints: ['putty-user-key-file'],
		pattern: /PuTTY-User-Key-File-\d+:[\s\S]{0,20000}?(?:Private-MAC:[ \t]*[0-9a-fA-F]+|$)/g,
	},
	{
		kind: 'aws-access-key',
		hints: ['akia', 'asia', 'a3t', 'agpa', 'aida', 'aroa', 'aipa', 'anpa', 'anva', 'abia', 'acca'],
		pattern: new RegExp(`${edge}(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])`, 'g'),
	},
	{
		kind: 'aws-secret-key',
		hints: ['aws', 'secret'],
		pattern: /(?<head>(?:aws|secret)_?(?:secret)?_?(?:access)?_?key\\?["']?\s{0,4}(?:=>|[:=])\s{0,4}\\?["']?)[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])/gi,
	},
	{ kind: 'jwt', hints: ['eyj'], pattern: new RegExp(`${edge}eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{4,}\\.[A-Za-z0-9_-]{8,}`, 'g') },
	{ kind: 'jwt', hints: ['eyj'], pattern: new RegExp(`${edge}eyJ[A-Za-z0-9_-]{16,}(?:\\.[A-Za-z0-9_-]*){4}`, 'g') },
	{
		kind: 'url-password',
		hints: ['://'],
		pattern: /(?<head>:\/\/[^\s:/@"'`<>[\]]{0,128}:)(?!\[redacted:|\$\{?[A-Za-z_]|\{\{|<|%[A-Z_]+%)[^\s/@"'`<>]{1,256}(?<tail>@)/gi,
	},
	{ kind: 'url-token', hints: ['://gh', '://oauth', '@github'], pattern: /(?<head>https?:\/\/)[A-Za-z0-9_-]{20,}(?<tail>(?::x-oauth-basic)?@)/g },
	{
		kind: 'authorization',
		hints: ['authorization'],
		pattern:
			/(?<head>authorization\\?["']?\s{0,4}[:=,]\s{0,4}\\?["'`]?(?:bearer|basic|token|digest|apikey|bot|negotiate|ssws)\s{1,4})(?![\s"'`$<{[])[A-Za-z0-9._~+/=:-]{4,}/gi,
	},
	{ kind: 'bearer-token', hints: ['bearer'], pattern: /(?<head>bearer\s{1,4})(?=[A-Za-z0-9._~+/=-]*\d)[A-Za-z0-9._~+/-]{16,}={0,2}/gi },
	{ kind: 'azure-key', hints: ['accountkey', 'sharedaccesskey'], pattern: /(?<head>(?:AccountKey|SharedAccessKey)=)(?![[<$])[A-Za-z0-9+/=]{16,}/gi },
	{ kind: 'azure-sas', hints: ['sig='], pattern: /(?<head>[?&]sig=)[A-Za-z0-9%+/_-]{24,}={0,2}/g },
	{ kind: 'slack-webhook', hints: ['hooks.slack.com'], pattern: /(?<head>hooks\.slack\.com\/(?:services|workflows|triggers)\/)(?!\[)[A-Za-z0-9/]{16,}/g },
	{
		kind: 'discord-webhook',
		hints: ['api/webhooks/'],
		pattern: /(?<head>discord(?:app)?\.com\/api\/webhooks\/)\d{5,}\/[A-Za-z0-9_-]{30,}/g,
	},
	{
		kind: 'discord-token',
		hints: ['.'],
		pattern: new RegExp(`${edge}[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}(?![A-Za-z0-9_-])`, 'g'),
	},
	{ kind: 'telegram-token', hints: [':aa'], pattern: new RegExp(`${edge}\\d{8,10}:AA[A-Za-z0-9_-]{32,34}(?![A-Za-z0-9_-])`, 'g') },
	{ kind: 'heroku-key', hints: ['hrku-'], pattern: /HRKU-[A-Za-z0-9_-]{36,}/g },
	{ kind: 'npm-auth', hints: ['_auth', '_password'], pattern: /(?<head>:?_(?:authToken|auth|password)\s{0,2}=\s{0,2})(?![$[<])[^\s"'`]{4,}/g },
];

/** What stands at the beginning of every token of the first list, as alternatives of one pattern; a text without it holds no such token. */
export const tokenTraces: readonly string[] = prefixed.map(([, prefix, body]) => `${prefix.includes('atlasv1') ? 'atlasv1\\.' : prefix}${leastOf(body)}`);

/** The shortest body that counts: `[a-z]{20,255}` becomes `[a-z]{20}`. */
function leastOf(body: string): string {
	return body.replace(/\{(\d+)(?:,\d*)?\}$/, '{$1}');
}

const rules: readonly TokenRule[] = [
	...shaped.slice(0, 2),
	...prefixed.map(([kind, prefix, body, ...hints]) => ({ kind, hints, pattern: new RegExp(`${edge}${prefix}${body}`, 'g') })),
	...shaped.slice(2),
];

/** Replaces the secrets that can be told by their shape. */
export function redactTokens(text: string): { text: string; count: number } {
	const lower = text.toLowerCase();
	let result = text;
	let count = 0;
	for (const { kind, hints, pattern } of rules) {
		if (!hints.some((hint) => lower.includes(hint))) continue;
		result = result.replace(pattern, (...match: unknown[]) => {
			const groups = groupsOf(match.at(-1));
			count += 1;
			return `${groups.head}${placeholder(kind)}${groups.tail}`;
		});
	}
	return { text: result, count };
}

function groupsOf(groups: unknown): { head: string; tail: string } {
	if (typeof groups !== 'object' || groups === null) return { head: '', tail: '' };
	const head = 'head' in groups && typeof groups.head === 'string' ? groups.head : '';
	const tail = 'tail' in groups && typeof groups.tail === 'string' ? groups.tail : '';
	return { head, tail };
}
