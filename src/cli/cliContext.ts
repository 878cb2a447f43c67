import { resolve } from 'node:path';
import pc from 'picocolors';
import { z } from 'zod';
import type { AppConnection } from '../app/connect';
import { connectApp } from '../app/connect';
import { stderrLog } from '../app/stderrLog';
import type { App, CallOptions, Progress } from '../core/api';
import { Cancelled } from '../core/errors';

const Options = z.object({ folder: z.string().optional(), json: z.boolean().default(false) });

/** What commands share: the folder, the connection, and how results and progress are shown. */
export class CliContext {
	exitCode = 0;
	folder = process.cwd();
	json = false;
	private connection: AppConnection | undefined;
	private readonly stopping = new AbortController();
	private shownLine = '';
	private lastShown = Date.now();

	begin(options: unknown): void {
		const parsed = Options.parse(options);
		this.folder = resolve(parsed.folder ?? process.cwd());
		this.json = parsed.json;
	}

	get app(): App {
		this.connection ??= connectApp({
			what: 'cli',
			folder: this.folder,
			log: stderrLog('WARNING'),
			hold: false,
			onNote: (note) => this.complain(note),
			onUnapproved: ({ file, shown }) =>
				this.complain(`${file} asks for settings that need your approval, so they are not used: ${shown.join(', ')}. To use them: chroma-client approve`),
		});
		return this.connection.app;
	}

	/** For long work: shows how far it is, and stops it at Ctrl-C. Other commands end at Ctrl-C as any program does. */
	get long(): CallOptions {
		if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', () => this.stopping.abort(new Cancelled()));
		return { signal: this.stopping.signal, onProgress: (progress) => this.show(progress) };
	}

	/** The result: as JSON when asked for, else as text. */
	print(value: unknown, text: () => string): void {
		this.clear();
		process.stdout.write(`${this.json ? JSON.stringify(value) : text()}\n`);
	}

	complain(message: string): void {
		this.clear();
		process.stderr.write(`${pc.yellow(message)}\n`);
	}

	async end(): Promise<void> {
		this.clear();
		await this.connection?.dispose();
	}

	private show({ step, done, total }: Progress) {
		const text = total === undefined ? `${step}: ${done}` : `${step}: ${done}/${total}`;
		if (process.stderr.isTTY) {
			this.clear();
			process.stderr.write(text);
			this.shownLine = text;
		} else if (Date.now() - this.lastShown > 5000) {
			this.lastShown = Date.now();
			process.stderr.write(`${text}\n`);
		}
	}

	private clear() {
		if (this.shownLine !== '') process.stderr.write(`\r${' '.repeat(this.shownLine.length)}\r`);
		this.shownLine = '';
	}
}
