import type { TranscriptRef, TranscriptSource } from '../captureSource';
import { aider } from './aider';
import { claudeCode } from './claudeCode';
import { cline } from './cline';
import { codex } from './codex';
import { continueChat } from './continueChat';
import { copilot } from './copilot';
import { cursor } from './cursor';
import { gemini } from './gemini';
import { kilo } from './kilo';
import { qwen } from './qwen';
import { roo } from './roo';
import { vscodeChat } from './vscodeChat';
import { windsurf } from './windsurf';

/** Every assistant whose transcripts can be read, in the order in which a file is offered to them. */
export const transcriptSources: readonly TranscriptSource[] = [
	claudeCode,
	vscodeChat,
	codex,
	gemini,
	qwen,
	copilot,
	continueChat,
	aider,
	cline,
	roo,
	kilo,
	windsurf,
	cursor,
];

/** The source that recognises a file by its path and first kilobytes; undefined when none does. */
export function sourceOf(path: string, head: string): TranscriptSource | undefined {
	return transcriptSources.find((source) => source.recognises(path, head));
}

/** True when a transcript's folder is the given one or lies below it. Letters' case counts only where the file system says so. */
export function belongsTo(ref: Pick<TranscriptRef, 'cwd'>, folder: string, platform: NodeJS.Platform = process.platform): boolean {
	if (ref.cwd === undefined || folder === '') return false;
	const inner = comparable(ref.cwd, platform);
	const outer = comparable(folder, platform);
	return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

function comparable(path: string, platform: NodeJS.Platform): string {
	const slashed = platform === 'win32' ? path.replaceAll('\\', '/') : path;
	const trimmed = slashed.length > 1 ? slashed.replace(/\/+$/, '') : slashed;
	return platform === 'win32' || platform === 'darwin' ? trimmed.toLowerCase() : trimmed;
}
