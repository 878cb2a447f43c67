import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AttachmentRule } from '../core/attachment';
import type { DataPaths } from '../platform/dataPaths';
import { dataPaths } from '../platform/dataPaths';
import { sha256 } from '../platform/hash';
import { readState, writeState } from '../platform/stateFile';

/** Keeps what an editor's settings say for a folder, for hooks and imports, which no editor sees. */
export function keepAttachmentRule(folder: string, rule: AttachmentRule, paths: DataPaths = dataPaths()): void {
	const file = ruleFile(paths, folder);
	const known = readState(file, AttachmentRule);
	if (known === undefined ? !rule.keep : known.keep === rule.keep && known.max_bytes === rule.max_bytes) return;
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	writeState(file, rule);
}

/** The rule of a folder or the nearest one above it; nothing is kept where none was set. */
export function attachmentRule(folder: string, paths: DataPaths): AttachmentRule {
	for (let at = folder; at !== ''; at = dirname(at)) {
		const rule = readState(ruleFile(paths, at), AttachmentRule);
		if (rule !== undefined) return rule;
		if (dirname(at) === at) break;
	}
	return { keep: false, max_bytes: 0 };
}

function ruleFile(paths: DataPaths, folder: string): string {
	return join(paths.state, 'attachments', `${sha256(folder).slice(0, 24)}.json`);
}
