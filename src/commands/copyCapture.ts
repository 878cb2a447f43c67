import * as vscode from 'vscode';
import { commandIds } from '../vscode/commandIds';
import { AssistantRef, defineCommand } from './command';

export const copyCapture = defineCommand({
	id: commandIds.copyCapture,
	title: 'Copy Capture Status as JSON',
	args: AssistantRef.optional().catch(undefined),
	async run(host, chosen) {
		const status = await host.current().app.captureStatus(chosen ?? {});
		await vscode.env.clipboard.writeText(JSON.stringify(status, undefined, 2));
		return 'the status of capture is in the clipboard. It holds counts, versions and times, nothing that was written.';
	},
});
