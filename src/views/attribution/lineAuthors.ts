import type * as vscode from 'vscode';
import type { App } from '../../core/api';
import type { FileAuthors } from '../../core/attribution';
import { messageOf } from '../../core/errors';
import type { Host } from '../../vscode/host';
import { RepositoryCheck } from '../../vscode/inRepository';

/** A document that is being typed in is asked about once it was left alone for this long. */
const restMs = 300;
/** For so long the data counts as unchanged without asking. */
const freshMs = 2000;
/** After a failure a document is not asked about for this long. */
const failureMs = 10_000;
/** Longer documents are left out: their text would have to be sent with every change. */
const mostLines = 20_000;
/** Documents whose authors are kept. */
const mostKept = 50;

export interface DocumentAuthors {
	/** Folder whose App answered. */
	readonly folder: string;
	readonly authors: FileAuthors;
}

interface Kept {
	/** Versions of the document and of the data that the answer is for. */
	readonly of: string;
	readonly answer: Promise<DocumentAuthors | undefined>;
}

type Document = Pick<vscode.TextDocument, 'uri' | 'version' | 'isDirty' | 'isClosed' | 'lineCount' | 'getText'>;
type Token = Pick<vscode.CancellationToken, 'isCancellationRequested'>;

/**
 * Who wrote the lines of open documents: asked once for each version of a document and of the data, whoever wants to know. Nothing is
 * asked before capture was allowed, nor for files outside the workspace or outside any repository.
 */
export class LineAuthors {
	private readonly kept = new Map<string, Kept>();
	private readonly repositories = new RepositoryCheck();
	private data = { version: 0, at: 0 };
	/** When asking about a document failed last. */
	private readonly failed = new Map<string, number>();

	constructor(
		private readonly host: Host,
		private readonly rest = restMs,
	) {}

	/** Nothing is asked by itself where nobody wants anything captured. */
	get mayAsk(): boolean {
		const { kind } = this.host.capture.state;
		return kind !== 'waiting' && kind !== 'off';
	}

	/** undefined where nothing is known, the server does not answer, or the caller gave up meanwhile. */
	async of(document: Document, token?: Token): Promise<DocumentAuthors | undefined> {
		try {
			if (!(await this.concerns(document)) || !(await this.atRest(document, token))) return undefined;
			return await this.answer(document);
		} catch (cause) {
			this.failed.set(document.uri.toString(), Date.now());
			this.kept.delete(document.uri.toString());
			this.host.log.debug(`who wrote the lines of a document could not be told: ${messageOf(cause)}`);
			return undefined;
		}
	}

	/** The data has changed: what was kept is asked for again. */
	forget(): void {
		this.data = { version: 0, at: 0 };
	}

	private async concerns({ uri, lineCount }: Document): Promise<boolean> {
		if (!this.mayAsk || uri.scheme !== 'file' || lineCount > mostLines) return false;
		const failedAt = this.failed.get(uri.toString()) ?? -Infinity;
		if (Date.now() - failedAt < failureMs || this.host.folderOf(uri) === undefined) return false;
		return this.repositories.has(uri.fsPath);
	}

	/** False when the caller gave up, or the document was closed. */
	private async atRest(document: Document, token: Token | undefined): Promise<boolean> {
		for (let version = -1; document.isDirty && version !== document.version;) {
			version = document.version;
			await new Promise((resolve) => setTimeout(resolve, this.rest));
			if (token?.isCancellationRequested === true || document.isClosed) return false;
		}
		return true;
	}

	private async answer(document: Document): Promise<DocumentAuthors | undefined> {
		const folder = this.host.folderOf(document.uri);
		if (folder === undefined) return undefined;
		const of = `${await this.dataVersion(folder.app)} ${document.version}`;
		const key = document.uri.toString();
		const kept = this.kept.get(key);
		if (kept?.of === of) return kept.answer;
		const text = document.isDirty ? { text: document.getText() } : {};
		const answer = folder.app.authors({ file: document.uri.fsPath, ...text }).then((authors) => ({ folder: folder.path, authors }));
		this.keep(key, { of, answer });
		return answer;
	}

	private keep(key: string, kept: Kept): void {
		this.kept.delete(key);
		this.kept.set(key, kept);
		const [oldest] = this.kept.keys();
		if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
	}

	private async dataVersion(app: App): Promise<number> {
		if (Date.now() - this.data.at < freshMs) return this.data.version;
		const { version } = await app.changes({ since: 0, wait_ms: 0 });
		this.data = { version, at: Date.now() };
		return version;
	}
}
