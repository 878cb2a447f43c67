import assert from 'node:assert/strict';
import { vscodeDouble } from '../../support/vscodeDouble';
import type { CapturePorts } from '../../../src/capture/editor/capturePorts';

interface Sent {
	readonly checks: readonly object[];
}

/** The parts of the editor that tell of commands and of diagnostics, as events that a test fires. */
class Editor {
	readonly terminalStarted = new vscodeDouble.EventEmitter<object>();
	readonly terminalEnded = new vscodeDouble.EventEmitter<object>();
	readonly taskStarted = new vscodeDouble.EventEmitter<object>();
	readonly taskEnded = new vscodeDouble.EventEmitter<object>();
	readonly sent: object[] = [];
	isOn = true;

	constructor() {
		Object.assign(vscodeDouble.window, {
			onDidStartTerminalShellExecution: this.terminalStarted.event,
			onDidEndTerminalShellExecution: this.terminalEnded.event,
		});
		Object.assign(vscodeDouble.workspace, { workspaceFolders: [{ uri: vscodeDouble.Uri.file('/r') }] });
		Object.assign(vscodeDouble, {
			tasks: { onDidStartTaskProcess: this.taskStarted.event, onDidEndTaskProcess: this.taskEnded.event },
			TaskGroup: { Test: { id: 'test' }, Build: { id: 'build' } },
			ShellExecution,
			ProcessExecution,
		});
	}

	get ports(): CapturePorts {
		const app = {
			captureChecks: ({ checks }: Sent) => {
				this.sent.push(...checks);
				return Promise.resolve({ kept: 1, attached: 0 });
			},
		};
		return {
			isOn: () => this.isOn,
			folderOf: (uri: { fsPath: string }) => (uri.fsPath.startsWith('/r') ? { path: '/r', app } : undefined),
			log: { warn: () => undefined },
		} as unknown as CapturePorts;
	}

	run(value: string, exitCode: number | undefined, cwd = '/r', env?: object): void {
		const execution = { commandLine: { value }, cwd: vscodeDouble.Uri.file(cwd) };
		this.terminalStarted.fire({ execution });
		this.terminalEnded.fire({ execution, exitCode, shellIntegration: {}, terminal: { creationOptions: env === undefined ? {} : { env } } });
	}

	task(execution: object, group: string | undefined, exitCode: number): void {
		const running = {
			task: { execution, name: 'all of it', group: group === undefined ? undefined : { id: group }, scope: { uri: vscodeDouble.Uri.file('/r/web') } },
		};
		this.taskStarted.fire({ execution: running });
		this.taskEnded.fire({ execution: running, exitCode });
	}
}

class ShellExecution {
	constructor(
		readonly commandLine: string | undefined,
		readonly command?: string,
		readonly args: readonly string[] = [],
	) {}
}
class ProcessExecution {
	constructor(
		readonly process: string,
		readonly args: readonly string[],
	) {}
}

describe('checks in terminals and tasks', () => {
	it('are told with how they ended and who ran them, and no other command is', async () => {
		const editor = new Editor();
		const { startCommandChecks } = await import('../../../src/capture/editor/commandChecks');
		const part = startCommandChecks(editor.ports);
		editor.run('npm test', 1);
		editor.run('cd x && npx tsc', 0, '/r/x', { COPILOT_AGENT: '1' });
		editor.run('npm run lint', undefined);
		editor.run('ssh me@host secret', 0);
		editor.run('npm test', 0, '/elsewhere');
		editor.task(new ShellExecution('npm run e2e'), undefined, 0);
		editor.task(new ProcessExecution('tool', ['x']), 'test', 2);
		editor.task(new ProcessExecution('tool', ['x']), undefined, 2);
		editor.isOn = false;
		editor.run('npm test', 0);
		part.dispose();
		editor.isOn = true;
		editor.run('npm test', 0);
		const told = editor.sent.map((check) => Object.fromEntries(Object.entries(check).filter(([name]) => name !== 'at' && name !== 'started_at')));
		assert.deepEqual(told, [
			{ type: 'test', command: 'npm test', ok: false, via: 'terminal', by: 'person', folder: '/r' },
			{ type: 'typecheck', command: 'cd x && npx tsc', ok: true, via: 'terminal', by: 'agent', folder: '/r/x' },
			{ type: 'lint', command: 'npm run lint', via: 'terminal', by: 'person', folder: '/r' },
			{ type: 'test', command: 'npm run e2e', ok: true, via: 'task', folder: '/r/web' },
			{ type: 'test', command: 'tool x', ok: false, via: 'task', folder: '/r/web' },
		]);
		assert.ok(editor.sent.every((check) => 'started_at' in check));
	});
});
