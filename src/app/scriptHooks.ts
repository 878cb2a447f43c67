import { chmodSync, existsSync, readFileSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { SourcePlaces } from '../capture/captureSource';
import { UserError, messageOf } from '../core/errors';
import type { DataPaths } from '../platform/dataPaths';
import { createDataFolders, dataPaths } from '../platform/dataPaths';
import { writeHookScripts } from '../platform/hookScripts';
import { replaceFile } from '../platform/replaceFile';
import { readState, writeState } from '../platform/stateFile';
import type { AssistantHookChange, AssistantHookStatus } from './hookChange';
import { SpoolFiles } from './spoolFiles';
import { stderrLog } from './stderrLog';

/** Name and label of the one assistant whose hooks are scripts named by the event, one an event, in a folder of hooks: Cline. */
export const scriptHookName = 'cline';
const label = 'Cline';

/** When the working tree is worth a look, then when a session's transcript is worth reading. */
const events = ['TaskStart', 'PostToolUse', 'TaskComplete', 'TaskCancel', 'TaskError'];

/** What tells our scripts from others'. */
const mark = '# Codelearn: tells Codelearn what a task of Cline did, and decides nothing.';

/** Adds our scripts. One that somebody else put there is never touched, and named in the note; an unchanged one is not written again. */
export function installScriptHooks(places: SourcePlaces): AssistantHookChange {
	const paths = dataPaths(places.env);
	createDataFolders(paths);
	const script = writeHookScripts(paths, places.platform);
	// From here on hooks may write.
	new SpoolFiles(paths.spool, stderrLog('ERROR')).markRead(new Date());
	const scripts = scriptsIn(places);
	const wanted = scripts.filter(({ current }) => current === undefined || isOurs(current));
	const changed = wanted.filter(({ event, current }) => current !== scriptOf(event, script, places.platform));
	const made = changed.flatMap(({ path }) => missingFolders(dirname(path)));
	// Noted before it is done, so that a stop in between leaves nothing that nobody would take out.
	writeState(stateFile(paths), { made: [...new Set([...madeFolders(paths), ...made])] } satisfies Made);
	for (const { path, event } of changed) writeScript(path, scriptOf(event, script, places.platform));
	const notes = notesOn(scripts, places);
	return { ...aboutCline(places), changed: changed.length > 0, ...(notes.length === 0 ? {} : { note: notes.join('\n') }) };
}

/** Takes our scripts out again, and the folders that we made for them when nothing else lies there. */
export function uninstallScriptHooks(places: SourcePlaces): AssistantHookChange {
	const paths = dataPaths(places.env);
	const ours = scriptsIn(places).filter(({ current }) => current !== undefined && isOurs(current));
	for (const { path } of ours) rmSync(path);
	for (const folder of madeFolders(paths).sort((a, b) => b.length - a.length)) removeEmpty(folder);
	rmSync(stateFile(paths), { force: true });
	return { ...aboutCline(places), changed: ours.length > 0 };
}

export function scriptHookStatus(places: SourcePlaces): AssistantHookStatus {
	const installed = scriptsIn(places).some(({ current }) => current !== undefined && isOurs(current));
	return { ...aboutCline(places), installed, present: existsSync(clineFolder(places)) || existsSync(documents(places)) };
}

const Made = z.object({ made: z.array(z.string()) });
type Made = z.infer<typeof Made>;

function stateFile(paths: DataPaths): string {
	return join(paths.state, `hooks-${scriptHookName}.json`);
}

/** Folders that an installation had to make. */
function madeFolders(paths: DataPaths): string[] {
	return readState(stateFile(paths), Made)?.made ?? [];
}

function aboutCline(places: SourcePlaces) {
	return { assistant: scriptHookName, label, file: join(clineFolder(places), 'hooks') };
}

function clineFolder({ env, home }: SourcePlaces): string {
	const given = env['CLINE_DIR']?.trim() ?? '';
	return given === '' ? join(home, '.cline') : given;
}

/** Where the editors' extension looks, when it is in use. */
function documents({ home }: SourcePlaces): string {
	return join(home, 'Documents', 'Cline');
}

/** A place for a script, with what stands there. */
interface Script {
	readonly path: string;
	readonly event: string;
	readonly current: string | undefined;
}

function scriptsIn(places: SourcePlaces): Script[] {
	const folders = [join(clineFolder(places), 'hooks'), ...(existsSync(documents(places)) ? [join(documents(places), 'Hooks')] : [])];
	return folders.flatMap((folder) =>
		events.flatMap((event) => {
			// Windows takes a script by its ending only, and one without an ending goes first.
			const names = places.platform === 'win32' ? [`${event}.ps1`, event] : [event];
			const taken = names.slice(1).find((name) => existsSync(join(folder, name)));
			const path = join(folder, taken ?? names[0] ?? event);
			return [{ path, event, current: contentOf(path) }];
		}),
	);
}

function contentOf(path: string): string | undefined {
	try {
		return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
	} catch (cause) {
		throw new UserError(`${path} cannot be read: ${messageOf(cause)}. Nothing was changed.`, 1, { cause });
	}
}

function isOurs(text: string): boolean {
	return text.includes(mark);
}

/** Answers that the task goes on, also once Codelearn is gone; the installed script does so itself. */
function scriptOf(event: string, script: string, platform: NodeJS.Platform): string {
	if (platform === 'win32') {
		const quoted = `'${script.replaceAll("'", "''")}'`;
		return [mark, `if (Test-Path -LiteralPath ${quoted}) { & ${quoted} cline ${event} }`, `else { [Console]::Out.Write('{"cancel":false}') }`, ''].join('\r\n');
	}
	const quoted = `'${script.replaceAll("'", `'\\''`)}'`;
	return ['#!/bin/sh', mark, `[ ! -x ${quoted} ] || exec ${quoted} cline ${event}`, 'cat >/dev/null', `printf '{"cancel":false}'`, ''].join('\n');
}

function writeScript(path: string, text: string): void {
	try {
		replaceFile(path, text);
		chmodSync(path, 0o755);
	} catch (cause) {
		throw new UserError(`${path} cannot be written: ${messageOf(cause)}.`, 1, { cause });
	}
}

/** The folder and those above it that are not there yet. */
function missingFolders(folder: string): string[] {
	return existsSync(folder) || dirname(folder) === folder ? [] : [...missingFolders(dirname(folder)), folder];
}

function removeEmpty(folder: string): void {
	try {
		rmdirSync(folder);
	} catch {
		// Something of others lies there, or it is gone.
	}
}

function notesOn(scripts: readonly Script[], places: SourcePlaces): string[] {
	const foreign = scripts.filter(({ current }) => current !== undefined && !isOurs(current)).map(({ path }) => path);
	const notes = foreign.map((path) => `${path} is a script of somebody else's and was left as it is; Codelearn is not told of that event by it.`);
	if (existsSync(documents(places))) notes.push("In the editors' extension, hooks have to be switched on in Cline's settings.");
	return notes;
}
