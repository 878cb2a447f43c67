import { csharpRules, javaRules, kotlinRules, phpRules, scalaRules, swiftRules } from './rules/classBased';
import { cssRules, htmlRules, jsonRules, markdownRules, yamlRules } from './rules/documents';
import { javascriptRules } from './rules/javascript';
import { pythonRules } from './rules/python';
import type { Rules } from './rules/rule';
import { bashRules, luaRules, rubyRules } from './rules/scripts';
import { cppRules, cRules, goRules, rustRules } from './rules/systems';

export interface Language {
	readonly name: string;
	/** Name of the grammar file; undefined: the language is cut by lines. */
	readonly grammar?: string;
	readonly rules?: Rules;
}

/** Grammar file, rules and file extensions of every language that is cut by syntax. */
export const grammars = {
	typescript: { grammar: 'typescript', rules: javascriptRules, extensions: 'ts mts cts' },
	tsx: { grammar: 'tsx', rules: javascriptRules, extensions: 'tsx' },
	javascript: { grammar: 'javascript', rules: javascriptRules, extensions: 'js mjs cjs jsx' },
	python: { grammar: 'python', rules: pythonRules, extensions: 'py pyi pyw' },
	go: { grammar: 'go', rules: goRules, extensions: 'go' },
	rust: { grammar: 'rust', rules: rustRules, extensions: 'rs' },
	java: { grammar: 'java', rules: javaRules, extensions: 'java' },
	c: { grammar: 'c', rules: cRules, extensions: 'c h' },
	cpp: { grammar: 'cpp', rules: cppRules, extensions: 'cpp cc cxx c++ hpp hh hxx h++ ipp inl' },
	csharp: { grammar: 'c_sharp', rules: csharpRules, extensions: 'cs csx' },
	ruby: { grammar: 'ruby', rules: rubyRules, extensions: 'rb rake gemspec ru' },
	php: { grammar: 'php', rules: phpRules, extensions: 'php phtml' },
	bash: { grammar: 'bash', rules: bashRules, extensions: 'sh bash zsh ksh bats' },
	json: { grammar: 'json', rules: jsonRules, extensions: 'json jsonc webmanifest' },
	yaml: { grammar: 'yaml', rules: yamlRules, extensions: 'yaml yml' },
	html: { grammar: 'html', rules: htmlRules, extensions: 'html htm xhtml' },
	css: { grammar: 'css', rules: cssRules, extensions: 'css' },
	markdown: { grammar: 'markdown', rules: markdownRules, extensions: 'md markdown mdx' },
	kotlin: { grammar: 'kotlin', rules: kotlinRules, extensions: 'kt kts' },
	swift: { grammar: 'swift', rules: swiftRules, extensions: 'swift' },
	scala: { grammar: 'scala', rules: scalaRules, extensions: 'scala sc sbt' },
	lua: { grammar: 'lua', rules: luaRules, extensions: 'lua' },
} as const satisfies Record<string, Required<Omit<Language, 'name'>> & { extensions: string }>;

/** The language by path; the text decides where the path leaves it open. Anything unknown is `text`, or the name of its extension. */
export function languageOf(path: string, text: string): Language {
	const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
	const extension = file.includes('.') ? file.slice(file.lastIndexOf('.') + 1) : '';
	if (extension === 'h' && cppHeader.test(text)) return cpp;
	return byFileName.get(file) ?? byExtension.get(extension) ?? byShebang(text) ?? { name: linesOnly(file, extension) };
}

function byShebang(text: string): Language | undefined {
	const program = /^#!.*?([a-z]+)[\d.]*(?:\s+-\S*)*\s*$/.exec(text.slice(0, 120).split('\n', 1)[0]?.trim() ?? '')?.[1] ?? '';
	return byProgram.get(program);
}

const cppHeader = /^\s*(namespace\s+[\w:]*\s*\{?|template\s*<.*|class\s+\w+[^;]*|public:|private:|protected:)\s*$/m;
const byExtension = new Map<string, Language>(
	Object.entries(grammars).flatMap(([name, { grammar, rules, extensions }]) => extensions.split(' ').map((extension) => [extension, { name, grammar, rules }])),
);
const cpp: Language = { name: 'cpp', grammar: grammars.cpp.grammar, rules: cppRules };
const bash: Language = { name: 'bash', grammar: grammars.bash.grammar, rules: bashRules };
const ruby: Language = { name: 'ruby', grammar: grammars.ruby.grammar, rules: rubyRules };
const python: Language = { name: 'python', grammar: grammars.python.grammar, rules: pythonRules };
const javascript: Language = { name: 'javascript', grammar: grammars.javascript.grammar, rules: javascriptRules };
const byProgram = new Map([
	['bash', bash],
	['sh', bash],
	['zsh', bash],
	['ruby', ruby],
	['python', python],
	['node', javascript],
]);
const byFileName = new Map([
	['gemfile', ruby],
	['rakefile', ruby],
	['vagrantfile', ruby],
	['.bashrc', bash],
	['.bash_profile', bash],
	['.zshrc', bash],
	['.profile', bash],
]);

function linesOnly(file: string, extension: string): string {
	if (file.startsWith('dockerfile')) return 'dockerfile';
	if (/^(gnu)?makefile$/.test(file) || extension === 'mk') return 'make';
	return /^[a-z][a-z0-9]{0,11}$/.test(extension) && extension !== 'txt' ? extension : 'text';
}
