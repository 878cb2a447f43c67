import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError, messageOf } from '../../core/errors';
import { sqliteModule } from './sqlite';

export interface ExclusiveLease {
	release(): void;
}

/**
 * Takes a lock that the operating system drops when its holder dies, however it dies, so that no stale
 * lock ever has to be judged. undefined: another process holds it. A SQLite transaction carries it,
 * because that is the one file lock that Node's world has on every platform.
 */
export function takeExclusiveLease(file: string): ExclusiveLease | undefined {
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		const database = new (sqliteModule().DatabaseSync)(file);
		try {
			database.exec('pragma busy_timeout=0; pragma journal_mode=delete; begin exclusive');
			return { release: () => database.close() };
		} catch (cause) {
			database.close();
			if (/locked|busy/i.test(messageOf(cause))) return undefined;
			throw cause;
		}
	} catch (cause) {
		throw new UserError(`The lock ${file} cannot be used: ${messageOf(cause)}. Check that the folder is writable, has free space, and is on a local disk.`, 1, {
			cause,
		});
	}
}
