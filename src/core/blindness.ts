/** A turn that capture brought in, as far as the canary looks at it. Times are ISO 8601 in UTC. */
export interface SeenTurn {
	readonly at: string;
	/** Its end, or the last that is known of it. */
	readonly until: string;
	readonly version?: string | undefined;
	/** What is missing of it; empty when it is whole. */
	readonly lacks: readonly string[];
}

/** What the last reading of one transcript gave. */
export interface Reading {
	/** When the file was last written to. */
	readonly at: string;
	/** Turns that are over. */
	readonly ended: number;
	/** Those among them that are whole. */
	readonly whole: number;
	/** Turns in all. */
	readonly turns: number;
	/** Records of kinds that are not known. */
	readonly unknown: number;
	/** Bytes by which it grew without telling anything new. */
	readonly fruitless: number;
}

/** What tells whether capture of one assistant works. */
export interface Signs {
	/** In the order of their times. */
	readonly turns: readonly SeenTurn[];
	/** When its hooks told of a prompt. */
	readonly prompts: readonly string[];
	readonly readings: readonly Reading[];
	/** The last calls of its hooks, as far as nothing in them was understood. */
	readonly silent?: { readonly count: number; readonly since: string; readonly last: string } | undefined;
	/** The editor it runs in, since a version of it was first seen that was not the first of all. */
	readonly editor?: { readonly name: string; readonly version: string; readonly at: string } | undefined;
}

export interface Blind {
	/** The first sign of it. */
	readonly since: string;
	/** A sentence without its full stop. */
	readonly why: string;
}

/** What is newer may not have been written or read yet. */
const graceMs = 5 * 60_000;
/** What is older says nothing of today: the assistant may not be in use any more. */
const forgottenMs = 30 * 24 * 3_600_000;
/** So many signs of a kind are needed, since a single one may have a harmless cause. */
const fewest = 3;
/** After a change of version less is needed. */
const fewestAfterChange = 2;
const fewestSilent = 5;
/** Bytes without anything new in them: more than an assistant's own bookkeeping. */
const muchGrowth = 100_000;
/** A hook may run a little before the time its turn was given. */
const skewMs = 30_000;

/**
 * Whether capture of an assistant has gone blind: something happened there, and no turn, or only incomplete ones, came of it.
 * What comes after it well again takes it back. The same signs always give the same answer.
 */
export function blindness(all: Signs, now: Date): Blind | undefined {
	const signs = recent(all, new Date(now.getTime() - forgottenMs).toISOString());
	const limit = new Date(now.getTime() - graceMs).toISOString();
	const wholeTurns = signs.turns.filter(({ lacks }) => lacks.length === 0);
	// Not the time of a file with whole turns: they may all stand in its older part.
	const lastGood = latest(wholeTurns.map(({ until }) => until));
	const found =
		unreadable(signs, lastGood, limit) ??
		incompleteOnly(signs, wholeTurns, limit) ??
		unheard(signs, limit) ??
		mute(signs, latest(wholeTurns.map(({ at }) => at)), limit) ??
		silent(signs);
	return found === undefined ? undefined : { since: found.since, why: found.why + editorNote(signs, found.since) };
}

function recent(signs: Signs, from: string): Signs {
	const { turns, prompts, readings, silent } = signs;
	return {
		...signs,
		turns: (turns.at(-1)?.at ?? '') >= from ? turns : [],
		prompts: prompts.filter((at) => at >= from),
		readings: readings.filter(({ at }) => at >= from),
		silent: silent !== undefined && silent.last >= from ? silent : undefined,
	};
}

/** Transcripts in which nothing is understood, or so little that no turn is whole. */
function unreadable({ readings }: Signs, lastGood: string, limit: string): Blind | undefined {
	const bad = readings.filter(
		({ at, turns, ended, whole, unknown }) => at > lastGood && at <= limit && unknown >= fewest && whole === 0 && (turns === 0 || ended > 0),
	);
	if (bad.length === 0) return undefined;
	const none = bad.every(({ turns }) => turns === 0);
	const records = sum(bad.map(({ unknown }) => unknown));
	const what = none ? 'no turn' : 'no whole turn';
	return { since: earliest(bad), why: `${counted(bad.length, 'transcript')} with ${records} records of unknown kinds gave ${what}` };
}

/** Its newest turns all lack something, though turns were whole before. */
function incompleteOnly({ turns, readings, editor }: Signs, whole: readonly SeenTurn[], limit: string): Blind | undefined {
	const lastWhole = latest(whole.map(({ at }) => at));
	const before = turns.filter(({ at }) => at <= lastWhole);
	const run = turns.filter(({ at, until }) => at > lastWhole && until <= limit);
	const known = new Set(before.map(({ version }) => version));
	const version = run.map((turn) => turn.version).find((one) => one !== undefined && !known.has(one));
	const isExpected = whole.length > 0 || readings.some(({ unknown }) => unknown > 0);
	const hasChanged = (version !== undefined && before.length > 0) || (editor !== undefined && editor.at > lastWhole);
	if (!isExpected || run.length < (hasChanged ? fewestAfterChange : fewest)) return undefined;
	const changed = hasChanged && version !== undefined ? ` since version ${version}` : '';
	return { since: earliest(run), why: `none of the last ${run.length} turns is whole${changed} (${mostCommon(run.flatMap(({ lacks }) => lacks))})` };
}

/** Its hooks told of prompts of which no turn came. */
function unheard({ turns, prompts, editor }: Signs, limit: string): Blind | undefined {
	const last = latest(turns.map(({ until }) => until));
	const edge = last === '' ? '' : new Date(Date.parse(last) + skewMs).toISOString();
	const waiting = prompts.filter((at) => at > edge && at <= limit);
	const hasChanged = editor !== undefined && editor.at > last;
	if (waiting.length < (hasChanged ? fewestAfterChange : fewest)) return undefined;
	return { since: earliest(waiting.map((at) => ({ at }))), why: `its hooks told of ${waiting.length} prompts, and no turn came of them` };
}

/** Its transcripts grow, and nothing new is found in them. */
function mute({ readings }: Signs, lastWhole: string, limit: string): Blind | undefined {
	const grown = readings.filter(({ at, fruitless }) => at > lastWhole && at <= limit && fruitless > 0);
	const bytes = sum(grown.map(({ fruitless }) => fruitless));
	if (bytes < muchGrowth) return undefined;
	return { since: earliest(grown), why: `its transcripts grew by ${Math.round(bytes / 1000)} kB, and no turn came of it` };
}

/** Its hooks are called, and nothing in the calls is understood. */
function silent({ silent: calls }: Signs): Blind | undefined {
	if (calls === undefined || calls.count < fewestSilent) return undefined;
	return { since: calls.since, why: `its hooks were called ${calls.count} times, and nothing in the calls was understood` };
}

function editorNote({ editor }: Signs, since: string): string {
	return editor === undefined || editor.at > since ? '' : `; ${editor.name} ${editor.version} is new since ${editor.at.slice(0, 10)}`;
}

function latest(times: readonly string[]): string {
	return times.reduce((a, b) => (a > b ? a : b), '');
}

function earliest(signs: readonly { readonly at: string }[]): string {
	return signs.map(({ at }) => at).reduce((a, b) => (a < b ? a : b));
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((a, b) => a + b, 0);
}

function counted(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function mostCommon(words: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts.entries()]
		.sort((a, b) => b[1] - a[1])
		.slice(0, fewest)
		.map(([word]) => word)
		.join(', ');
}
