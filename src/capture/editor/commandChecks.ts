import * as vscode from 'vscode';
import type { Input } from '../../core/api';
import { checkTypeOf } from '../../core/checkCommand';
import { messageOf } from '../../core/errors';
import type { CapturePorts } from './capturePorts';

type Check = Input<'captureChecks'>['checks'][number];
type RunCheck = Exclude<Check, { type: 'diagnostics' }>;

/** Tells of tests, builds and linters that end in a terminal or as a task of the editor, whoever started them. What else is typed in terminals is not looked at. */
export function startCommandChecks(ports: CapturePorts): vscode.Disposable {
	const started = new WeakMap<object, string>();
	const now = (): string => new Date().toISOString();
	return vscode.Disposable.from(
		vscode.window.onDidStartTerminalShellExecution(({ execution }) => {
			if (ports.isOn()) started.set(execution, now());
		}),
		vscode.window.onDidEndTerminalShellExecution((event) => {
			if (ports.isOn()) void tell(ports, ofTerminal(event, started.get(event.execution), now()));
		}),
		vscode.tasks.onDidStartTaskProcess(({ execution }) => {
			if (ports.isOn()) started.set(execution, now());
		}),
		vscode.tasks.onDidEndTaskProcess((event) => {
			if (ports.isOn()) void tell(ports, ofTask(event, started.get(event.execution), now()));
		}),
	);
}

/** Hands checks over; a server that is away loses them, since nobody waits for a check. */
export async function tell(ports: CapturePorts, check: Check | undefined): Promise<void> {
	const place = check === undefined ? undefined : check.type === 'diagnostics' ? check.file_path : check.folder;
	if (check === undefined || place === undefined) return;
	const folder = ports.folderOf(vscode.Uri.file(place));
	if (folder === undefined) return;
	try {
		await folder.app.captureChecks({ checks: [check] });
	} catch (cause) {
		ports.log.warn(`a check was not recorded: ${messageOf(cause)}`);
	}
}

function ofTerminal(
	{ execution, exitCode, terminal, shellIntegration }: vscode.TerminalShellExecutionEndEvent,
	startedAt: string | undefined,
	at: string,
): RunCheck | undefined {
	const command = execution.commandLine.value;
	const type = checkTypeOf(command);
	const folder = (execution.cwd ?? shellIntegration.cwd)?.fsPath ?? firstFolder();
	if (type === undefined || folder === undefined) return undefined;
	return {
		type,
		command,
		...ended(exitCode),
		via: 'terminal',
		by: isAgents(terminal) ? 'agent' : 'person',
		at,
		folder,
		...(startedAt !== undefined && { started_at: startedAt }),
	};
}

function ofTask({ execution: { task }, exitCode }: vscode.TaskProcessEndEvent, startedAt: string | undefined, at: string): RunCheck | undefined {
	const command = commandOf(task);
	const group = task.group?.id === vscode.TaskGroup.Test.id ? ('test' as const) : task.group?.id === vscode.TaskGroup.Build.id ? ('build' as const) : undefined;
	const type = checkTypeOf(command) ?? group;
	const folder = typeof task.scope === 'object' ? task.scope.uri.fsPath : firstFolder();
	if (type === undefined || folder === undefined) return undefined;
	return { type, command, ...ended(exitCode), via: 'task', at, folder, ...(startedAt !== undefined && { started_at: startedAt }) };
}

function ended(exitCode: number | undefined): { ok?: boolean } {
	return exitCode === undefined ? {} : { ok: exitCode === 0 };
}

/** The editor marks the terminals of its own agent. */
function isAgents({ creationOptions }: vscode.Terminal): boolean {
	const env: Readonly<Record<string, unknown>> | null | undefined = 'env' in creationOptions ? creationOptions.env : undefined;
	return env?.['COPILOT_AGENT'] !== undefined;
}

/** The task's command line; its name where it runs none. */
function commandOf({ execution, name }: vscode.Task): string {
	if (execution instanceof vscode.ProcessExecution) return [execution.process, ...execution.args].join(' ');
	if (!(execution instanceof vscode.ShellExecution)) return name;
	const words = [execution.command, ...(execution.args ?? [])].filter((word) => word !== undefined);
	return execution.commandLine ?? (words.map((word) => (typeof word === 'string' ? word : word.value)).join(' ') || name);
}

function firstFolder(): string | undefined {
	return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
}
