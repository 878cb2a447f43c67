import * as vscode from 'vscode';
import { Cancelled, UserError } from '../core/errors';
import type { Host } from '../vscode/host';
import type { TurnRef } from './command';

/** Lets the user choose among the turns that wait for review. Throws Cancelled when they choose none. */
export async function pickTurn(host: Host, placeHolder: string): Promise<TurnRef> {
	const { path, app } = host.current();
	const { turns } = await app.listTurns({ review: 'new', limit: 200 });
	if (turns.length === 0) throw new UserError('No turn waits for review here. Run "Codelearn: Import Past Transcripts" to read those of the past.');
	const items = turns.map((turn) => ({
		label: turn.prompt_summary,
		description: `${turn.assistant} · ${turn.modification_type}`,
		detail: turn.response_summary,
		id: turn.id,
	}));
	const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true });
	if (picked === undefined) throw new Cancelled();
	return { folder: path, id: picked.id };
}
