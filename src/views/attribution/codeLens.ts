import * as vscode from 'vscode';
import { promptOf, shortened } from '../../vscode/attributionText';
import { commandIds } from '../../vscode/commandIds';
import { settingValue } from '../../vscode/settings';
import { blocksOf, type TurnBlock } from './blocks';
import type { LineAuthors } from './lineAuthors';

/** Above each block of lines that one turn wrote: who, after which prompt. A click asks why. */
export class BlockLenses implements vscode.CodeLensProvider {
	private readonly changed = new vscode.EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.changed.event;

	constructor(private readonly authors: LineAuthors) {}

	async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
		if (settingValue('codeLens', document.uri) !== true) return [];
		const found = await this.authors.of(document, token);
		if (found === undefined) return [];
		return blocksOf(found.authors).map((block) => {
			const command = { title: lensTitle(block), command: commandIds.whyLine, arguments: [{ file: document.uri.fsPath, line: block.from }] };
			return new vscode.CodeLens(new vscode.Range(block.from - 1, 0, block.from - 1, 0), command);
		});
	}

	refresh(): void {
		this.changed.fire();
	}

	dispose(): void {
		this.changed.dispose();
	}
}

/** `claude-code · Read prices with a decimal comma (3 of 12 lines)`: the lines of the block, of all that the turn has in the file. */
export function lensTitle({ turn, lines, of }: TurnBlock): string {
	return `${turn.assistant} · ${shortened(promptOf(turn), 60)} (${lines} of ${of} line${of === 1 ? '' : 's'})`;
}
