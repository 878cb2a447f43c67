import { connectApp } from '../../src/app/connect';
import { silentLog } from './silentLog';

/** A host that stays, as an editor does: holds the daemon, says its process, and lives until it is killed. */
const connection = connectApp({ what: 'vscode', folder: process.argv[2] ?? '', log: silentLog, hold: true });
void connection.app.status({}).then((status) => process.stdout.write(`${JSON.stringify({ pid: status.pid, leases: status.leases })}\n`));
process.stdin.on('end', () => void connection.dispose().then(() => process.exit())).resume();
