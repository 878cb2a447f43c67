import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../../app/version';
import type { CliContext } from '../cliContext';

export function addMcp(program: Command, context: CliContext): void {
	program
		.command('mcp')
		.description('serve MCP on stdin and stdout, for assistants')
		.action(() => {
			process.env['CODELEARN_FOLDER'] ??= context.folder;
			// A bundle of its own: the other commands start faster without the protocol's library.
			createRequire(__filename)(join(packageRoot(), 'dist', 'mcp.cjs'));
		});
}
