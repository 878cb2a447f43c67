import { parseArgs } from 'node:util';
import { messageOf } from '../core/errors';
import { runDaemon } from './runDaemon';

const { values } = parseArgs({ options: { nonce: { type: 'string' } } });

runDaemon(values.nonce ?? '').catch((cause: unknown) => {
	process.stderr.write(`${messageOf(cause)}\n`);
	process.exitCode = 1;
});
