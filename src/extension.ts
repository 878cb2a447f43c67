import * as vscode from 'vscode';
import { connectApp } from './app/connect';
import { stopServer } from './app/serverControl';
import { startCommandChecks } from './capture/editor/commandChecks';
import { startDiagnosticChecks } from './capture/editor/diagnosticChecks';
import { EditorCapture } from './capture/editor/editorCapture';
import { startIndexOnSave } from './capture/editor/indexOnSave';
import { startTranscriptPoll } from './capture/editor/transcriptPoll';
import { registerCommands } from './commands/commands';
import type { App } from './core/api';
import { askApproval } from './vscode/askApproval';
import { keepAttachmentChoices } from './vscode/attachmentChoices';
import { keepCaptureChoices } from './vscode/captureChoices';
import { CaptureControl } from './vscode/captureControl';
import { keepChatFolder } from './vscode/chatFolder';
import { watchCapture } from './vscode/captureWatch';
import { askConsent } from './vscode/consent';
import type { Host } from './vscode/host';
import { LinksControl } from './vscode/linksControl';
import { channelLog } from './vscode/log';
import { mcpLaunch } from './vscode/mcpLaunch';
import { startAll, type Started } from './vscode/register/contributions';
import { registerCursorHooks } from './vscode/register/cursorHooks';
import { mcpDefinitions, registerMcpServers } from './vscode/register/mcpServer';
import { registerStatusBar } from './vscode/register/statusBar';
import { serverEnv } from './vscode/serverEnv';
import { editorSettings, Secrets, settingValue } from './vscode/settings';
import { registerTurnDocuments } from './vscode/turnDocuments';
import { workspaceFolders } from './vscode/workspaceFolders';
import { registerAttribution } from './views/attribution/registerAttribution';
import { learningDocuments } from './views/learningDocuments';
import { TurnPanel } from './views/review/turnPanel';
import { registerTrees, type Trees } from './views/trees/registerTrees';

/** What the extension gives to others; the tests inside the editor use it. */
export interface ExtensionApi {
	readonly app: App;
	readonly capture: CaptureControl;
	readonly trees: Trees | undefined;
	/** Resolves when everything that starts in the background has started. */
	readonly ready: Promise<void>;
	/** How long activate() held up the editor. */
	readonly activationMs: number;
	/** Hands over edits that are not at rest yet. */
	readonly flushEdits: () => Promise<void>;
	readonly mcpDefinitions: () => vscode.McpStdioServerDefinition[];
}

/** What is left to do when the window closes. */
let end: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): ExtensionApi {
	const start = performance.now();
	const channel = vscode.window.createOutputChannel('Codelearn', { log: true });
	const log = channelLog(channel);
	const secrets = new Secrets(context.secrets);
	const capture = new CaptureControl(context.globalState, context.workspaceState, () => settingValue('captureEnabled') === true);
	const links = new LinksControl(context.workspaceState);
	const extraEnv = serverEnv(context.globalStorageUri);
	const connected = connectApp({
		what: 'vscode',
		folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '',
		editorSettings: () => ({ ...editorSettings(), ...secrets.current() }),
		extraEnv,
		log,
		hold: true,
		onUnapproved: (unapproved) => void askApproval(unapproved),
		onNote: (note) => log.warn(note),
	});
	const panel = new TurnPanel(context.extensionUri, () => host);
	const documents = learningDocuments(() => host);
	const host: Host = {
		log,
		channel,
		capture,
		links,
		...workspaceFolders(connected),
		restartServer: stopServer,
		mcpLaunch: (folder) => mcpLaunch(context, folder, extraEnv),
		openTurn: (folder, id) => panel.open(folder, id),
		openLearning: (folder, id) => documents.open(folder, id),
	};
	context.subscriptions.push(channel, secrets, capture, links, panel, documents);
	const parts = startParts(host, context);
	context.subscriptions.push(parts.disposable);
	const flushEdits = (): Promise<void> => parts.edits?.flush() ?? Promise.resolve();
	end = async () => {
		await flushEdits();
		await connected.dispose();
	};
	const ready = secrets.ready.catch((cause: unknown) => log.warn(`keys could not be read from the secret storage: ${String(cause)}`));
	const activationMs = performance.now() - start;
	log.info(`activated in ${activationMs.toFixed(1)} ms`);
	return {
		app: connected.app,
		capture,
		trees: parts.trees,
		ready,
		activationMs,
		flushEdits,
		mcpDefinitions: () => mcpDefinitions(host, versionOf(context)),
	};
}

export async function deactivate(): Promise<void> {
	await end?.();
}

interface Parts {
	readonly disposable: Started;
	trees?: Trees;
	edits?: EditorCapture;
}

/** Each part stands alone: one that fails is logged, and the others work. */
function startParts(host: Host, context: vscode.ExtensionContext): Parts {
	const { capture, log } = host;
	const ports = {
		log,
		isOn: () => capture.isOn,
		onDidSwitch: capture.onDidChange,
		folders: () => host.folders(),
		folderOf: (uri: vscode.Uri) => host.folderOf(uri),
		counted: (what: 'turns' | 'edits' | 'missed', count: number) => capture.counted(what, count),
		failed: (message: string) => capture.failed(message),
		worked: () => capture.worked(),
	};
	const isIndexedOnSave = (uri: vscode.Uri): boolean => settingValue('indexOnSave', uri) === true;
	const parts: { trees?: Trees; edits?: EditorCapture } = {};
	const disposable = startAll(
		[
			{ name: 'commands', start: () => vscode.Disposable.from(...registerCommands(host)) },
			{ name: 'status bar', start: () => registerStatusBar(host) },
			{ name: 'views', start: () => (parts.trees = registerTrees(host)) },
			{ name: 'texts of turns', start: () => registerTurnDocuments(host) },
			{ name: 'who wrote the lines', start: () => registerAttribution(host, context.extensionUri) },
			{ name: 'MCP servers', start: () => registerMcpServers(host, versionOf(context)) },
			{ name: 'edits', start: () => (parts.edits = new EditorCapture(ports)) },
			{ name: 'checks', start: () => startCommandChecks(ports) },
			{ name: 'diagnostics', start: () => startDiagnosticChecks(ports) },
			{ name: 'transcripts', start: () => startTranscriptPoll(ports) },
			{ name: 'capture watch', start: () => watchCapture(host, context.globalState, { name: vscode.env.appName, version: vscode.version }) },
			{ name: 'index on save', start: () => startIndexOnSave({ ...ports, isEnabled: isIndexedOnSave }) },
			{ name: 'consent', start: () => startConsent(capture) },
			{ name: 'hooks in Cursor', start: () => registerCursorHooks(capture, context.extensionPath) },
			{ name: 'folder of chats', start: () => keepChatFolder(context.storageUri, capture, log) },
			{ name: 'consent for hooks', start: () => keepCaptureChoices(capture, log) },
			{ name: 'choice of attachments', start: () => keepAttachmentChoices(log) },
		],
		log,
	);
	return { disposable, ...parts };
}

/** Asks once, and keeps what the views show when nothing is captured up to date. */
function startConsent(capture: CaptureControl): vscode.Disposable {
	const tell = (): void => void vscode.commands.executeCommand('setContext', 'codelearn.capture', capture.state.kind);
	tell();
	if (vscode.workspace.workspaceFolders !== undefined) void askConsent(capture);
	return vscode.Disposable.from(
		capture.onDidChange(tell),
		vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('codelearn.capture') && capture.refresh()),
	);
}

function versionOf({ extension }: vscode.ExtensionContext): string {
	const manifest: unknown = extension.packageJSON;
	return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0.0.0';
}
