import { existsSync, lstatSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { App, DaemonStatus } from '../core/api';
import type { CaptureStatus } from '../core/captureStatus';
import { blindText, captureSummary, inUse } from '../core/captureText';
import { messageOf } from '../core/errors';
import type { DataPaths } from '../platform/dataPaths';
import { createDataFolders, dataPaths } from '../platform/dataPaths';
import { isAlive } from '../platform/processes';
import { readState } from '../platform/stateFile';
import { unapprovedIn } from './approveFolder';
import { DaemonState, daemonFiles } from './daemonState';
import { forgetFailure } from './ensureDaemon';

export interface Finding {
	readonly level: 'ok' | 'mended' | 'warning' | 'problem';
	readonly text: string;
}

export interface Examination {
	readonly status?: DaemonStatus;
	readonly capture?: CaptureStatus;
	readonly sizes: Readonly<Record<string, number>>;
	readonly findings: readonly Finding[];
}

/** Looks at the installation from outside, then asks the daemon, starting it if need be. */
export async function examine({ app, folder, mend }: { app: App; folder: string; mend: boolean }): Promise<Examination> {
	const paths = dataPaths();
	const findings: Finding[] = [...runtime(), ...stale(paths, mend), ...disk(paths)];
	const waiting = unapprovedIn(folder);
	if (waiting !== undefined)
		findings.push({ level: 'warning', text: `${waiting.file} asks for ${waiting.shown.join(', ')}; not used until \`chroma-client approve\`.` });
	let status: DaemonStatus | undefined;
	let capture: CaptureStatus | undefined;
	try {
		await app.setupCollections({});
		status = await app.status({});
		findings.push(...ofStatus(status), ...(await ofIndex(app, mend)));
		capture = await app.captureStatus({});
		findings.push(...ofCapture(capture));
	} catch (cause) {
		findings.push({ level: 'problem', text: messageOf(cause) });
	}
	const sizes = Object.fromEntries(
		['journal', 'blobs', 'attachments', 'chroma', 'code', 'logs', 'spool'].map((name) => [name, folderSize(join(paths.root, name))]),
	);
	findings.push({
		level: 'ok',
		text: `Sizes: ${Object.entries(sizes)
			.map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`)
			.join(', ')}.`,
	});
	findings.push({
		level: 'warning',
		text: "Chroma's local server has no password: other users of this machine who find its port can read the index. It listens on 127.0.0.1 only.",
	});
	return { sizes, findings, ...(status && { status }), ...(capture && { capture }) };
}

function runtime(): Finding[] {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	const fits = major > 20 || (major === 20 && minor >= 18);
	return [{ level: fits ? 'ok' : 'problem', text: `Node ${process.versions.node} at ${process.execPath}${fits ? '' : '; 20.18 or later is needed'}.` }];
}

/** State of processes that died without saying so is harmless, but it misleads a reader. */
function stale(paths: DataPaths, mend: boolean): Finding[] {
	if (!existsSync(paths.root)) {
		if (mend) createDataFolders(paths);
		return [{ level: mend ? 'mended' : 'warning', text: `The data folder ${paths.root} was missing${mend ? ' and was created' : ''}.` }];
	}
	const findings: Finding[] = [];
	const files = daemonFiles(paths);
	const state = readState(files.state, DaemonState);
	if (existsSync(files.state) && (state === undefined || !isAlive(state.pid))) {
		if (mend) rmSync(files.state, { force: true });
		findings.push({ level: mend ? 'mended' : 'warning', text: 'The background process had died; its state file was left behind.' });
	}
	if (mend) forgetFailure(paths);
	for (const file of existsSync(paths.code) ? readdirSync(paths.code) : [])
		if (file.endsWith('.damaged')) {
			if (mend) rmSync(join(paths.code, file), { force: true });
			findings.push({ level: mend ? 'mended' : 'warning', text: `A damaged code index was put aside (${file}); indexing makes it again.` });
		}
	return findings;
}

function disk(paths: DataPaths): Finding[] {
	try {
		const { bavail, bsize } = statfsSync(paths.root);
		const free = bavail * bsize;
		return free < 500_000_000 ? [{ level: 'warning', text: `Only ${(free / 1e6).toFixed(0)} MB are free where the data folder is.` }] : [];
	} catch {
		return [];
	}
}

function ofStatus(status: DaemonStatus): Finding[] {
	const findings: Finding[] = status.chroma.map((chroma) => ({
		level: chroma.running ? 'ok' : 'problem',
		text: chroma.running
			? `Chroma answers (${chroma.where}).`
			: `Chroma does not answer (${chroma.where})${chroma.error === undefined ? '' : `: ${chroma.error}`}.`,
	}));
	if (status.journal.damaged > 0) findings.push({ level: 'warning', text: `${status.journal.damaged} damaged lines in the journal were skipped.` });
	if (status.outbox > 0) findings.push({ level: 'warning', text: `${status.outbox} rows wait to be sent to Chroma.` });
	return findings;
}

/** A line for each assistant that is in use here. */
function ofCapture(capture: CaptureStatus): Finding[] {
	const levels = { ok: 'ok', unused: 'ok', partly: 'warning', blind: 'problem' } as const;
	return inUse(capture).map((one) => ({
		level: levels[one.state],
		text:
			one.blind === undefined
				? `Capture of ${one.label}: ${captureSummary(one, capture.at)}.${one.state === 'partly' ? ` See \`chroma-client capture-status ${one.assistant}\`.` : ''}`
				: `Capture has gone blind for ${blindText(one)}. See \`chroma-client capture-status ${one.assistant}\`.`,
	}));
}

async function ofIndex(app: App, mend: boolean): Promise<Finding[]> {
	const state = await app.indexState({});
	if (state.repo_id === undefined) return [{ level: 'ok', text: 'This folder is in no git repository; there is no code index for it.' }];
	if (state.chunks === 0) return [{ level: 'warning', text: 'The code of this repository is not indexed. Run `chroma-client index --all`.' }];
	if (!mend) return [{ level: 'ok', text: `Code index: ${state.files} files, ${state.chunks} chunks, ${state.last_indexed_utc}.` }];
	const report = await app.index({ mode: 'changed' });
	return [
		report.files_indexed + report.files_removed === 0
			? { level: 'ok', text: `Code index: ${state.files} files, ${state.chunks} chunks, up to date.` }
			: { level: 'mended', text: `Code index: ${report.files_indexed} changed files were indexed, ${report.files_removed} removed.` },
	];
}

function folderSize(folder: string): number {
	try {
		return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => sum + lstatSync(join(folder, name)).size, 0);
	} catch {
		return 0;
	}
}
