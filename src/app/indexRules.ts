import { closeSync, lstatSync, openSync, readSync, readFileSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { messageOf } from '../core/errors';
import { isSecretPath } from '../core/secretPath';

/** A file that may be indexed, or why it may not. */
export type FileVerdict = { readonly ok: true; readonly stat: Stats } | { readonly ok: false; readonly reason: string; readonly stat?: Stats };

/** Larger files are data, not code that somebody reads. */
const sizeLimit = 2_000_000;

/** Judged by path alone, before the file is touched. */
const pathRules: readonly (readonly [RegExp, string])[] = [
	[/(^|\/)(node_modules|bower_components|jspm_packages|vendor|third_party|third-party|\.venv|venv|site-packages|Pods|Carthage|\.yarn|\.pnp)\//, 'vendored'],
	[/(^|\/)(dist|build|out|target|coverage|\.next|\.nuxt|\.svelte-kit|__pycache__|\.gradle|\.tox|\.mypy_cache|\.pytest_cache|DerivedData)\//, 'build output'],
	[
		/(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|go\.sum|mix\.lock|flake\.lock|packages\.lock\.json|gradle\.lockfile|Podfile\.lock|pubspec\.lock|deno\.lock)$/,
		'lock file',
	],
	[/\.(min\.(js|css|mjs)|map|bundle\.js)$/, 'generated'],
	[/\.(snap|golden)$/, 'generated'],
	[/(_pb2(_grpc)?\.pyi?|\.pb\.(go|cc|h)|\.g\.(dart|cs)|\.generated\.\w+|\.designer\.cs)$/i, 'generated'],
	[
		/\.(png|jpe?g|gif|webp|avif|ico|icns|bmp|tiff?|psd|pdf|docx?|xlsx?|pptx?|odt|zip|gz|tgz|bz2|xz|zst|7z|rar|tar|jar|war|class|pyc|pyo|o|a|so|dylib|dll|exe|bin|wasm|node|onnx|safetensors|gguf|pt|pth|h5|pkl|npy|npz|parquet|db|sqlite3?|vscdb|mp[34]|m4a|wav|ogg|flac|mov|avi|mkv|webm|ttf|otf|woff2?|eot|vsix|whl|deb|rpm|dmg|iso|lockb)$/i,
		'binary',
	],
];

/** Decides by path, kind and size; the content is looked at by `readSource`. */
export function judgeFile(root: string, path: string): FileVerdict {
	if (isSecretPath(path)) return { ok: false, reason: 'may hold secrets' };
	const rule = pathRules.find(([pattern]) => pattern.test(path));
	if (rule !== undefined) return { ok: false, reason: rule[1] };
	try {
		const stat = lstatSync(join(root, path));
		if (stat.isSymbolicLink()) return { ok: false, reason: 'link' };
		if (stat.isDirectory()) return { ok: false, reason: 'another repository' };
		if (!stat.isFile()) return { ok: false, reason: 'no regular file' };
		if (leavesRoot(root, path)) return { ok: false, reason: 'outside the repository' };
		if (stat.size > sizeLimit) return { ok: false, reason: `larger than ${sizeLimit / 1_000_000} MB`, stat };
		if (stat.size === 0) return { ok: false, reason: 'empty', stat };
		return { ok: true, stat };
	} catch (cause) {
		return { ok: false, reason: cannotRead(cause) };
	}
}

/** The text, with broken UTF-8 replaced; or why it is none. */
export function readSource(
	root: string,
	path: string,
): { readonly ok: true; readonly bytes: Buffer; readonly text: string } | { readonly ok: false; readonly reason: string } {
	const file = join(root, path);
	try {
		if (looksBinary(file)) return { ok: false, reason: 'binary' };
		const bytes = readFileSync(file);
		const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
		if (isMinified(text)) return { ok: false, reason: 'generated' };
		if (text.trim() === '') return { ok: false, reason: 'empty' };
		return { ok: true, bytes, text };
	} catch (cause) {
		return { ok: false, reason: cannotRead(cause) };
	}
}

function cannotRead(cause: unknown): string {
	const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
	if (code === 'ENOENT') return 'gone';
	return code === 'EACCES' || code === 'EPERM' ? 'unreadable (no permission)' : `unreadable (${code === '' ? messageOf(cause) : code})`;
}

/** A folder on the way may be a link to somewhere else. */
function leavesRoot(root: string, path: string): boolean {
	const real = realpathSync(join(root, path));
	return !real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function looksBinary(file: string): boolean {
	const head = Buffer.alloc(8000);
	const fd = openSync(file, 'r');
	try {
		return head.subarray(0, readSync(fd, head, 0, head.length, 0)).includes(0);
	} finally {
		closeSync(fd);
	}
}

function isMinified(text: string): boolean {
	if (text.length < 5000) return false;
	let lines = 1;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
	return text.length / lines > 400;
}
