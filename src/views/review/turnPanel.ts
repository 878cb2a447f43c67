import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { appOf } from '../../vscode/appOf';
import { commandIds } from '../../vscode/commandIds';
import type { Host } from '../../vscode/host';
import { panelHtml } from '../panelHtml';
import { FromPanel, type ToPanel } from './messages';
import { panelTurn } from './panelTurn';

/** Shows one turn at a time in a panel beside the code; another turn takes the place of the first. */
export class TurnPanel implements vscode.Disposable {
	private panel: vscode.WebviewPanel | undefined;
	private shown = { folder: '', id: '', root: '' };

	constructor(
		private readonly extensionUri: vscode.Uri,
		private readonly host: () => Host,
	) {}

	async open(folder: string, id: string): Promise<void> {
		this.shown = { folder, id, root: folder };
		if (this.panel === undefined) {
			// The page asks for its content when it is ready.
			this.panel = this.created();
			return;
		}
		this.panel.reveal(undefined, true);
		await this.send();
	}

	dispose(): void {
		this.panel?.dispose();
	}

	private created(): vscode.WebviewPanel {
		const roots = ['dist/webview', 'media'].map((folder) => vscode.Uri.joinPath(this.extensionUri, folder));
		const panel = vscode.window.createWebviewPanel(
			'codelearn.turn',
			'Turn',
			{ viewColumn: vscode.ViewColumn.Active, preserveFocus: false },
			{ enableScripts: true, localResourceRoots: roots },
		);
		const { webview } = panel;
		const uriOf = (...parts: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, ...parts)).toString();
		webview.onDidReceiveMessage((raw: unknown) => void this.receive(raw));
		panel.onDidDispose(() => (this.panel = undefined));
		webview.html = panelHtml({
			title: 'Turn',
			cspSource: webview.cspSource,
			nonce: randomBytes(16).toString('base64'),
			scriptUri: uriOf('dist', 'webview', 'turnPanel.js'),
			styleUris: [uriOf('media', 'turnPanel.css')],
		});
		return panel;
	}

	private async receive(raw: unknown): Promise<void> {
		try {
			const message = FromPanel.parse(raw);
			const { folder, id, root } = this.shown;
			switch (message.type) {
				case 'ready':
					break;
				case 'promote':
					await vscode.commands.executeCommand(commandIds.promoteTurn, { folder, id });
					break;
				case 'ignore':
					await vscode.commands.executeCommand(commandIds.ignoreTurn, { folder, id });
					break;
				case 'openFile':
					await vscode.commands.executeCommand(commandIds.openPlace, { root, file_path: message.file_path });
					return;
			}
			await this.send();
		} catch (cause) {
			this.host().log.error('a message of the turn panel could not be handled', cause);
		}
	}

	private async send(): Promise<void> {
		await this.panel?.webview.postMessage(await this.snapshot());
	}

	private async snapshot(): Promise<ToPanel> {
		const { folder, id } = this.shown;
		try {
			const detail = await appOf(this.host(), folder).getTurn({ id });
			this.shown.root = detail.root ?? folder;
			if (this.panel !== undefined) this.panel.title = `Turn: ${detail.turn.prompt_summary.slice(0, 40)}`;
			return { type: 'turn', turn: panelTurn(detail) };
		} catch (cause) {
			this.host().log.error(`turn ${id} could not be shown`, cause);
			return { type: 'failure', message: messageOf(cause) };
		}
	}
}
