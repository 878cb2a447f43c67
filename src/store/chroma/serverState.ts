import { join } from 'node:path';
import { z } from 'zod';

/** What a running embedded server says of itself, in a file inside the directory it serves. */
export const ServerState = z.object({
	pid: z.number().int(),
	/** Port of Chroma's own HTTP API, on 127.0.0.1. */
	port: z.number().int(),
	/** Port of the supervising thread: answers with the nonce, takes leases. */
	control_port: z.number().int(),
	/** Random word of this start; a port that does not answer with it belongs to somebody else. */
	nonce: z.string(),
	binary: z.string(),
	started_at: z.string(),
});
export type ServerState = z.infer<typeof ServerState>;

/** Files that the supervision keeps inside a Chroma directory. */
export function serverFiles(chromaPath: string): { folder: string; state: string; lease: string; log: string; command: string } {
	const folder = join(chromaPath, '.codelearn');
	return {
		folder,
		state: join(folder, 'server.json'),
		lease: join(folder, 'lease.db'),
		log: join(folder, 'server.log'),
		command: join(folder, 'command.json'),
	};
}
