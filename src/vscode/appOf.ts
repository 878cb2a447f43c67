import type { App } from '../core/api';
import type { Host } from './host';

/** The App of a folder that a tree or a link named; the current one when that folder was closed meanwhile. */
export function appOf(host: Host, folder: string): App {
	return (host.folders().find(({ path }) => path === folder) ?? host.current()).app;
}
