import { messageOf } from '../core/errors';
import { runMcp } from './runMcp';

// Entry of dist/mcp.cjs. Leaves by exit, so that a socket or timer left open cannot keep a process that nobody talks to.
runMcp().then(
	() => process.exit(0),
	(cause: unknown) => {
		process.stderr.write(`codelearn mcp: ${messageOf(cause)}\n`);
		process.exit(1);
	},
);
