import { format } from 'prettier';
import type { Random } from './random';

export type Language = 'ts' | 'py' | 'go';
type Maker = (n: number) => string;

export function languageOf(path: string): Language {
	return path.endsWith('.ts') ? 'ts' : path.endsWith('.py') ? 'py' : 'go';
}

/** Lines that are whole statements wherever they stand. */
const statements: Readonly<Record<Language, readonly Maker[]>> = {
	ts: [
		(n) => `const value_${n} = call_${n}(first_${n}, 'text_${n}', second_${n});`,
		(n) => `export const run_${n} = async (a_${n}, b_${n}) => start_${n}(a_${n}, { "key_${n}": b_${n}, other_${n}: 3, third_${n}: await wait_${n}(4) });`,
		(n) => `if (ready_${n} && open_${n}) { go_${n}("now_${n}"); }`,
		(n) => `type Kind_${n} = 'one_${n}' | 'two_${n}';`,
		(n) => `type Long_${n} = 'the_first_one_${n}' | 'the_second_one_${n}' | 'the_third_one_${n}' | 'the_fourth_one_${n}' | undefined;`,
		(n) => `import { one_${n}, two_${n} } from "./file_${n}";`,
		(n) => `items_${n}.filter_${n}(x_${n} => x_${n}.open_${n}).map_${n}(y_${n} => y_${n}.name_${n}).forEach_${n}(z_${n} => print_${n}(z_${n}));`,
		(n) => `// The note_${n} says why_${n} this is so.`,
		(n) => `const sum_${n} = the_first_number_${n} + the_second_number_${n} * the_third_number_${n} - the_fourth_number_${n} / 2;`,
		(n) => `export function check_${n}(given_${n}: string, wanted_${n}: number): void { return compare_${n}(given_${n}, wanted_${n}); }`,
		(n) => `const text_${n} = \`of \${name_${n}} and \${other_${n}}\`;`,
		(n) => `const answer_${n} = known_${n} ? await the_answer_that_is_known_${n}(known_${n}) : await ask_somebody_who_knows_${n}();`,
		(n) => `class Box_${n}<Content_${n} extends object> extends Base_${n} implements Open_${n}, Shut_${n}, Locked_${n}, Hidden_${n} {}`,
	],
	py: [
		(n) => `value_${n} = call_${n}(first_${n}, 'text_${n}', second_${n})`,
		(n) => `from module_${n} import one_${n}, two_${n}`,
		(n) => `# The note_${n} says why_${n} this is so`,
		(n) => `raise Error_${n}("no_${n}", given_${n}, wanted_${n})`,
		(n) => `names_${n} = [name_${n} for name_${n} in all_${n} if name_${n}.open_${n}]`,
	],
	go: [
		(n) => `value_${n} := call_${n}(first_${n}, "text_${n}", second_${n})`,
		(n) => `defer close_${n}(file_${n}, other_${n})`,
		(n) => `type Box_${n} struct { name_${n} string; size_${n} int }`,
		(n) => `// The note_${n} says why_${n} this is so`,
		(n) => `if err_${n} := run_${n}(given_${n}, wanted_${n}); err_${n} != nil { return err_${n} }`,
	],
};

/** A definition of several lines; `line` writes one. */
export function block(language: Language, random: Random, line: (make: Maker) => string): string[] {
	const body = Array.from({ length: 1 + random.below(5) }, () => `\t${statement(language, random, line)}`);
	if (random.chance(0.3)) body.push('');
	if (language === 'py') return [line((n) => `def work_${n}(given_${n}, wanted_${n}):`), ...body, `\t${line((n) => `return done_${n}`)}`];
	const head =
		language === 'ts' ? (n: number) => `export function work_${n}(given_${n}, wanted_${n}) {` : (n: number) => `func work_${n}(given_${n} int) error {`;
	return [line(head), ...body, `\t${line((n) => `return done_${n}${language === 'ts' ? ';' : ''}`)}`, '}'];
}

export function statement(language: Language, random: Random, line: (make: Maker) => string): string {
	return line(random.pick(statements[language]));
}

/** First lines of the pieces of a file that can be moved without breaking it: lines at the margin that close nothing. */
export function piecesOf(lines: readonly string[]): number[] {
	return lines.flatMap((line, index) => (index === 0 || /^[^\s)}\]]/.test(line) ? [index] : []));
}

/** Another layout of the text, by a real formatter or one of ours; the same text where none can read it. */
export async function reformatted(text: string, language: Language, random: Random): Promise<string> {
	if (language === 'ts') return pretty(text, random);
	const lines = text.split(/\r?\n/);
	const how = random.pick([wrapped, joined, otherQuotes, spread]);
	return how(lines).join(text.includes('\r\n') ? '\r\n' : '\n');
}

async function pretty(text: string, random: Random): Promise<string> {
	const options = {
		printWidth: random.pick([40, 80, 120, 200]),
		useTabs: random.chance(0.5),
		singleQuote: random.chance(0.5),
		semi: random.chance(0.7),
		trailingComma: random.pick(['all', 'none', 'es5'] as const),
		arrowParens: random.pick(['always', 'avoid'] as const),
		experimentalTernaries: random.chance(0.1),
		experimentalOperatorPosition: random.pick(['start', 'end'] as const),
	};
	return format(text, { parser: 'typescript', ...options }).catch(() => text);
}

/** One argument a line, with a trailing comma, as Black and gofmt do. */
function wrapped(lines: readonly string[]): string[] {
	return lines.flatMap((line) => {
		const [, indent, head, inner, tail] = /^(\s*)([^#/(]*\()([^()]+,[^()]*)(\).*)$/.exec(line) ?? [];
		if (indent === undefined || head === undefined || inner === undefined || tail === undefined) return [line];
		return [`${indent}${head}`, ...inner.split(',').map((part) => `${indent}    ${part.trim()},`), `${indent}${tail}`];
	});
}

function joined(lines: readonly string[]): string[] {
	const done: string[] = [];
	for (const line of lines) {
		const last = done.at(-1);
		const inner = line.trim();
		if (last !== undefined && !/^\s*(#|\/\/)/.test(last) && (last.endsWith('(') || (last.endsWith(',') && last.includes('('))))
			done[done.length - 1] = inner.startsWith(')') ? `${last.replace(/,$/, '')}${inner}` : `${last}${last.endsWith('(') ? '' : ' '}${inner}`;
		else done.push(line);
	}
	return done;
}

function otherQuotes(lines: readonly string[]): string[] {
	const double = lines.some((line) => line.includes('"'));
	return lines.map((line) => (double ? line.replaceAll('"', "'") : line.replaceAll("'", '"')));
}

/** Blanks around marks, as formatters align them. */
function spread(lines: readonly string[]): string[] {
	return lines.map((line) => line.replaceAll(/ (:=|=|string|int) /g, '   $1  ').replaceAll('( ', '('));
}

export function otherIndentation(lines: readonly string[]): string[] {
	const tabs = lines.some((line) => line.startsWith('\t'));
	return lines.map((line) =>
		tabs ? line.replace(/^\t+/, (indent) => '    '.repeat(indent.length)) : line.replace(/^(?: {4})+/, (indent) => '\t'.repeat(indent.length / 4)),
	);
}
