import type { Learning } from '../core/learning';

/** A learning as a page to read. Texts that people and assistants wrote cannot break out of it. */
export function learningMarkdown(learning: Learning): string {
	const facts = [
		['State', learning.state],
		['Confidence', learning.confidence.toFixed(2)],
		['Category', learning.category],
		['Tags', learning.tags.join(', ')],
		['Kind of change', learning.modification_type === 'unknown' ? '' : learning.modification_type],
		['Tools', learning.tool_sequence],
		['Example', learning.example_code_reference],
		['Learned from turn', learning.source_chat_id ?? ''],
		['Since', learning.created_at.slice(0, 10)],
	] as const;
	return [
		`# ${escaped(learning.description)}`,
		...section('Pattern', fenced(learning.pattern)),
		...section('What changed', fenced(learning.diff_summary)),
		...section('Before and after', fenced(learning.code_context)),
		'## Facts',
		...facts.filter(([, value]) => value !== '').map(([name, value]) => `- **${name}** ${escaped(value)}`),
		'',
	].join('\n');
}

function section(title: string, body: string): string[] {
	return body === '' ? [] : [`## ${title}`, body];
}

/** A fence longer than any run of backticks within the text. */
function fenced(text: string): string {
	if (text.trim() === '') return '';
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}\n${text.trimEnd()}\n${fence}`;
}

function escaped(text: string): string {
	return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[\\`*_{}[\]<>#|!&]/g, (character) => `\\${character}`);
}
