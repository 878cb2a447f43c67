import { connectApp } from '../../src/app/connect.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Every stored turn, whole, oldest first. Asks the background process of this data directory as every host does. */
const { app, dispose } = connectApp({ what: 'test', folder: process.cwd(), log, hold: false });
const { turns } = await app.listTurns({ everywhere: true, limit: 1000 });
const details = [];
for (const { id } of turns) details.push((await app.getTurn({ id })).turn);
details.sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
await dispose();
process.stdout.write(JSON.stringify(details), () => process.exit());
