import type { CheckType } from './check';

/** Commands longer than this are not looked at to their end. */
const longestCommand = 8_192;

/**
 * What a command line checks; undefined when it checks nothing. Looks at the program and its first words in each part of
 * the line, so that a commit message or a path that speaks of tests is none. Of several, tests count first.
 */
export function checkTypeOf(command: string): CheckType | undefined {
	const found = new Set(partsOf(command.slice(0, longestCommand)).map(typeOfPart));
	return (['test', 'typecheck', 'build', 'lint'] as const).find((type) => found.has(type));
}

/** The commands of a line, without what is quoted in them or handed to them as a text, shells opened. */
function partsOf(line: string): string[] {
	const inner = /^\s*\S*?(?:\b(?:ba|z|da)?sh|pwsh|powershell(?:\.exe)?)\s+(?:-\w+\s+){0,3}?-(?:l?c|lic|Command|c)\s+(['"]?)([\s\S]*)\1\s*$/i.exec(line)?.[2];
	return (inner ?? line)
		.replace(/<<-?\s*['"]?(\w+)['"]?[^\n]*\n[\s\S]*?\n\s*\1(?=\n|$)/g, '')
		.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => (/\s/.test(quoted) ? '""' : quoted.slice(1, -1)))
		.split(/&&|\|\||[;|&\n()]/)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

const wrappers = new Set(
	'sudo time env command exec nice npx bunx pnpx uvx exec dlx x run poetry uv pipenv hatch bundle pdm rye xvfb-run dotenv cross-env nyc c8 coverage'.split(' '),
);
const managers = new Set(['npm', 'pnpm', 'yarn', 'bun']);
/** Options that take the next word with them. */
const valued = new Set('--prefix -C --dir -w --workspace --filter -F --cwd -p --project --directory --rootdir'.split(' '));

function typeOfPart(part: string): CheckType | undefined {
	const words = part.split(/\s+/).slice(0, 40);
	while (words.length > 0 && isWrapper(words)) words.shift();
	const program = (words[0] ?? '').replace(/^.*[\\/]/, '').replace(/\.(?:exe|cmd|bat|[cm]?js|ps1)$/i, '');
	if (managers.has(program)) return typeOfScript(program, words.slice(1));
	const call = [program, ...words.slice(1)].join(' ');
	return programs.find(([, pattern]) => pattern.test(call))?.[0];
}

/** A word before the program: a variable, a wrapper or its option, an interpreter with the module or script it runs. */
function isWrapper([first = '', second = '']: readonly string[]): boolean {
	if (/^[A-Za-z_]\w*=/.test(first) || first.startsWith('-')) return true;
	if (/^(?:py|python[\d.]*)$/.test(first)) return second === '-m' || /[\\/](?:pytest|tox)$/.test(second);
	if (first === 'node') return /[\\/](?:\.bin|bin)[\\/]/.test(second);
	if (first === 'php') return second !== 'artisan';
	return wrappers.has(first);
}

/** `npm run build`, `yarn test`: the script's name tells; a package manager may also run a program by its name. */
function typeOfScript(manager: string, words: readonly string[]): CheckType | undefined {
	const rest: string[] = [];
	for (let place = 0; place < words.length; place++) {
		const word = words[place] ?? '';
		if (valued.has(word)) place++;
		else if (!word.startsWith('-')) rest.push(word);
	}
	if (rest[0] === 'run' || rest[0] === 'run-script') rest.shift();
	const script = rest[0] ?? '';
	const named = scripts.find(([, pattern]) => pattern.test(script))?.[0];
	if (named !== undefined) return named;
	return managers.has(script) || script === '' || script === manager ? undefined : typeOfPart(rest.join(' '));
}

const scripts: readonly (readonly [CheckType, RegExp])[] = [
	['test', /^(?:t|tests?|spec|e2e|coverage|cov|unit|integration)(?:[:_.-].*)?$|[:_.-](?:tests?|spec|e2e|unit)$/],
	['typecheck', /^(?:type-?check|types|tsc)(?:[:_.-].*)?$|[:_.-]type-?check$/],
	['lint', /^(?:lint|eslint|format:check|fmt:check|prettier)(?:[:_.-].*)?$|[:_.-]lint$/],
	['build', /^(?:build|compile|check|verify|bundle)(?:[:_.-].*)?$|[:_.-]build$/],
];

/** Programs with their first words; the first row that fits tells. */
const programs: readonly (readonly [CheckType, RegExp])[] = [
	[
		'test',
		/^(?:jest|vitest|mocha|_mocha|ava|tap|tape|jasmine|karma|pytest|py\.test|tox|nox|nose2?|nosetests|unittest|rspec|phpunit|pest|ctest|gotestsum|bats|busted|minitest|prove|nextest)(?: |$)/,
	],
	['test', /^node (?:\S+ )*--test(?:-\S*)?(?: |$)/],
	[
		'test',
		/^(?:go|dotnet|swift|mix|deno|bun|flutter|dart|bazel|sbt|lein|stack|cabal|zig build|composer|rails|xcodebuild|nx|ng|turbo|lerna|playwright|react-scripts|vue-cli-service|artisan|php artisan|manage\.py|python[\d.]* \S*manage\.py|trunk|forge|hardhat|truffle|elm-test|helm|just|task|invoke|grunt|gulp|ant)(?: run| -\S+| vstest)* tests?(?:[: ]|$)/,
	],
	['test', /^cargo (?:\+\S+ )?(?:t|test|nextest)(?: |$)/],
	['test', /^cypress run(?: |$)/],
	['test', /^(?:rake|make|gmake|ninja|meson)(?: -\S+(?: \d+)?)* (?:\S+ )*(?:check|tests?|spec|\S+-test|test-\S+)(?: |$)/],
	['test', /^(?:mvnw?|mvnd)(?: \S+)* (?:test|verify|integration-test|surefire:test)(?: |$)/],
	['test', /^gradlew?(?: \S+)* \S*(?:[tT]est\w*|check)(?: |$)/],
	['typecheck', /^(?:tsc|vue-tsc|mypy|pyright|basedpyright|pyre|flow|sorbet|srb|ty)(?: |$)/],
	['typecheck', /^(?:cargo (?:\+\S+ )?check|deno check|dart analyze|flutter analyze|phpstan|psalm|steep check)(?: |$)/],
	[
		'lint',
		/^(?:eslint|biome|oxlint|prettier|stylelint|xo|standard|tslint|ruff|flake8|pylint|black|isort|rubocop|golangci-lint|staticcheck|phpcs|shellcheck|hadolint|markdownlint|ktlint|detekt|swiftlint|clang-tidy|luacheck|credo|yamllint)(?: |$)/,
	],
	['lint', /^(?:cargo (?:\+\S+ )?(?:clippy|fmt)|go vet|gofmt|deno lint|dotnet format|mix (?:credo|format))(?: |$)/],
	[
		'build',
		/^(?:make|gmake|ninja|cmake|mvnw?|mvnd|gradlew?|ant|msbuild|xcodebuild|webpack|rollup|esbuild|tsup|javac|gcc|g\+\+|clang|clang\+\+|rustc|swiftc|kotlinc|scalac)(?: |$)/,
	],
	[
		'build',
		/^(?:go|cargo|dotnet|swift|vite|next|nuxt|ng|nx|turbo|bazel|docker|zig|stack|cabal|mix|flutter|sbt|meson)(?: run| \+\S+)* (?:build|compile|install)(?: |$)/,
	],
];
