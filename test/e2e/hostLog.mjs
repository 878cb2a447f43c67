import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** What VS Code's extension host logged in this editor home so far: which extensions it activated, and what failed. */
export function hostLog(home) {
	const logs = path.join(home.data, 'logs');
	if (!existsSync(logs)) return [];
	const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((name) => path.basename(name) === 'remoteexthost.log');
	return files.flatMap((file) => readFileSync(path.join(logs, file), 'utf8').split('\n'));
}
