import * as vscode from 'vscode';
import { messageOf } from '../core/errors';
import type { QueryHit } from '../core/query';
import { commandIds } from '../vscode/commandIds';
import type { FolderApp, Host } from '../vscode/host';
import { defineCommand, noArgs } from './command';

/** Long enough that a search is not started for every key. */
const restMs = 250;

interface HitItem extends vscode.QuickPickItem {
	readonly hit?: QueryHit;
}

export const search = defineCommand({
	id: commandIds.search,
	title: 'Search Code and Learnings',
	args: noArgs,
	run(host) {
		const folder = host.current();
		const pick = vscode.window.createQuickPick<HitItem>();
		pick.placeholder = 'Ask in plain words, or type names of the code';
		// The ranking is ours: the list must not be filtered or sorted by what was typed.
		pick.matchOnDescription = true;
		pick.matchOnDetail = true;
		liveResults(pick, folder, host);
		pick.onDidAccept(() => {
			const hit = pick.selectedItems[0]?.hit;
			if (hit === undefined) return;
			pick.hide();
			void openHit(folder, hit);
		});
		pick.show();
		return Promise.resolve(undefined);
	},
});

function liveResults(pick: vscode.QuickPick<HitItem>, { app }: FolderApp, host: Host): void {
	let timer: NodeJS.Timeout | undefined;
	let running = new AbortController();
	const stop = (): void => {
		clearTimeout(timer);
		running.abort();
	};
	const look = async (text: string, signal: AbortSignal): Promise<void> => {
		pick.busy = true;
		try {
			const { results, notes } = await app.query({ text, n: 20 }, { signal });
			if (!signal.aborted) pick.items = results.length > 0 ? results.map(itemOf) : [nothing(notes)];
		} catch (cause) {
			if (signal.aborted) return;
			host.log.error('search failed', cause);
			pick.items = [{ label: '$(error) The search failed', detail: messageOf(cause), alwaysShow: true }];
		} finally {
			if (!signal.aborted) pick.busy = false;
		}
	};
	pick.onDidChangeValue((text) => {
		stop();
		running = new AbortController();
		const { signal } = running;
		if (text.trim() === '') pick.items = [];
		else timer = setTimeout(() => void look(text, signal), restMs);
	});
	pick.onDidHide(() => {
		stop();
		pick.dispose();
	});
}

function itemOf(hit: QueryHit): HitItem {
	const isCode = hit.collection === 'codebase_v1';
	const firstLine = hit.document.trim().split('\n', 1)[0] ?? '';
	const label = isCode ? `$(symbol-method) ${hit.symbol === '' ? hit.file_path : hit.symbol}` : `$(lightbulb) ${firstLine}`;
	const description = isCode ? `${hit.file_path}:${hit.start_line}` : 'learning';
	return { label, description, detail: hit.why, alwaysShow: true, hit };
}

function nothing(notes: readonly string[]): HitItem {
	return { label: 'Nothing found', detail: notes[0] ?? 'Run "Codelearn: Index Workspace" if this folder was not indexed yet.', alwaysShow: true };
}

async function openHit({ path }: FolderApp, hit: QueryHit): Promise<void> {
	const { file_path, start_line, end_line, id } = hit;
	if (hit.collection === 'codebase_v1') await vscode.commands.executeCommand(commandIds.openPlace, { root: path, file_path, start_line, end_line });
	else if (hit.collection === 'derived_learnings_v1') await vscode.commands.executeCommand(commandIds.openLearning, { folder: path, id });
	else await vscode.commands.executeCommand(commandIds.openTurn, { folder: path, id });
}
