import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../src/core/api';
import { EditBody, isLater, JournalRecord } from '../../src/core/journalRecord';
import type { Turn } from '../../src/core/turn';
import { until, workspaceFile } from '../host/editor';

/** Every turn that Codelearn has of the editor's agent, in order of time. */
export async function allTurns(app: App): Promise<Turn[]> {
	const { turns } = await app.listTurns({ limit: 1000 });
	const own = turns.filter(({ assistant }) => assistant === 'vscode-copilot');
	const details = await Promise.all(own.map(({ id }) => app.getTurn({ id })));
	return details.map(({ turn }) => turn).sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
}

/** The one turn of a prompt, once its end is known. `how` looks for new turns: hooks do it by themselves. */
export async function turnOf(app: App, prompt: string, how: 'by hooks' | 'by looking', isThere: (turn: Turn) => boolean = () => true): Promise<Turn> {
	return until(`the turn "${prompt}"`, async () => {
		if (how === 'by looking') await app.importTranscripts({});
		const [turn, ...others] = (await allTurns(app)).filter((one) => one.prompt === prompt);
		assert.equal(others.length, 0, `one turn of "${prompt}"`);
		return turn !== undefined && turn.state !== 'open' && isThere(turn) && turn;
	});
}

/** Name, kind and success of each tool call. */
export function toolsOf(turn: Turn): [string, string, boolean | undefined][] {
	return turn.tools.map(({ name, kind, ok }) => [name, kind, ok]);
}

/** File, kind and state of each edit. */
export function editsOf(turn: Turn): [string, string, string][] {
	return turn.edits.map(({ file_path, kind, state }) => [file_path, kind, state]);
}

/** A workspace file as it is on disk; null when there is none. */
export function onDisk(name: string): string | null {
	const { fsPath } = workspaceFile(...name.split('/'));
	return existsSync(fsPath) ? readFileSync(fsPath, 'utf8') : null;
}

/** Edits seen in the editor that the journal takes for a person's. */
export function personsEdits(): EditBody[] {
	const folder = join(process.env['CODELEARN_HOME'] ?? '', 'journal');
	const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
	const latest = new Map<string, JournalRecord>();
	for (const record of lines.map((line) => JournalRecord.parse(JSON.parse(line)))) {
		const other = latest.get(record.id);
		if (record.kind === 'edit' && (other === undefined || isLater(record, other))) latest.set(record.id, record);
	}
	return [...latest.values()].map(({ body }) => EditBody.parse(body)).filter(({ turn_id }) => turn_id === undefined);
}
