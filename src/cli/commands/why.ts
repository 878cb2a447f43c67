import type { Command } from 'commander';
import type { AuthorTurn, Why } from '../../core/attribution';
import { UserError } from '../../core/errors';
import type { CliContext } from '../cliContext';
import { countsText } from '../countsText';

export function addWhy(program: Command, context: CliContext): void {
	program
		.command('why')
		.description('who wrote a line, which turn it came from, and what was asked there')
		.argument('<place>', 'FILE:LINE, the line counted from 1')
		.option('--json', 'print JSON')
		.action(async (place: string) => {
			const { file, line } = placeOf(place);
			const why = await context.app.why({ file, line }, context.long);
			context.print(why, () => text(why));
		});
}

/** A Windows path holds a colon too, so the last one counts; a column behind the line is left out. */
function placeOf(place: string): { file: string; line: number } {
	const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(place) ?? [];
	if (file === undefined || line === undefined || Number(line) < 1) throw new UserError(`${place} names no line. Give FILE:LINE, as in src/main.ts:12.`, 2);
	return { file, line: Number(line) };
}

const states: Readonly<Record<Why['state'], string>> = {
	kept: 'as it was written',
	reformatted: 'laid out anew since',
	extended: 'within a longer line',
	moved: 'moved here from another file',
	copied: 'copied here from another file',
	rewritten: 'rewritten since',
	unknown: '',
};

function text(why: Why): string {
	const rows = [`${why.file_path}:${why.line}  ${why.text.trim()}`, headline(why)];
	if (why.turn !== undefined) rows.push(...turnRows(why.turn));
	if (why.was !== undefined) rows.push(`was: ${why.was.text}`, ...turnRows(why.was.turn));
	if (why.written !== undefined && why.written.file_path !== why.file_path) rows.push(`written into: ${why.written.file_path}`);
	if (why.since !== undefined && why.since.written > 0) rows.push(`since: ${countsText(why.since)}`);
	if (why.learning !== undefined) rows.push(`learning: ${why.learning.description} (${why.learning.id})`);
	if (why.commit !== undefined)
		rows.push(
			why.commit.sha === '' ? 'commit: not committed' : `commit: ${why.commit.sha.slice(0, 10)} ${why.commit.subject} (${why.commit.author}, ${why.commit.at})`,
		);
	if (why.note !== '') rows.push(why.note);
	return rows.join('\n');
}

function headline({ attribution, state, symbol }: Why): string {
	const whose = { ai: 'written by an assistant', human: 'written by a person', unknown: 'author unknown' }[attribution];
	return [whose, states[state], symbol === '' ? '' : `in ${symbol}`].filter((part) => part !== '').join(', ');
}

function turnRows({ id, assistant, model, started_at, prompt_summary, response_summary, status }: AuthorTurn): string[] {
	return [
		`turn: ${id} (${assistant}${model === undefined ? '' : `, ${model}`}, ${started_at}, ${status})`,
		prompt_summary === '' ? 'asked: not known' : `asked: ${prompt_summary}`,
		...(response_summary === '' ? [] : [`answered: ${response_summary}`]),
	];
}
