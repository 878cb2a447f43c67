import * as vscode from 'vscode';
import type { CallOptions, Progress } from '../core/api';

/** Runs long work under a notification that shows how far it has come and can be cancelled. */
export async function withProgress<T>(title: string, work: (options: CallOptions) => Promise<T>): Promise<T> {
	const where = { location: vscode.ProgressLocation.Notification, title: `Codelearn: ${title}`, cancellable: true };
	return vscode.window.withProgress(where, async (notification, token) => {
		const abort = new AbortController();
		const cancelling = token.onCancellationRequested(() => abort.abort());
		let shown = 0;
		const onProgress = (progress: Progress): void => {
			const percent = percentOf(progress);
			notification.report({ message: messageOf(progress), increment: Math.max(0, percent - shown) });
			shown = Math.max(shown, percent);
		};
		try {
			return await work({ signal: abort.signal, onProgress });
		} finally {
			cancelling.dispose();
		}
	});
}

function percentOf({ done, total }: Progress): number {
	return total === undefined || total === 0 ? 0 : Math.min(100, (100 * done) / total);
}

function messageOf({ step, done, total }: Progress): string {
	return total === undefined ? `${step} (${done})` : `${step} (${done} of ${total})`;
}
