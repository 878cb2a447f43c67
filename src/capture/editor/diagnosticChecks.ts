import * as vscode from 'vscode';
import type { CapturePorts } from './capturePorts';
import { tell } from './commandChecks';
import { isSecretPath } from './secretPath';

/** Language servers are done with a file when they have said nothing for so long. */
const restMs = 2_500;
/** One that goes on longer is asked as it stands. */
const longestMs = 20_000;

interface Counts {
	readonly errors: number;
	readonly warnings: number;
}

interface Pending {
	readonly before: Counts;
	readonly since: number;
	timer: NodeJS.Timeout;
}

/**
 * Counts errors and warnings of an open file before a change that nobody typed and after it has settled. Which of these changes
 * an assistant made is found out where turns are known.
 */
export function startDiagnosticChecks(ports: CapturePorts): vscode.Disposable {
	const pending = new Map<string, Pending>();
	const settle = (uri: vscode.Uri, { before, timer }: Pending): void => {
		clearTimeout(timer);
		pending.delete(uri.toString());
		const after = countsOf(uri);
		if (!ports.isOn() || (before.errors === after.errors && before.warnings === after.warnings)) return;
		void tell(ports, {
			type: 'diagnostics',
			file_path: uri.fsPath,
			errors: { before: before.errors, after: after.errors },
			warnings: { before: before.warnings, after: after.warnings },
			at: new Date().toISOString(),
		});
	};
	const wait = (uri: vscode.Uri, known: Pending): void => {
		clearTimeout(known.timer);
		known.timer = setTimeout(() => settle(uri, known), Math.max(0, Math.min(restMs, known.since + longestMs - Date.now())));
	};
	const changed = ({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void => {
		const { uri } = document;
		if (!ports.isOn() || contentChanges.length === 0 || uri.scheme !== 'file') return;
		const known = pending.get(uri.toString());
		if (known !== undefined) {
			wait(uri, known);
			return;
		}
		const isTyped = document.isDirty && contentChanges.every(({ text }) => !text.trim().includes('\n'));
		if (isTyped || reason !== undefined || isSecretPath(uri.fsPath) || ports.folderOf(uri) === undefined) return;
		// What is known now is still of the text before the change: language servers answer later.
		const fresh = { before: countsOf(uri), since: Date.now(), timer: setTimeout(() => undefined, 0) };
		pending.set(uri.toString(), fresh);
		wait(uri, fresh);
	};
	return vscode.Disposable.from(
		new vscode.Disposable(() => pending.forEach(({ timer }) => clearTimeout(timer))),
		vscode.workspace.onDidChangeTextDocument(changed),
		vscode.languages.onDidChangeDiagnostics(({ uris }) => {
			for (const uri of uris) {
				const known = pending.get(uri.toString());
				if (known !== undefined) wait(uri, known);
			}
		}),
	);
}

function countsOf(uri: vscode.Uri): Counts {
	const all = vscode.languages.getDiagnostics(uri);
	const count = (severity: vscode.DiagnosticSeverity): number => all.filter((one) => one.severity === severity).length;
	return { errors: count(vscode.DiagnosticSeverity.Error), warnings: count(vscode.DiagnosticSeverity.Warning) };
}
