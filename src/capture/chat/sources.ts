import type { TranscriptRef, TranscriptSource } from '../captureSource';
import type { OpenForeign } from '../../core/ports';
import { agentHost } from './agentHost';
import { aider } from './aider';
import { claudeCode } from './claudeCode';
import { cline } from './cline';
import { codex } from './codex';
import { continueChat } from './continueChat';
import { copilot } from './copilot';
import { cursor } from './cursor';
import { cursorDatabase } from './cursorDatabase';
import { gemini } from './gemini';
import { joinedByName } from './joinSources';
import { kilo } from './kilo';
import { kiloDatabase, openCodeDatabase } from './openCode';
import { openCodeFiles } from './openCodeFiles';
import { qwen } from './qwen';
import { roo } from './roo';
import { vscodeChat } from './vscodeChat';
import { vscodeSpans } from './vscodeSpans';
import { windsurf } from './windsurf';

/** Every assistant whose transcripts lie in files of their own, in the order in which a file is offered to them. */
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

/** Those above, and the assistants that keep their sessions in databases; one source for each assistant. */
export function everySource(open: OpenForeign): readonly TranscriptSource[] {
	return joinedByName([
		...transcriptSources,
		openCodeDatabase(open),
		openCodeFiles,
		kiloDatabase(open),
		cursorDatabase(open),
		vscodeSpans(open),
		agentHost(open),
	]);
}

/** The source that recognises a file by its path and first kilobytes; undefined when none does. */
export function sourceOf(path: string, head: string, sources = transcriptSources): TranscriptSource | undefined {
	return sources.find((source) => source.recognises(path, head));
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
