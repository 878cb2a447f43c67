import * as vscode from 'vscode';
import type { LinkEnd } from '../../core/api';
import { commandIds } from '../../vscode/commandIds';

/** A place in the code, or a learning, at the end of a link; a click opens it. */
export function placeItem(end: LinkEnd, root: string): vscode.TreeItem {
	const item = new vscode.TreeItem(end.label === '' ? end.id : end.label);
	item.iconPath = new vscode.ThemeIcon(end.type === 'chunk' ? 'symbol-method' : end.type === 'learning' ? 'lightbulb' : 'file');
	if (end.type === 'learning') {
		item.command = { command: commandIds.openLearning, title: 'Open Learning', arguments: [{ folder: root, id: end.id }] };
		return item;
	}
	const file = end.file_path ?? (end.type === 'file' ? end.id : '');
	if (file === '') return item;
	const { start_line = 1, end_line } = end;
	if (end.type === 'chunk') item.description = `${file}:${start_line}`;
	item.tooltip = `${file}:${start_line}`;
	item.accessibilityInformation = { label: `${end.type} ${item.tooltip}` };
	item.command = { command: commandIds.openPlace, title: 'Open Code', arguments: [{ root, file_path: file, start_line, end_line }] };
	return item;
}
