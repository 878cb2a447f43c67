import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Attachment, SeenImage } from '../core/attachment';
import { isSecretPath } from '../core/secretPath';
import type { TurnObservation } from '../core/turn';
import type { DataPaths } from '../platform/dataPaths';
import { dataPaths } from '../platform/dataPaths';
import { attachmentRule } from './attachmentChoice';
import type { AppPorts } from './ports';

/** Keeps the images of chats as files of their own, where the user wants that; else they are counted and gone. */
export class Attachments {
	constructor(private readonly ports: AppPorts) {}

	/** The observation without images: those that may be kept are on disk when it returns. */
	async keep(observation: TurnObservation): Promise<TurnObservation> {
		if (observation.images.length === 0) return observation;
		const rule = attachmentRule(observation.cwd ?? '', this.ports.paths);
		const kept = new Map<string, Attachment>();
		const distinct = new Map([...observation.images].reverse().map((image) => [image.data === '' ? randomUUID() : image.data, image]));
		let place = 0;
		for (const image of distinct.values()) {
			place++;
			const data = rule.keep && !isSecretPath(image.name) ? Buffer.from(image.data, 'base64') : Buffer.alloc(0);
			if (data.length === 0 || data.length > rule.max_bytes) continue;
			const attachment = this.write(data, image, await this.nameOf(image, place));
			kept.set(attachment.sha256, attachment);
		}
		const left = distinct.size - kept.size;
		return { ...observation, images: [], attachments: [...kept.values()], attachments_left_out: left };
	}

	private async nameOf({ name, media_type }: SeenImage, place: number): Promise<string> {
		return name === '' ? `image-${place}.${media_type.slice('image/'.length)}` : (await this.ports.redactor.redact(name)).text;
	}

	private write(data: Buffer, { media_type }: SeenImage, name: string): Attachment {
		const sha256 = createHash('sha256').update(data).digest('hex');
		const file = attachmentFile(this.ports.paths.root, sha256);
		if (!existsSync(file)) {
			mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
			const aside = `${file}.${process.pid}`;
			try {
				writeFileSync(aside, data, { mode: 0o600, flush: true });
				renameSync(aside, file);
			} catch (cause) {
				rmSync(aside, { force: true });
				throw cause;
			}
		}
		return { name, media_type, bytes: data.length, sha256 };
	}
}

/** Where an attachment lies below the data folder. */
export function attachmentFile(root: string, sha256: string): string {
	return join(root, 'attachments', sha256.slice(0, 2), sha256);
}

/** How many images are kept, and how many bytes they have. */
export function attachmentsKept(paths: DataPaths = dataPaths()): { files: number; bytes: number } {
	const all = filesIn(paths.root);
	return { files: all.length, bytes: all.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0) };
}

/** Removes the files that no turn refers to any more. */
export function removeUnusedAttachments(root: string, used: ReadonlySet<string>): void {
	for (const file of filesIn(root)) if (!used.has(basename(file))) rmSync(file, { force: true });
}

function filesIn(root: string): string[] {
	const folder = join(root, 'attachments');
	if (!existsSync(folder)) return [];
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
