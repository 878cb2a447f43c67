import * as vscode from 'vscode';
import type { AttributedLines } from '../../core/attribution';
import { settingValue } from '../../vscode/settings';
import { marksOf } from './blocks';
import type { LineAuthors } from './lineAuthors';

/** Many events close together are one redrawing. */
const restMs = 400;

interface Marks {
	readonly written: vscode.TextEditorDecorationType;
	readonly moved: vscode.TextEditorDecorationType;
}

/** Marks beside the lines that assistants wrote, in the editors that are visible. An event only sets a timer. */
export class GutterMarks {
	private timer: NodeJS.Timeout | undefined;
	private marks: Marks | undefined;
	private enabled = false;
	private readonly parts: vscode.Disposable;

	constructor(
		private readonly authors: LineAuthors,
		private readonly extensionUri: vscode.Uri,
		private readonly rest = restMs,
	) {
		this.parts = vscode.Disposable.from(
			vscode.workspace.onDidChangeTextDocument(() => this.schedule()),
			vscode.window.onDidChangeVisibleTextEditors(() => this.settingsChanged()),
		);
		this.settingsChanged();
	}

	/** Whether any visible editor is to be marked. */
	get isOn(): boolean {
		return this.enabled;
	}

	/** Draws again soon, if anything is to be drawn. */
	schedule(): void {
		if (!this.enabled) return;
		if (this.timer === undefined) this.timer = setTimeout(() => this.draw(), this.rest);
		else this.timer.refresh();
	}

	settingsChanged(): void {
		this.enabled = vscode.window.visibleTextEditors.some(({ document }) => wants(document));
		if (this.enabled) this.schedule();
		else this.clear();
	}

	dispose(): void {
		this.clear();
		this.parts.dispose();
	}

	private draw(): void {
		this.timer = undefined;
		for (const editor of vscode.window.visibleTextEditors) void this.drawIn(editor);
	}

	private async drawIn(editor: vscode.TextEditor): Promise<void> {
		const { document } = editor;
		const version = document.version;
		const found = wants(document) ? await this.authors.of(document) : undefined;
		// Typed in meanwhile: that change has set the timer again.
		if (document.version !== version || !this.enabled) return;
		this.marks ??= marksIn(this.extensionUri);
		const { written, moved } = found === undefined ? { written: [], moved: [] } : marksOf(found.authors);
		editor.setDecorations(this.marks.written, written.map(rangeOf));
		editor.setDecorations(this.marks.moved, moved.map(rangeOf));
	}

	/** Takes all marks away with their types. */
	private clear(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		this.marks?.written.dispose();
		this.marks?.moved.dispose();
		this.marks = undefined;
	}
}

function wants({ uri }: vscode.TextDocument): boolean {
	return uri.scheme === 'file' && settingValue('gutter', uri) === true;
}

function rangeOf({ from, to }: AttributedLines): vscode.Range {
	return new vscode.Range(from - 1, 0, to - 1, 0);
}

/** They differ in form, not in colour alone. High contrast themes take the icons of the dark and the light ones. */
function marksIn(extensionUri: vscode.Uri): Marks {
	const icon = (name: string, theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `gutter-${name}-${theme}.svg`);
	const type = (name: string, color: string): vscode.TextEditorDecorationType =>
		vscode.window.createTextEditorDecorationType({
			isWholeLine: true,
			gutterIconSize: 'contain',
			light: { gutterIconPath: icon(name, 'light') },
			dark: { gutterIconPath: icon(name, 'dark') },
			overviewRulerColor: new vscode.ThemeColor(color),
			overviewRulerLane: vscode.OverviewRulerLane.Left,
			rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
		});
	return { written: type('written', 'codelearn.lineWritten'), moved: type('moved', 'codelearn.lineMoved') };
}
