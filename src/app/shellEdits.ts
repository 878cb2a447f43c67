import { basename, join } from 'node:path';
import type { Moment } from '../capture/hooks/hookEvent';
import { messageOf } from '../core/errors';
import { EditBody } from '../core/journalRecord';
import type { Turn, TurnEdit } from '../core/turn';
import { TurnObservation } from '../core/turn';
import type { Place } from '../platform/repositories';
import { treeChanges, treeState } from '../platform/treeState';
import type { TreeChange, TreeState } from '../platform/treeState';
import type { Ingest } from './ingest';
import type { AppPorts } from './ports';
import { unexplained, type KnownEdits } from './unexplained';
import { turnIdOf } from './turnIdOf';

/** A moment that is read later than this says nothing of the tree as it is now. */
const freshMs = 3000;
/** What a person typed meanwhile, and what the tools before did, is told within this time. */
const settleMs = 2500;
/** A turn that has not ended after this is taken as it is. */
const longestTurnMs = 10 * 60_000;
/** A tree that nobody worked in for so long is forgotten. */
const idleMs = 30 * 60_000;
/** A command that changes more files than this did not write them: it unpacked, installed or switched. */
const mostFiles = 200;

type Run = Moment & { readonly call: NonNullable<Moment['call']> };

/** What changed in a tree while commands ran, waiting for their turn to be known. */
interface Finding {
	readonly place: Place;
	readonly runs: readonly Run[];
	readonly changes: readonly TreeChange[];
	readonly since: string;
	readonly until: string;
	readonly found: number;
}

/**
 * Finds what an assistant's shell commands (sed, codemods, formatters) changed, which no record of it tells: the working tree is
 * read at each moment a hook tells of, and what differs after a command is that command's, unless an edit of a tool explains it or a
 * person typed there meanwhile. States and findings are held in memory only, since their text is not redacted before `Ingest` has it.
 */
export class ShellEdits {
	private readonly states = new Map<string, TreeState>();
	private findings: Finding[] = [];
	private timer: NodeJS.Timeout | undefined;
	private settling: Promise<void> = Promise.resolve();

	constructor(
		private readonly ports: AppPorts,
		private readonly ingest: Ingest,
		private readonly settled: (changedSince: number) => Promise<void>,
	) {}

	/** Reads the trees that the moments speak of. Never throws. */
	async noticed(moments: readonly Moment[]): Promise<void> {
		const now = this.ports.clock.now().getTime();
		for (const [root, state] of this.states) if (Date.parse(state.takenAt) + idleMs < now) this.states.delete(root);
		const places = new Map<string, { place: Place; moments: Moment[] }>();
		for (const moment of moments) {
			const place = await this.ports.repositories.at(moment.folder).catch(() => undefined);
			if (place === undefined) continue;
			const known = places.get(place.tree.root) ?? { place, moments: [] };
			known.moments.push(moment);
			places.set(place.tree.root, known);
		}
		for (const { place, moments: here } of places.values()) await this.look(place, here, now);
	}

	/** Forgets what is not settled: it waits for turns that this process will not see. */
	async close(): Promise<void> {
		clearTimeout(this.timer);
		this.findings = [];
		await this.settling;
	}

	private async look(place: Place, moments: readonly Moment[], now: number): Promise<void> {
		const { root } = place.tree;
		const before = this.states.get(root);
		this.states.delete(root);
		if (moments.every((moment) => Date.parse(moment.at) + freshMs < now)) return;
		const after = await treeState(this.ports.git, root);
		if (after === undefined) return;
		this.states.set(root, after);
		const runs = moments.filter(isRun);
		if (before === undefined || runs.length === 0) return;
		const changes = (await treeChanges(this.ports.git, before, after)).filter((change) => !isRestored(change, after, runs));
		if (changes.length === 0 || changes.length > mostFiles) return;
		this.findings.push({ place, runs, changes, since: before.takenAt, until: after.takenAt, found: now });
		this.settleSoon();
	}

	private settleSoon(): void {
		this.timer ??= setTimeout(() => {
			this.timer = undefined;
			this.settling = this.settle().catch((cause: unknown) => this.ports.log.warn(`edits of shell commands were not kept: ${messageOf(cause)}`));
		}, settleMs).unref();
	}

	private async settle(): Promise<void> {
		const before = this.ports.derived.version();
		const waiting: Finding[] = [];
		for (const finding of this.findings.splice(0)) {
			const turns = finding.runs.map((run) => this.turnOf(run));
			const late = finding.found + longestTurnMs < this.ports.clock.now().getTime();
			if (turns.every((turn) => turn !== undefined && (turn.state !== 'open' || late)))
				await this.keep(
					finding,
					turns.filter((turn) => turn !== undefined),
				);
			else if (!late) waiting.push(finding);
		}
		this.findings.push(...waiting);
		if (this.findings.length > 0) this.settleSoon();
		if (this.ports.derived.version() !== before) await this.settled(before);
	}

	/** The turn that made the call: by its key where the hook has it, else the session's turn that holds the call. */
	private turnOf({ assistant, session_id, turn_key, call }: Run): Turn | undefined {
		if (turn_key !== undefined) return this.ports.derived.turn(turnIdOf({ assistant, session_id, turn_key }));
		const rows = this.ports.derived.sql.all('select id from turns where session_id=? and has_turn=1 order by started_at desc limit 20', session_id);
		const turns = rows.flatMap((row) => this.ports.derived.turn(String(row['id'])) ?? []);
		return turns.find((turn) => callIn(turn, call) !== undefined);
	}

	private async keep(finding: Finding, turns: readonly Turn[]): Promise<void> {
		const edits = new Map<Turn, TurnEdit[]>();
		for (const change of finding.changes) {
			const owner = ownerOf(change, finding.runs, turns);
			const rest = owner === undefined || this.isTyped(change, finding) ? undefined : unexplained(change, this.editsOf(change, finding));
			if (owner === undefined || rest === undefined) continue;
			edits.set(owner.turn, [...(edits.get(owner.turn) ?? []), editOf(rest, owner.tool, finding.place.tree.root)]);
		}
		await this.ingest.turns([...edits].map(([turn, made]) => observationOf(turn, withRenames(made))));
	}

	/** What tools of any assistant are known to have done to the file until then. */
	private editsOf({ path }: TreeChange, { place, since, until }: Finding): KnownEdits {
		const rows = this.ports.derived.sql.all(
			'select t.id from turns t join turn_repos r on r.turn_id=t.id where r.repo_id=? and r.path=? and t.started_at<=? order by t.started_at desc limit 20',
			place.repo_id,
			path,
			until,
		);
		const from = new Date(Date.parse(since) - freshMs).toISOString();
		const earlier: TurnEdit[] = [];
		const meanwhile: TurnEdit[] = [];
		for (const row of rows.reverse()) {
			const turn = this.ports.derived.turn(String(row['id']));
			const times = new Map(turn?.tools.map((tool) => [tool.id, tool.at]));
			for (const edit of turn?.edits ?? []) {
				if (edit.file_path !== path || edit.state !== 'applied') continue;
				const at = times.get(edit.tool_id ?? '') ?? from;
				if (at < from) earlier.push(edit);
				else if (at <= until) meanwhile.push(edit);
			}
		}
		return { earlier, meanwhile };
	}

	private isTyped({ path }: TreeChange, { place, since, until }: Finding): boolean {
		const rows = this.ports.derived.sql.all('select id from edits where repo_id=? and path=? and at between ? and ?', place.repo_id, path, since, until);
		return rows.some((row) => {
			const body = EditBody.safeParse(this.ports.derived.record('edit', String(row['id']))?.body).data;
			return body !== undefined && body.reason !== 'external' && body.turn_id === undefined;
		});
	}
}

function isRun(moment: Moment): moment is Run {
	return moment.call?.shell === true;
}

/** Commands that bring back what somebody wrote before. */
const restoring = /\bgit\b[^|;&]*\b(?:checkout|switch|pull|merge|rebase|reset|stash|restore|cherry-pick|revert|bisect|worktree)\b/;

function isRestored({ path }: TreeChange, after: TreeState, runs: readonly Run[]): boolean {
	return !after.unsaved.has(path) && runs.some(({ call }) => restoring.test(call.command));
}

interface Owner {
	readonly turn: Turn;
	readonly tool: string;
}

/** The command that made a change: the only one, or the only one that names the file, or the last when all are of one turn. */
function ownerOf({ path }: TreeChange, runs: readonly Run[], turns: readonly Turn[]): Owner | undefined {
	const owners = runs.flatMap((run, index) => {
		const turn = turns[index];
		return turn === undefined ? [] : [{ run, turn, tool: callIn(turn, run.call) ?? run.call.id }];
	});
	const naming = owners.filter(({ run }) => run.call.command.includes(basename(path)));
	const among = naming.length > 0 ? naming : owners;
	return new Set(among.map(({ turn }) => turn.id)).size === 1 ? among.at(-1) : undefined;
}

/** The id under which the turn's record has the call. */
function callIn(turn: Turn, call: Run['call']): string | undefined {
	if (call.id !== '' && turn.tools.some((tool) => tool.id === call.id)) return call.id;
	const command = JSON.stringify(call.command).slice(1, -1);
	const same = turn.tools.find((tool) => tool.kind === 'run' && command !== '' && JSON.stringify(tool.args ?? '').includes(command));
	return same?.id;
}

function editOf({ path, before, after }: TreeChange, tool: string, root: string): TurnEdit {
	const kind = before === null ? 'create' : after === null ? 'delete' : 'edit';
	return { file_path: join(root, path), kind, before, after, whole: true, fidelity: 'snapshot', state: 'applied', ...(tool === '' ? {} : { tool_id: tool }) };
}

/** A file that is gone and one of the same text that is new are one that was renamed. */
function withRenames(edits: readonly TurnEdit[]): TurnEdit[] {
	const taken = new Set<TurnEdit>();
	const renamed = edits.map((edit): TurnEdit => {
		const from = edit.kind === 'create' ? edits.find((other) => other.kind === 'delete' && other.before === edit.after && !taken.has(other)) : undefined;
		if (from === undefined) return edit;
		taken.add(from);
		return { ...edit, kind: 'rename', before: from.before, renamed_from: from.file_path };
	});
	return renamed.filter((edit) => !taken.has(edit));
}

function observationOf({ assistant, session_id, turn_key, started_at }: Turn, edits: readonly TurnEdit[]): TurnObservation {
	return TurnObservation.parse({ assistant, session_id, turn_key, started_at, channel: 'hook', state: 'open', prompt: '', edits });
}
