import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AttachmentRule } from '../core/attachment';
import { AttachmentWish } from '../core/attachment';
import { settingSpecs } from '../core/settings';
import type { DataPaths } from '../platform/dataPaths';
import { dataPaths } from '../platform/dataPaths';
import { sha256 } from '../platform/hash';
import { attachmentsOfDotEnv, attachmentsOfEnvironment, megabytes } from '../platform/resolveSettings';
import { readState, writeState } from '../platform/stateFile';

/** Who says something of a folder's images that has to be remembered, because hooks and imports see neither editor nor shell. */
type Speaker = 'editor' | 'environment' | 'command';

/** Stands for the whole machine where a folder is asked for. */
export const machine = '';

/** Keeps what an editor's settings, an environment or a command says for a folder, instead of what it said before; undefined: nothing any more. */
export function keepAttachmentWish(folder: string, from: Speaker, wish: AttachmentWish | undefined, paths: DataPaths = dataPaths()): void {
	const file = wishFile(paths, folder, from);
	if (wish === undefined) {
		rmSync(file, { force: true });
		return;
	}
	const known = readState(file, AttachmentWish);
	if (known?.keep === wish.keep && known?.max_bytes === wish.max_bytes) return;
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	writeState(file, wish);
}

/**
 * Keeps what a user says by command for a folder, or for the machine. What the shell's variables said there before is forgotten, so that
 * the last word counts. `limit` is in MiB. Throws a UserError when that is no such limit.
 */
export function chooseAttachments(folder: string, choice: 'on' | 'off' | 'default' | undefined, limit?: string, paths: DataPaths = dataPaths()): void {
	const said = choice === 'default' ? undefined : readState(wishFile(paths, folder, 'command'), AttachmentWish);
	const keep = choice === 'on' || choice === 'off' ? choice === 'on' : said?.keep;
	const max_bytes = limit === undefined ? said?.max_bytes : megabytes(limit, '--limit');
	const isEmpty = keep === undefined && max_bytes === undefined;
	keepAttachmentWish(folder, 'command', isEmpty ? undefined : { ...(keep !== undefined && { keep }), ...(max_bytes !== undefined && { max_bytes }) }, paths);
	if (folder !== machine) keepAttachmentWish(folder, 'environment', undefined, paths);
}

/** Takes over what this process's variables say, as any call from that folder does. */
export function hearEnvironment(folder: string, env: NodeJS.ProcessEnv = process.env, paths: DataPaths = dataPaths()): void {
	const wish = attachmentsOfEnvironment(env);
	if (wish !== undefined) keepAttachmentWish(folder, 'environment', wish, paths);
}

/**
 * What holds in a folder: what was said for it or the nearest one above it (editor > environment > `.env` > command), then for the machine.
 * Nothing is kept where nobody said so.
 */
export function attachmentRule(folder: string, paths: DataPaths = dataPaths()): AttachmentRule {
	const said = saidFor(folder, paths);
	const chosen = said.find(({ wish }) => wish.keep !== undefined);
	return {
		keep: chosen?.wish.keep ?? false,
		max_bytes: said.find(({ wish }) => wish.max_bytes !== undefined)?.wish.max_bytes ?? settingSpecs.captureAttachmentsLimit.default * 1024 * 1024,
		from: chosen?.from ?? 'default',
		folder: chosen?.folder ?? '',
	};
}

interface Said {
	readonly wish: AttachmentWish;
	readonly from: AttachmentRule['from'];
	readonly folder: string;
}

/** Everything that was said for a folder, what counts most first. */
function saidFor(folder: string, paths: DataPaths): Said[] {
	const said: Said[] = [];
	const spoken = (at: string, from: Speaker) => readState(wishFile(paths, at, from), AttachmentWish);
	const add = (wish: AttachmentWish | undefined, from: Said['from'], at: string) => wish !== undefined && said.push({ wish, from, folder: at });
	for (let at = folder; at !== machine; at = dirname(at)) {
		add(spoken(at, 'editor'), 'editor', at);
		add(spoken(at, 'environment'), 'environment', at);
		add(attachmentsOfDotEnv(at, paths), '.env', at);
		add(spoken(at, 'command'), 'command', at);
		if (dirname(at) === at) break;
	}
	add(spoken(machine, 'command'), 'machine', machine);
	return said;
}

/** One file a folder and speaker, since windows and commands write at the same time. The editor's has the plain name. */
function wishFile(paths: DataPaths, folder: string, from: Speaker): string {
	const name = folder === machine ? 'machine' : sha256(folder).slice(0, 24);
	return join(paths.state, 'attachments', from === 'editor' ? `${name}.json` : `${name}.${from}.json`);
}
