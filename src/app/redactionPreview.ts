import { readFileSync } from 'node:fs';
import { sourceOf } from '../capture/chat/sources';
import { UserError, messageOf } from '../core/errors';
import { TurnObservation } from '../core/turn';
import { createRedactor } from '../enrich/redact';
import type { RedactionFind } from '../enrich/redactionFinds';
import { findsIn } from '../enrich/redactionFinds';
import { dataPaths } from '../platform/dataPaths';
import { resolveSettings } from '../platform/resolveSettings';
import { runBounded } from '../platform/runBounded';
import { PrivacyRules } from './privacyRules';

export interface PreviewedFind extends RedactionFind {
	/** The part of a transcript's turn that holds it, '' in a plain text. */
	readonly part: string;
}

export interface RedactionPreview {
	/** Name of the assistant, '' for a plain text. */
	readonly source: string;
	readonly turns: number;
	readonly finds: readonly PreviewedFind[];
}

/** What redaction takes out of a file: of each turn when it is a transcript, else of its text. `-` stands for stdin. Nothing is kept. */
export async function previewRedaction(path: string, folder: string): Promise<RedactionPreview> {
	const text = textOf(path);
	const redactor = ownRedactor(folder);
	const source = path === '-' ? undefined : sourceOf(path, text.slice(0, 16_384));
	if (source === undefined) return { source: '', turns: 0, finds: (await findsIn(text, redactor)).map((find) => ({ ...find, part: '' })) };
	const finds: PreviewedFind[] = [];
	let turns = 0;
	for await (const event of source.read(path)) {
		if (event.type !== 'turn') continue;
		turns++;
		for (const [part, value] of textsOf(TurnObservation.parse(event.turn))) {
			const found = await findsIn(value, redactor);
			finds.push(...found.map((find) => ({ ...find, part: `turn ${turns}: ${part}` })));
		}
	}
	return { source: source.name, turns, finds };
}

/** With the patterns of the user that hold here and those that are remembered. */
function ownRedactor(folder: string) {
	const paths = dataPaths();
	const { context } = resolveSettings({ folder, editor: {}, env: process.env, paths });
	const rules = new PrivacyRules(paths);
	const patterns = rules.with(context);
	return createRedactor({ patterns: () => patterns, run: runBounded });
}

function textOf(path: string): string {
	try {
		return readFileSync(path === '-' ? 0 : path, 'utf8');
	} catch (cause) {
		throw new UserError(`${path === '-' ? 'The standard input' : path} cannot be read: ${messageOf(cause)}.`, 1, { cause });
	}
}

function textsOf(turn: TurnObservation): [part: string, text: string][] {
	const { tools, edits, prompt, response, ...rest } = turn;
	return [
		['prompt', prompt],
		['response', response],
		...Object.entries(rest).flatMap(([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : [])),
		...tools.flatMap((tool, place): [string, string][] => [
			[`tool ${place + 1} (${tool.name}) arguments`, JSON.stringify(tool.args ?? '', undefined, 1)],
			[`tool ${place + 1} (${tool.name}) output`, tool.output ?? ''],
		]),
		...edits.flatMap((edit): [string, string][] => [
			['edited path', edit.file_path],
			[`${edit.file_path} before`, edit.before ?? ''],
			[`${edit.file_path} after`, edit.after ?? ''],
		]),
	];
}
