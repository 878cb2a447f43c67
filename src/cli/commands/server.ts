import type { Command } from 'commander';
import { isRunning, startServer, stopServer } from '../../app/serverControl';
import type { DaemonStatus } from '../../core/api';
import type { CliContext } from '../cliContext';

export function addServer(program: Command, context: CliContext): void {
	const server = program.command('server').description('start, stop or look at the background process and its Chroma server');
	server
		.command('start')
		.description('start and keep it running until `server stop`')
		.option('--json', 'print JSON')
		.action(async () => {
			await startServer();
			await context.app.setupCollections({});
			const status = await context.app.status({});
			context.print(status, () => describe(status));
		});
	server
		.command('stop')
		.description('stop it, whoever uses it; it comes back when it is needed')
		.option('--json', 'print JSON')
		.action(async () => {
			const stopped = await stopServer();
			context.print({ stopped }, () => (stopped ? 'Stopped.' : 'Nothing was running.'));
		});
	server
		.command('status')
		.description('say what runs')
		.option('--json', 'print JSON')
		.action(async () => {
			if (!(await isRunning())) {
				context.print({ running: false }, () => 'Not running. It starts when it is needed, or with `chroma-client server start`.');
				return;
			}
			const status = await context.app.status({});
			context.print({ running: true, ...status }, () => describe(status));
		});
}

export function describe(status: DaemonStatus): string {
	const servers = status.chroma.map(
		(chroma) =>
			`Chroma (${chroma.impl}) ${chroma.where}: ${chroma.running ? 'running' : 'not running'}${chroma.port === undefined ? '' : `, port ${chroma.port}`}${chroma.pid === undefined ? '' : `, process ${chroma.pid}`}${chroma.binary === undefined ? '' : `\n  server: ${chroma.binary}`}${chroma.error === undefined ? '' : `\n  ${chroma.error}`}`,
	);
	return [
		`Background process ${status.pid}, version ${status.version}, since ${status.started_at}`,
		`Data: ${status.data_dir}`,
		...servers,
		`Embedder: ${status.embedder}`,
		`Journal: ${status.journal.records} records in ${status.journal.segments} segments, ${size(status.journal.bytes)}${status.journal.damaged > 0 ? `, ${status.journal.damaged} damaged lines` : ''}`,
		`Turns: ${status.turns}, learnings: ${status.learnings}, rows waiting for Chroma: ${status.outbox}`,
		`Used by: ${status.leases.length === 0 ? 'nobody right now' : status.leases.map((lease) => `${lease.what} (${lease.pid})`).join(', ')}`,
	].join('\n');
}

export function size(bytes: number): string {
	return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
