import type { ToolCall } from '../core/turn';
import { shownPath, type FileChange } from './fileChanges';
import { proseOf } from './plainProse';

/** Most names kept of one turn. */
const mostEntities = 64;

/** Files and symbols that a turn changed, used or names, the most telling first, each once. */
export function involvedEntities(prompt: string, response: string, tools: readonly ToolCall[], changes: readonly FileChange[], folder: string): string[] {
	const names = [
		...changes.map((change) => change.path),
		...changes.flatMap((change) => change.symbols),
		...namedIn(prompt),
		...tools.flatMap((tool) => pathsOf(tool)).map((path) => shownPath(path, folder)),
		...namedIn(response),
	];
	return [...new Set(names)].filter((name) => name !== '' && !name.includes(',')).slice(0, mostEntities);
}

const pathArguments = ['file_path', 'filePath', 'path', 'notebook_path', 'absolute_path', 'target_file', 'uri'] as const;

function pathsOf(tool: ToolCall): string[] {
	const { args } = tool;
	if (typeof args !== 'object' || args === null) return [];
	return pathArguments.flatMap((name) => {
		const value: unknown = Reflect.get(args, name);
		return typeof value === 'string' && value.length < 400 && !value.includes('\n') ? [value] : [];
	});
}

const files =
	/(?<![\w/:.-])(?:\.{0,2}\/)?(?:[\w@.-]+\/)*[\w@-][\w.@-]*\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|cs|cpp|cc|c|h|hpp|rb|php|swift|scala|sh|ps1|sql|html?|css|scss|vue|svelte|json|ya?ml|toml|md|xml|gradle|tf|lua|ex|exs|dart|r|ipynb)\b/g;
const quotedNames = /`([A-Za-z_$][\w$]*(?:[.#:]{1,2}[A-Za-z_$][\w$]*)*)(?:\(\))?`/g;

/** Files by their looks, and identifiers that were put between back quotes. */
function namedIn(text: string): string[] {
	const start = text.slice(0, 20_000);
	const named = [...start.matchAll(files)].map((match) => match[0].replace(/^\.\//, ''));
	const quoted = [...start.replace(/```[\s\S]*?(?:```|$)/g, '').matchAll(quotedNames)].flatMap((match) =>
		match[1] === undefined || match[1].length < 3 ? [] : [match[1]],
	);
	const called = proseOf(start)
		.join('\n')
		.matchAll(/(?<![\w$.])([A-Za-z_$][\w$]*)\(\)/g);
	return [...named, ...quoted, ...[...called].flatMap((match) => match[1] ?? [])];
}
