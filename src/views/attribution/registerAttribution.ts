import * as vscode from 'vscode';
import type { Host } from '../../vscode/host';
import { settingValue } from '../../vscode/settings';
import { watchChanges } from '../trees/watchChanges';
import { BlockLenses } from './codeLens';
import { GutterMarks } from './gutter';
import { lineHover } from './hover';
import { LineAuthors } from './lineAuthors';

const files = { scheme: 'file' };
/** Of the least weight, so that what the language says of the code stands above. */
const anything = '*';

/** What editors show of who wrote their lines. Changes of the data are waited for only while something that shows them is switched on. */
export function registerAttribution(host: Host, extensionUri: vscode.Uri): vscode.Disposable {
	const authors = new LineAuthors(host);
	const lenses = new BlockLenses(authors);
	const gutter = new GutterMarks(authors, extensionUri);
	const isWanted = (): boolean => authors.mayAsk && vscode.window.state.focused && (gutter.isOn || settingValue('codeLens') === true);
	const redraw = (): void => {
		authors.forget();
		gutter.schedule();
		lenses.refresh();
	};
	const watch = watchChanges(() => host.current().app, isWanted, redraw, host.log);
	let mayAsk = authors.mayAsk;
	watch.wake();
	return vscode.Disposable.from(
		watch,
		lenses,
		gutter,
		vscode.languages.registerHoverProvider(anything, lineHover(authors)),
		vscode.languages.registerCodeLensProvider(files, lenses),
		vscode.window.onDidChangeWindowState(() => watch.wake()),
		vscode.window.onDidChangeVisibleTextEditors(() => watch.wake()),
		host.capture.onDidChange(() => {
			if (authors.mayAsk === mayAsk) return;
			mayAsk = authors.mayAsk;
			redraw();
			watch.wake();
		}),
		vscode.workspace.onDidChangeConfiguration((event) => {
			if (!event.affectsConfiguration('codelearn')) return;
			gutter.settingsChanged();
			lenses.refresh();
			watch.wake();
		}),
	);
}
