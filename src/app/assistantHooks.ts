import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { SourcePlaces } from '../capture/captureSource';
import { UserError, messageOf } from '../core/errors';
import type { DataPaths } from '../platform/dataPaths';
import { createDataFolders, dataPaths } from '../platform/dataPaths';
import { sha256 } from '../platform/hash';
import { writeHookScripts } from '../platform/hookScripts';
import { takeBack } from '../platform/jsonText';
import { replaceFile } from '../platform/replaceFile';
import { readState, writeState } from '../platform/stateFile';
import type { AssistantHookChange, AssistantHookStatus } from './hookChange';
import { checkSettings, hasOurs, isBare, withHooks, withoutHooks } from './hookSettings';
import type { HookTarget } from './hookTargets';
import { hookTarget, hookTargetNames } from './hookTargets';
import { installScriptHooks, scriptHookName, scriptHookStatus, uninstallScriptHooks } from './scriptHooks';
import { SpoolFiles } from './spoolFiles';
import { stderrLog } from './stderrLog';

/** Adds our hooks to an assistant's settings; what stands there stays as it is written. Throws a UserError for a file that is no plain JSON. */
export function installAssistantHooks(name: string, places: SourcePlaces = hostPlaces()): AssistantHookChange {
	if (name === scriptHookName) return installScriptHooks(places);
	const work = workOn(name, places);
	const { target, file, paths } = work;
	createDataFolders(paths);
	const script = writeHookScripts(paths, places.platform);
	// From here on hooks may write.
	new SpoolFiles(paths.spool, stderrLog('ERROR')).markRead(new Date());
	const current = readSettings(file);
	const created = current === undefined || (stateOf(work)?.created ?? false);
	const base = current === undefined ? '' : withoutOurs(work, current);
	const { text, insertions } = withHooks(base, target, (event) => commandLine(script, target.name, event, places.platform));
	if (text !== current) replaceSettings(file, text);
	writeState(work.state, { file, created, insertions: [...insertions], after: sha256(text) } satisfies Installed);
	return { assistant: target.name, label: target.label, file, changed: text !== current, ...(target.note === undefined ? {} : { note: target.note }) };
}

/** Takes our hooks out again. A file that was not changed since is then as it was before, to the byte; one that we made and nobody added to is removed. */
export function uninstallAssistantHooks(name: string, places: SourcePlaces = hostPlaces()): AssistantHookChange {
	if (name === scriptHookName) return uninstallScriptHooks(places);
	const work = workOn(name, places);
	const { target, file } = work;
	const current = readSettings(file);
	const text = current === undefined ? undefined : withoutOurs(work, current);
	const changed = text !== current;
	if (text !== undefined && changed) {
		if (stateOf(work)?.created === true && isBare(text, target)) rmSync(file);
		else replaceSettings(file, text);
	}
	rmSync(work.state, { force: true });
	return { assistant: target.name, label: target.label, file, changed };
}

/** Which assistants run our hooks; all that are known, or one. */
export function assistantHookStatus(name?: string, places: SourcePlaces = hostPlaces()): AssistantHookStatus[] {
	return (name === undefined ? [...hookTargetNames, scriptHookName] : [name]).map((one) => {
		if (one === scriptHookName) return scriptHookStatus(places);
		const { target, file } = workOn(one, places);
		const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
		return { assistant: target.name, label: target.label, file, installed: hasOurs(text, target), present: existsSync(target.folder(places)) };
	});
}

/** What was written, so that it can be taken back to the byte; nothing of the user's is kept. */
const Installed = z.object({
	file: z.string(),
	created: z.boolean(),
	insertions: z.array(z.object({ at: z.number().int(), text: z.string() })),
	/** Hash of the file as we left it. */
	after: z.string(),
});
type Installed = z.infer<typeof Installed>;

interface Work {
	readonly target: HookTarget;
	readonly file: string;
	readonly paths: DataPaths;
	readonly state: string;
}

function hostPlaces(): SourcePlaces {
	return { home: homedir(), platform: process.platform, env: process.env };
}

function workOn(name: string, places: SourcePlaces): Work {
	const target = hookTarget(name);
	const paths = dataPaths(places.env);
	return { target, file: target.file(places), paths, state: join(paths.state, `hooks-${target.name}.json`) };
}

/** What the last installation wrote into this very file. */
function stateOf({ state, file }: Work): Installed | undefined {
	const installed = readState(state, Installed);
	return installed?.file === file ? installed : undefined;
}

/** The settings as they would be without us. */
function withoutOurs(work: Work, current: string): string {
	checkSettings(current, work.file);
	const installed = stateOf(work);
	if (installed?.after === sha256(current)) {
		const before = installed.insertions.reduceRight<string | undefined>((text, made) => (text === undefined ? undefined : takeBack(text, made)), current);
		if (before !== undefined) return before;
	}
	return hasOurs(current, work.target) ? withoutHooks(current, work.target) : current;
}

function readSettings(file: string): string | undefined {
	try {
		return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
	} catch (cause) {
		throw new UserError(`${file} cannot be read: ${messageOf(cause)}.`, 1, { cause });
	}
}

function replaceSettings(file: string, text: string): void {
	try {
		replaceFile(file, text);
	} catch (cause) {
		throw new UserError(`${file} cannot be written: ${messageOf(cause)}. Nothing was changed.`, 1, { cause });
	}
}

/** Succeeds once the script is gone, and takes the payload all the same: a pipe that closes early is an error for some assistants. */
function commandLine(script: string, assistant: string, event: string, platform: NodeJS.Platform): string {
	if (platform === 'win32') return `powershell -NoProfile -ExecutionPolicy Bypass -File "${script.replaceAll('\\', '/')}" ${assistant} ${event}`;
	const quoted = `'${script.replaceAll("'", `'\\''`)}'`;
	return `if [ -x ${quoted} ]; then ${quoted} ${assistant} ${event}; else cat >/dev/null; fi`;
}
