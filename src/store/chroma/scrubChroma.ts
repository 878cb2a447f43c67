import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteModule } from '../sqlite/sqlite';

/**
 * Overwrites what an embedded server's file still holds of rows that were deleted or replaced. Chroma keeps what was sent in a log of
 * its own, text included, and leaves deleted pages as they are. The log's entries and vectors stay; only texts of entries that later
 * ones have overtaken go. The server may run meanwhile. Throws when the file is locked for long, or is not as we know it.
 */
export function scrubChroma(path: string): void {
	const file = join(path, 'chroma.sqlite3');
	if (!existsSync(file)) return;
	const { DatabaseSync } = sqliteModule();
	const database = new DatabaseSync(file);
	try {
		database.exec('pragma busy_timeout=10000; pragma secure_delete=on');
		database.exec(
			`update embeddings_queue set metadata=null where metadata is not null and exists
			(select 1 from embeddings_queue later where later.topic=embeddings_queue.topic and later.id=embeddings_queue.id and later.seq_id>embeddings_queue.seq_id)`,
		);
		database.exec('vacuum');
	} finally {
		database.close();
	}
}
