import type { ToolCall } from '../core/turn';

/** A path that a tool call names. */
export interface NamedPath {
	readonly path: string;
	/** True where the call shows or writes the file's text, as far as can be told: an argument for a path, or an operand of `cat` and its like. */
	readonly shown: boolean;
}

/** Names of arguments that hold a path or a pattern of paths. */
const pathNames = /^(?:file_?path|path|paths|file|files|notebook_?path|absolute_?path|target_?file|uri|filename|glob|include)$/i;
/** Names of arguments that hold a command or a patch, in which paths are words. */
const commandNames = /^(?:command|cmd|input|patch|script)$/i;

/** Programs that print the files they are given. */
const showers =
	/^(?:cat|bat|batcat|head|tail|less|more|nl|tac|sed|awk|gawk|grep|egrep|fgrep|rg|ag|cut|sort|uniq|strings|xxd|od|hexdump|base64|diff|jq|yq|tee|source|\.|type|get-content|gc|select-string|openssl|vim|vi|nano|dd|paste|fold|rev|column|envsubst)$/i;

/** More than any call names that somebody wrote. */
const mostPaths = 200;

/** Paths in the arguments of a call. Options and quotes are taken off; what a shell would compute is not followed. */
export function pathsNamed(tool: ToolCall): NamedPath[] {
	return stringsOf(tool.args, 0)
		.flatMap(([name, value]): NamedPath[] => {
			if (pathNames.test(name)) return [{ path: plain(value), shown: true }];
			return commandNames.test(name) ? operandsOf(value) : [];
		})
		.filter(({ path }) => path !== '' && path.length <= 1024)
		.slice(0, mostPaths);
}

/** True for an argument that stays readable when the call's texts go. */
export function namesPath(name: string): boolean {
	return pathNames.test(name) || /^(?:command|cmd)$/i.test(name);
}

function operandsOf(command: string): NamedPath[] {
	return command
		.slice(0, 8_192)
		.split(/[;|&\n(){}]+/)
		.flatMap((part) => {
			const [program = '', ...words] = part.trim().split(/[\s=,]+/);
			const isPatch = program === '***' || program === '---' || program === '+++';
			const first = isPatch ? -1 : [program, ...words].map(plain).findIndex((word) => showers.test(word.replace(/^.*[\\/]/, '')));
			return [program, ...words].map((word, place) => {
				const redirected = /^\d?<{1}(?!<)/.test(word) || (place > 0 && [program, ...words][place - 1] === '<');
				return { path: plain(word.replace(/^\d?[<>]+/, '')), shown: isPatch || redirected || (first >= 0 && place > first) };
			});
		});
}

function plain(word: string): string {
	return word
		.trim()
		.replace(/^["'`]+|["'`]+$/g, '')
		.replace(/^file:\/\//, '')
		.replace(/^@(?=[\w./~-])/, '');
}

function stringsOf(value: unknown, depth: number, name = ''): [name: string, value: string][] {
	if (typeof value === 'string') return [[name, value]];
	if (typeof value !== 'object' || value === null || depth > 24) return [];
	if (Array.isArray(value)) return value.flatMap((part) => stringsOf(part, depth + 1, name));
	return Object.entries(value).flatMap(([key, part]) => stringsOf(part, depth + 1, key));
}
