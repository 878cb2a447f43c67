import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withEscapedControls } from '../capture/chat/looseJson';
import { SpoolEntry } from '../capture/hooks/hookEvent';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';

/** What cannot be read, or never became whole, is kept this long. */
const ageLimit = 7 * 24 * 3_600_000;

const markEvery = 3_600_000;

/** The folder in which hooks leave their files. Nothing here throws for a file that is odd or gone. */
export class SpoolFiles {
	private readonly aside: string;

	constructor(
		private readonly folder: string,
		private readonly log: Log,
	) {
		this.aside = join(folder, 'aside');
	}

	/** Names of whole files in the order of their calls. */
	names(): string[] {
		return entriesOf(this.folder)
			.filter((name) => name.endsWith('.json') && !name.startsWith('.'))
			.sort();
	}

	/** The file's content; one that is no call of a hook is set aside. */
	read(name: string): SpoolEntry | undefined {
		try {
			return SpoolEntry.parse(jsonOf(readFileSync(join(this.folder, name), 'utf8')));
		} catch (cause) {
			if (isMissing(cause)) return undefined;
			this.setAside(name, cause instanceof SyntaxError ? 'no JSON' : 'no call of a hook');
			return undefined;
		}
	}

	remove(name: string): void {
		rmSync(join(this.folder, name), { force: true });
	}

	/** Tells hooks that somebody reads: they stop writing a week after the last time. Never half-written, since a hook may look at any moment. */
	markRead(now: Date): void {
		const mark = join(this.folder, '.read');
		const marked = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0;
		if (Math.abs(now.getTime() - marked) < markEvery) return;
		mkdirSync(this.folder, { recursive: true, mode: 0o700 });
		writeFileSync(`${mark}-new`, `${Math.floor(now.getTime() / 1000)}\n`, { mode: 0o600 });
		renameSync(`${mark}-new`, mark);
	}

	/** Removes what was set aside, or was never finished, when it is old. */
	removeOld(now: Date): void {
		const parts = entriesOf(this.folder).filter((name) => name.startsWith('.') && name !== '.read');
		const old = [...parts.map((name) => join(this.folder, name)), ...entriesOf(this.aside).map((name) => join(this.aside, name))];
		for (const path of old) {
			const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
			if (modified !== undefined && modified + ageLimit < now.getTime()) rmSync(path, { force: true });
		}
	}

	/** Puts a file out of the way, for a week. */
	setAside(name: string, why: string): void {
		// Its text is not quoted: it was not redacted yet.
		this.log.warn(`the hook's file ${name} was set aside for a week: ${why}`);
		try {
			mkdirSync(this.aside, { recursive: true, mode: 0o700 });
			renameSync(join(this.folder, name), join(this.aside, name));
		} catch (failed) {
			this.log.warn(`${name} could not be set aside: ${messageOf(failed)}`);
		}
	}
}

function entriesOf(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

/** Some assistants leave control characters in their texts as they are. Throws a SyntaxError for what is no JSON all the same. */
function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return JSON.parse(withEscapedControls(text));
	}
}

function isMissing(cause: unknown): boolean {
	return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
