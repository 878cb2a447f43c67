import { startServer } from './chromaServer';

/** Asks for the server of a directory, says which it got, and stays, as a leaseholder, until its input ends. */
void startServer(process.argv[2] ?? '').then(
	(state) => process.stdout.write(`${JSON.stringify(state)}\n`),
	(cause: unknown) => process.stdout.write(`${JSON.stringify({ error: String(cause) })}\n`),
);
process.stdin.on('end', () => process.exit()).resume();
