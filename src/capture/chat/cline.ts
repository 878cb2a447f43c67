import { basename, dirname, join } from 'node:path';
import { turnId } from '../../core/ids';
import type { TurnObservationInput } from '../../core/turn';
import type { CaptureEvent, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import { ClineManifest, clineName, clineTurns, type ClineSeat } from './clineSession';
import { clineTasks } from './clineTasks';
import { sha256 } from './sha256';
import { filesUnder, jsonFile, refsOf } from './transcriptFiles';

/**
 * Cline. Since 2026 (command line, editors): `<sessions>/<session>/<session>.messages.json`, rewritten whole, with a manifest beside it and
 * the messages of sub-agents in files of their own; `<sessions>` is CLINE_SESSION_DATA_DIR, else `sessions` in CLINE_DATA_DIR,
 * else in `data` of CLINE_DIR or `~/.cline`. Before: tasks, see `clineTasks`; only the newer form was seen live.
 */
export const cline: TranscriptSource = { name: clineName, verifiedVersion: '3.0.65', seenLive: true, find, recognises, read };

/** Tasks of the editors' extension; its later versions keep them in Cline's own folder too. */
const tasks = clineTasks({
	name: clineName,
	extension: 'saoudrizwan.claude-dev',
	variable: 'CODELEARN_CLINE_DIR',
	folders: (places) => [dataFolder(places)],
});

const ending = '.messages.json';

function given(value: string | undefined): string | undefined {
	return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function dataFolder({ home, env }: SourcePlaces): string {
	return given(env['CLINE_DATA_DIR']) ?? join(given(env['CLINE_DIR']) ?? join(home, '.cline'), 'data');
}

async function find(places: SourcePlaces): Promise<TranscriptRef[]> {
	const root = given(places.env['CLINE_SESSION_DATA_DIR']) ?? join(dataFolder(places), 'sessions');
	const paths = await filesUnder(root, 1, (path) => path.endsWith(ending));
	const folders = new Map<string, string | undefined>();
	for (const path of paths) folders.set(path, (await manifestOf(dirname(path)))?.cwd);
	const refs = await refsOf(paths, clineName, (path) => ({ session_id: basename(dirname(path)), cwd: folders.get(path) }));
	return [...refs, ...(await tasks.find(places))];
}

function recognises(path: string, head: string): boolean {
	if (path.endsWith(ending)) return true;
	if (tasks.recognises(path)) return true;
	return path.endsWith('.json') && /^\s*\{\s*"version":\s*\d+,\s*"updated_at":/.test(head) && head.includes('"sessionId":') && /"messages":\s*\[/.test(head);
}

async function* read(path: string): AsyncGenerator<CaptureEvent> {
	if (tasks.recognises(path)) {
		yield* tasks.read(path);
		return;
	}
	const { turns, unknown } = clineTurns(await jsonFile(path), await seatOf(path));
	for (const what of unknown) yield { type: 'unknown', source: clineName, what };
	for (const turn of turns) yield { type: 'turn', turn };
}

async function manifestOf(folder: string): Promise<ClineManifest | undefined> {
	return ClineManifest.safeParse(await jsonFile(join(folder, `${basename(folder)}.json`))).data;
}

async function seatOf(path: string): Promise<ClineSeat> {
	const folder = dirname(path);
	const stem = basename(path, ending);
	const root = join(folder, `${basename(folder)}${ending}`);
	const manifest = await manifestOf(folder);
	// A file that lies elsewhere than where Cline put it is a session of its own.
	if (manifest === undefined || basename(path) === basename(root)) return rootSeat(stem, manifest, await originsOf(folder, manifest));
	const session = basename(folder);
	const { turns } = clineTurns(await jsonFile(root), rootSeat(session, manifest, []));
	return { session, agent: stem, manifest, originAt: () => session, parentAt: (at) => lastBefore(turns, at) };
}

function rootSeat(session: string, manifest: ClineManifest | undefined, origins: readonly Origin[]): ClineSeat {
	const originAt = (at: string): string => origins.findLast((origin) => at < origin.until)?.session ?? session;
	return { session, agent: undefined, manifest, originAt, parentAt: () => undefined };
}

function lastBefore(turns: readonly TurnObservationInput[], at: string): string | undefined {
	const turn = turns.findLast(({ started_at }) => started_at <= at) ?? turns[0];
	return turn === undefined ? undefined : turnId(sha256, clineName, turn.session_id, turn.turn_key);
}

/** A session that another one was forked from, and when. */
interface Origin {
	readonly session: string;
	readonly until: string;
}

/** A fork of a fork of … is followed this far. */
const forkLimit = 20;

/** Where a session came from, nearest first. */
async function originsOf(folder: string, manifest: ClineManifest | undefined): Promise<Origin[]> {
	const origins: Origin[] = [];
	let fork = manifest?.metadata?.fork;
	while (fork?.forkedFromSessionId !== undefined && fork.forkedAt !== undefined && origins.length < forkLimit) {
		origins.push({ session: fork.forkedFromSessionId, until: fork.forkedAt });
		fork = (await manifestOf(join(dirname(folder), basename(fork.forkedFromSessionId))))?.metadata?.fork;
	}
	return origins;
}
