import { placeholder } from './secretTokens';

/** Names whose value is a secret: the word stands at the end of the name, so that `tokenType` or `password_field` is none. */
const nameWord =
	'(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|auth[_-]?key|account[_-]?key|private[_-]?key|secret[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|client[_-]?secret|credentials?)';
const nameEnd = '(?:[_-]?(?:value|text|plain|prod|dev|test|staging|live|base64|b64|id))?\\d{0,2}';
const name = `[A-Za-z0-9_.-]{0,48}?${nameWord}${nameEnd}`;

/** What every assignment of a secret holds, wherever its name begins; matched without regard to case. */
export const assignmentTraces: readonly string[] = [
	`${nameWord}${nameEnd}\\\\*["'\`]?\\]?\\s{0,8}(?:=>|:=|\\?\\?=|\\|\\|=|===?|!==?|=|:)\\s{0,8}\\\\*["'\`]?[^"'\`\\s\\\\]{4}`,
	'--?(?:pass(?:word|wd)?|token|secret|api-?key|access-?key|auth-?token)[ =]["\']?[^\\s"\'`]{4}',
	'curl\\b[^\\n|;]{0,400}?\\s(?:-u|--user)',
];

/** `name = "value"`, `"name": "value"`, also escaped inside another string. */
const quoted = new RegExp(
	`(?<![A-Za-z0-9_.-])(?<head>(?:${name})\\\\*["'\`]?\\]?\\s{0,8}(?:=>|:=|\\?\\?=|\\|\\|=|===?|!==?|=|:)\\s{0,8}\\\\*(?<quote>["'\`]))(?<value>[^"'\`\\s\\\\]{4,512})(?=\\\\*\\k<quote>)`,
	'gi',
);

/** `NAME=value` and `name: value` without quotes, as in environment files, YAML, INI and on command lines. */
const bare = new RegExp(
	`(?<![A-Za-z0-9_.-])(?<head>(?<name>${name})(?<sign>=|:[ \\t]{1,4}|[ \\t]{1,3}=[ \\t]{1,3}))(?<value>[^\\s"'\`<>(){}\\[\\],;&|\\\\]{4,512})(?=$|[\\s"'\`,;&|\\\\])`,
	'gim',
);

/** `--password value`, `--token=value` on a command line; \`-u user:value\` of curl. */
const option =
	/(?<head>(?<![A-Za-z0-9-])--?(?:password|passwd|pass|token|secret|api-?key|access-?key|auth-?token)[ =]["']?)(?<value>[^\s"'`$<[(){}|;&-][^\s"'`|;&]{3,255})/gi;
const curlUser = /(?<head>\bcurl\b[^\n|;]{0,400}?\s(?:-u|--user)[ =]?["']?[^\s:"'$]{1,64}:)(?<value>[^\s"'`$[][^\s"'`]{0,255})/g;

const hint = /pass|pwd|secret|token|key|credential/i;

/** Replaces values that stand under a secret's name. The name is kept; placeholders, identifiers and calls are. */
export function redactAssignments(text: string): { text: string; count: number } {
	let count = 0;
	const taken = (head: string): string => {
		count += 1;
		return `${head}${placeholder('assigned-secret')}`;
	};
	let result = text;
	if (hint.test(text)) {
		result = result.replace(quoted, (all: string, ...rest: unknown[]) => (keeps(rest, isSecretValue) ? all : taken(part(rest, 'head'))));
		result = result.replace(bare, (all: string, ...rest: unknown[]) => (keeps(rest, (value) => isBareSecret(value, rest)) ? all : taken(part(rest, 'head'))));
		result = result.replace(option, (all: string, ...rest: unknown[]) => (keeps(rest, isSecretValue) ? all : taken(part(rest, 'head'))));
	}
	if (text.includes('curl'))
		result = result.replace(curlUser, (all: string, ...rest: unknown[]) => (keeps(rest, isSecretValue) ? all : taken(part(rest, 'head'))));
	return { text: result, count };
}

const wholeName = new RegExp(`^${name}$`, 'i');

/** True for a string under a secret's name in an object, where name and value are not in one text. */
export function isSecretPair(key: string, value: unknown): boolean {
	return typeof value === 'string' && value.length >= 4 && !/\s/.test(value) && wholeName.test(key) && isSecretValue(value);
}

function keeps(rest: readonly unknown[], isSecret: (value: string) => boolean): boolean {
	return !isSecret(part(rest, 'value'));
}

function part(rest: readonly unknown[], group: 'head' | 'value' | 'name' | 'sign'): string {
	const groups = rest.at(-1);
	if (typeof groups !== 'object' || groups === null) return '';
	const value: unknown = Reflect.get(groups, group);
	return typeof value === 'string' ? value : '';
}

const placeholders =
	/^(?:x{3,}|\*{2,}|\.{2,}|-{2,}|_{2,}|#+|\?+|<.*>?|\$.*|%[\w-]+%|\{\{?.*|\[.*|@.*|:[a-z_]+|.*(?:example|placeholder|change[-_]?me|dummy|redacted|replace[-_]?(?:me|with)|insert[-_]|todo|your[-_]|[-_]here|my[-_](?:secret|token|password|key)).*|null|nil|none|undefined|true|false|string|number|boolean|object|str|int|bytes|bool|any|unknown|never|test|secret|password|passwd|token|optional|required|hidden|bearer|basic|https?:\/\/[^:@]*|\d{1,5}|0x[0-9a-f]{1,4})$/i;

/** Names of environment variables and of other fields: `OPENAI_API_KEY`, `accessToken`. */
const identifiers = /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?:[A-Za-z]+[._-]?)*(?:password|passwd|secret|token|key|credentials?)s?)$/i;
const upperSnake = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

function isSecretValue(value: string): boolean {
	if (value.includes('${') || value.includes('{{') || value.includes('[redacted:') || value.includes('[private]')) return false;
	if (placeholders.test(value)) return false;
	if (upperSnake.test(value)) return false;
	return !(identifiers.test(value) && !/\d/.test(value));
}

/** Types with digits in their names: `Uint8Array`, `u64`. */
const typeName = /^(?:(?:Big)?(?:U?[Ii]nt|Float|[Bb]ase|Sha|Utf)\d{1,3}[A-Za-z]*|[uif]\d{1,3})$/;

/** Without quotes a value may be code: an identifier, a member, a call or a type. Names in capitals before `=` are an environment's. */
function isBareSecret(value: string, rest: readonly unknown[]): boolean {
	if (!isSecretValue(value)) return false;
	const environment = part(rest, 'sign') === '=' && /^[A-Z][A-Z0-9_]*$/.test(part(rest, 'name'));
	if (environment) return true;
	if (/^[A-Za-z_$][\w$]*(?:[.?!]+[\w$]+)+[;,]?$/.test(value) || typeName.test(value)) return false;
	if (/^\d+(?:\.\d+)?$/.test(value)) return /pass|pwd/i.test(part(rest, 'name')) && part(rest, 'sign') === '=' && value.length >= 6;
	if (/[\d]/.test(value) && /[A-Za-z]/.test(value)) return value.length >= 6;
	return /^[^\s]*[!@#%^*+=~-][^\s]*$/.test(value) && /[A-Za-z]/.test(value) && value.length >= 8 && !/^[-=+*/<>!]/.test(value);
}
