import type { z } from 'zod';
import type { App, CallContext, CallOptions, OperationName } from '../core/api';
import { api } from '../core/api';
import type { Log } from '../core/ports';
import type { RawSettings } from '../core/settings';
import { dataPaths } from '../platform/dataPaths';
import type { ResolvedSettings } from '../platform/resolveSettings';
import { resolveSettings } from '../platform/resolveSettings';
import type { DaemonState } from './daemonState';
import { ensureDaemon } from './ensureDaemon';
import { DaemonGone, callDaemon } from './rpcClient';

export interface ConnectOptions {
	/** vscode, mcp, cli: shown in the daemon's list of leases. */
	readonly what: string;
	/** Absolute folder the calls are for, unless `for` names another. */
	readonly folder: string;
	/** Settings that the editor holds; read again for every call. */
	readonly editorSettings?: () => RawSettings;
	/** Environment of a daemon that this host has to start. */
	readonly extraEnv?: Readonly<Record<string, string>>;
	readonly log: Log;
	/** True for a host that stays: it keeps the daemon alive and brings it back when it died. */
	readonly hold: boolean;
	/** Told when a folder's `.env` asks for something that was not approved. */
	readonly onUnapproved?: (unapproved: NonNullable<ResolvedSettings['unapproved']>) => void;
	readonly onNote?: (note: string) => void;
}

export interface AppConnection {
	readonly app: App;
	/** The same connection for another folder. */
	for(folder: string): App;
	dispose(): Promise<void>;
}

/** How often a staying host shows that it is there, and looks whether the daemon is. */
const heartbeat = 3000;

/**
 * A host's connection to the daemon of its data directory. Nothing is contacted or started before the
 * first call. A call that meets a dead daemon starts a new one and is tried once more: every
 * operation may be repeated, since ids are derived from content.
 */
export function connectApp(options: ConnectOptions): AppConnection {
	const paths = dataPaths();
	const told = new Set<string>();
	let daemon: Promise<DaemonState> | undefined;
	let timer: NodeJS.Timeout | undefined;

	const reach = (): Promise<DaemonState> => {
		daemon ??= begin();
		return daemon;
	};
	const begin = async (): Promise<DaemonState> => {
		try {
			const state = await ensureDaemon(paths, options.extraEnv);
			if (options.hold) await callDaemon(state, '/lease', { pid: process.pid, what: options.what, hold: true });
			if (options.hold && timer === undefined) timer = setInterval(() => void beat(), heartbeat).unref();
			return state;
		} catch (cause) {
			daemon = undefined;
			throw cause;
		}
	};
	const beat = async () => {
		try {
			await callDaemon(await reach(), '/lease', { pid: process.pid, what: options.what, hold: true }, {}, heartbeat);
		} catch (cause) {
			options.log.warn(`the background process does not answer: ${String(cause)}`);
			daemon = undefined;
		}
	};
	const call = async (operation: string, input: unknown, context: CallContext, callOptions: CallOptions | undefined): Promise<unknown> => {
		const send = async () => callDaemon(await reach(), `/rpc/${operation}`, { input, context }, callOptions);
		try {
			return await send();
		} catch (cause) {
			if (!(cause instanceof DaemonGone)) throw cause;
			options.log.info(`the background process is gone (${cause.message}); starting it again`);
			daemon = undefined;
			return send();
		}
	};
	const contextOf = (folder: string): CallContext => {
		// That an editor has no patterns is said too, so that those it had before are forgotten.
		const editor = options.editorSettings === undefined ? {} : { redactPatterns: '', ...options.editorSettings() };
		const resolved = resolveSettings({ folder, editor, env: process.env, paths });
		for (const note of resolved.notes) once(note, () => options.onNote?.(note));
		const { unapproved } = resolved;
		if (unapproved !== undefined) once(unapproved.hash, () => options.onUnapproved?.(unapproved));
		return resolved.context;
	};
	const once = (key: string, tell: () => void) => {
		if (told.has(key)) return;
		told.add(key);
		tell();
	};
	const appFor = (folder: string): App => remoteApp((operation, input, callOptions) => call(operation, input, contextOf(folder), callOptions));

	return {
		app: appFor(options.folder),
		for: appFor,
		dispose: async () => {
			clearInterval(timer);
			const state = await daemon?.catch(() => undefined);
			if (state !== undefined && options.hold)
				await callDaemon(state, '/release', { pid: process.pid, what: options.what, hold: true }, {}, 1000).catch(() => undefined);
		},
	};
}

type Send = (operation: OperationName, input: unknown, options: CallOptions | undefined) => Promise<unknown>;

/** An `App` whose every operation is sent elsewhere. Input and answer are checked on both sides by the same schemas. */
export function remoteApp(send: Send): App {
	const operation =
		<I extends z.ZodType, O extends z.ZodType>(name: OperationName, spec: { readonly input: I; readonly output: O }) =>
		async (input: z.input<I>, options?: CallOptions): Promise<z.output<O>> =>
			spec.output.parse(await send(name, spec.input.parse(input), options));
	return {
		status: operation('status', api.status),
		setupCollections: operation('setupCollections', api.setupCollections),
		index: operation('index', api.index),
		explainIndex: operation('explainIndex', api.explainIndex),
		indexState: operation('indexState', api.indexState),
		query: operation('query', api.query),
		getDocuments: operation('getDocuments', api.getDocuments),
		logChat: operation('logChat', api.logChat),
		capture: operation('capture', api.capture),
		captureEdits: operation('captureEdits', api.captureEdits),
		captureStatus: operation('captureStatus', api.captureStatus),
		captureChecks: operation('captureChecks', api.captureChecks),
		findTranscripts: operation('findTranscripts', api.findTranscripts),
		importTranscripts: operation('importTranscripts', api.importTranscripts),
		readTranscripts: operation('readTranscripts', api.readTranscripts),
		listTurns: operation('listTurns', api.listTurns),
		getTurn: operation('getTurn', api.getTurn),
		setReview: operation('setReview', api.setReview),
		promote: operation('promote', api.promote),
		listLearnings: operation('listLearnings', api.listLearnings),
		links: operation('links', api.links),
		why: operation('why', api.why),
		analyze: operation('analyze', api.analyze),
		fate: operation('fate', api.fate),
		stats: operation('stats', api.stats),
		authors: operation('authors', api.authors),
		exportTrace: operation('exportTrace', api.exportTrace),
		importTrace: operation('importTrace', api.importTrace),
		importNotes: operation('importNotes', api.importNotes),
		exportNotes: operation('exportNotes', api.exportNotes),
		rebuild: operation('rebuild', api.rebuild),
		purge: operation('purge', api.purge),
		redactJournal: operation('redactJournal', api.redactJournal),
		changes: operation('changes', api.changes),
	};
}
