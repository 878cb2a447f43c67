import './vscodeDouble';
import type { Host } from '../../src/vscode/host';
import { CaptureControl } from '../../src/vscode/captureControl';
import { LinksControl } from '../../src/vscode/linksControl';
import { fakeApp, type FakeApp } from './fakeApp';
import { memento } from './memento';
import { silentLog } from './silentLog';

export interface FakeHost extends Host {
	readonly app: FakeApp;
	readonly opened: string[];
	restarts: number;
}

/** A host with one folder whose App is in memory. */
export function fakeHost(app = fakeApp()): FakeHost {
	const folder = { name: 'shop', path: '/shop', app };
	const opened: string[] = [];
	const host: FakeHost = {
		app,
		opened,
		restarts: 0,
		log: silentLog,
		channel: { show: () => opened.push('output') } as unknown as Host['channel'],
		capture: new CaptureControl(memento(), memento(), () => true),
		links: new LinksControl(memento()),
		folders: () => [folder],
		current: () => folder,
		folderOf: ({ fsPath }) => (fsPath.startsWith('/shop/') ? folder : undefined),
		restartServer: () => {
			host.restarts++;
			return Promise.resolve();
		},
		mcpLaunch: (path) => ({ command: '/usr/bin/node', args: ['/ext/dist/mcp.cjs'], env: { CODELEARN_FOLDER: path } }),
		openTurn: (path, id) => Promise.resolve(void opened.push(`turn ${path} ${id}`)),
		openLearning: (path, id) => Promise.resolve(void opened.push(`learning ${path} ${id}`)),
	};
	return host;
}
