import type { TranscriptRef, TranscriptSource } from '../captureSource';
import { readHead } from './readLines';

/** Enough to tell a file's form. */
const headBytes = 16 * 1024;

/** One source for each name, in the order of their first: an assistant may keep its sessions in several forms. */
export function joinedByName(sources: readonly TranscriptSource[]): TranscriptSource[] {
	const names = [...new Set(sources.map((source) => source.name))];
	return names.flatMap((name) => {
		const [first, ...others] = sources.filter((source) => source.name === name);
		return first === undefined ? [] : others.length === 0 ? [first] : [joined(first, others)];
	});
}

function joined(first: TranscriptSource, others: readonly TranscriptSource[]): TranscriptSource {
	const all = [first, ...others];
	return {
		name: first.name,
		verifiedVersion: first.verifiedVersion,
		seenLive: first.seenLive,
		readerVersion: all.reduce((sum, source) => sum + (source.readerVersion ?? 1), 0),
		find: async (places) => {
			const refs: TranscriptRef[] = [];
			for (const source of [...all].sort((a, b) => Number(a.backfill ?? false) - Number(b.backfill ?? false))) {
				const known = new Set(source.backfill === true ? refs.map((ref) => ref.session_id) : []);
				refs.push(...(await source.find(places)).filter((ref) => !known.has(ref.session_id)));
			}
			return refs;
		},
		beside: async (path) => {
			const states: string[] = [];
			for (const source of all) states.push((await source.beside?.(path)) ?? '');
			return states.join('');
		},
		further: async (path, session) => {
			const paths: string[] = [];
			for (const source of all) paths.push(...((await source.further?.(path, session)) ?? []));
			return paths;
		},
		recognises: (path, head) => all.some((source) => source.recognises(path, head)),
		read: async function* (path, options) {
			const head = await readHead(path, headBytes);
			yield* (all.find((source) => source.recognises(path, head)) ?? first).read(path, options);
		},
	};
}
