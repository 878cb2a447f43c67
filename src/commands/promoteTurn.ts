import * as vscode from 'vscode';
import { Cancelled } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, TurnRef } from './command';
import { appOf } from '../vscode/appOf';
import { pickTurn } from './pickTurn';

export const promoteTurn = defineCommand({
	id: commandIds.promoteTurn,
	title: 'Promote Turn to Learning',
	args: TurnRef.optional(),
	async run(host, given) {
		const { folder, id } = given ?? (await pickTurn(host, 'Which turn holds something worth keeping?'));
		const app = appOf(host, folder);
		const { turn } = await app.getTurn({ id });
		const description = await asked({
			title: 'Promote Turn (1 of 2)',
			prompt: 'What should be remembered?',
			value: turn.prompt_summary,
			validateInput: notEmpty,
		});
		const tags = await asked({ title: 'Promote Turn (2 of 2)', prompt: 'Tags, separated by commas (may be empty)', value: '' });
		await app.promote({ turn_id: id, description: description.trim(), tags: tagsOf(tags) });
		return 'promoted to a learning.';
	},
});

async function asked(options: vscode.InputBoxOptions): Promise<string> {
	const answer = await vscode.window.showInputBox({ ...options, ignoreFocusOut: true });
	if (answer === undefined) throw new Cancelled();
	return answer;
}

function notEmpty(text: string): string | undefined {
	return text.trim() === '' ? 'Say in a sentence what should be remembered.' : undefined;
}

export function tagsOf(text: string): string[] {
	const tags = text.split(',').map((tag) => tag.trim());
	return [...new Set(tags)].filter((tag) => tag !== '');
}
