import { join } from 'node:path';
import type { ClaimedRange, ClaimedTurn } from '../attribute/interchange/claims';
import { contentHash } from '../attribute/interchange/claims';
import { countOf, normalised } from '../attribute/interchange/lineRanges';
import { linesOf } from '../attribute/said';
import type { ClaimsReport } from '../core/interchange';
import { isImported } from '../core/incompleteness';
import type { TurnEdit } from '../core/turn';
import { TurnObservation } from '../core/turn';
import { sha256 } from '../platform/hash';
import type { Place } from '../platform/repositories';
import type { Ingest } from './ingest';
import type { AppPorts } from './ports';
import type { TreeState } from './revisionAuthors';
import { turnIdOf } from './turnIdOf';

/** Counts what an import comes to. */
export class ClaimsTally {
	records = 0;
	otherLines = 0;
	lines = 0;
	readonly turns = { new: 0, extended: 0, known: 0 };
	private readonly refusals = new Map<string, { count: number; example: string }>();

	refuse(reason: string, example: string): void {
		const known = this.refusals.get(reason) ?? { count: 0, example: example.slice(0, 200) };
		this.refusals.set(reason, { ...known, count: known.count + 1 });
	}

	refused(): ClaimsReport['refused'] {
		return [...this.refusals].map(([reason, { count, example }]) => ({ reason, count, example })).sort((a, b) => b.count - a.count);
	}

	report(): ClaimsReport {
		const { turns } = this;
		return {
			records: this.records,
			turns_new: turns.new,
			turns_extended: turns.extended,
			turns_known: turns.known,
			lines: this.lines,
			other_lines: this.otherLines,
			refused: this.refused(),
		};
	}
}

/**
 * Makes turns of what other tools say of lines. They say where the lines stand, and the revision that they name says what is written
 * there. What stood there before is not said: a captured turn that wrote the same line comes first.
 */
export class ClaimImport {
	constructor(
		private readonly ports: AppPorts,
		private readonly ingest: Ingest,
	) {}

	/** Keeps what is new, unless `dry`. */
	async take(place: Place, state: TreeState, turns: readonly ClaimedTurn[], tally: ClaimsTally, dry: boolean): Promise<void> {
		const observations: TurnObservation[] = [];
		for (const turn of turns) {
			const edits = await this.editsOf(place, state, turn, tally);
			const standing = this.ports.derived.turn(turnIdOf(turn));
			if (turn.own && standing !== undefined && !isImported(standing)) tally.turns.known++;
			else if (edits.length > 0) observations.push(observationOf(turn, edits, place, state));
		}
		if (!dry) await this.keep(observations, tally);
		else for (const id of new Set(observations.map(turnIdOf))) tally.turns[this.ports.derived.turn(id) === undefined ? 'new' : 'known']++;
	}

	private async keep(observations: readonly TurnObservation[], tally: ClaimsTally): Promise<void> {
		for (const { id, outcome } of await this.ingest.turns(observations)) {
			if (outcome === 'left out') tally.refuse('capture is off in this folder, or the turn was purged', id === '' ? 'the folder' : id);
			else tally.turns[outcome === 'unchanged' ? 'known' : outcome]++;
		}
	}

	/** One edit a file: lines of one turn that are told apart only by their places belong together. */
	private async editsOf(place: Place, state: TreeState, turn: ClaimedTurn, tally: ClaimsTally): Promise<TurnEdit[]> {
		const edits: TurnEdit[] = [];
		for (const { path, ranges } of turn.files) {
			const text = await state.read(path);
			const lines = text === undefined ? undefined : linesOf(text);
			if (lines === undefined) tally.refuse('the revision has no such text file', `${path} (${turn.origin})`);
			const fitting = normalised(
				ranges.filter((range) => lines !== undefined && this.fits(range, lines, `${path}:${range.from}-${range.to} (${turn.origin})`, tally)),
			);
			if (lines === undefined || fitting.length === 0) continue;
			tally.lines += countOf(fitting);
			const after = fitting.flatMap(({ from, to }) => lines.slice(from - 1, to)).join('\n');
			edits.push({
				file_path: join(place.tree.root, path),
				kind: 'edit',
				before: null,
				after: `${after}\n`,
				whole: false,
				fidelity: 'snapshot',
				state: 'applied',
			});
		}
		return edits;
	}

	private fits({ from, to, hash }: ClaimedRange, lines: readonly string[], what: string, tally: ClaimsTally): boolean {
		const beyond = to > lines.length;
		const other = !beyond && hash?.startsWith('sha256:') === true && contentHash(lines.slice(from - 1, to), sha256) !== hash;
		if (beyond) tally.refuse('the file has fewer lines in that revision', what);
		if (other) tally.refuse('other lines stand there in that revision', what);
		return !beyond && !other;
	}
}

function observationOf(turn: ClaimedTurn, edits: readonly TurnEdit[], place: Place, { commit }: TreeState): TurnObservation {
	const { assistant, session_id, turn_key, at, model, version, prompt = '', response = '' } = turn;
	return TurnObservation.parse({
		assistant,
		session_id,
		turn_key,
		channel: 'import',
		started_at: at,
		cwd: place.tree.root,
		prompt,
		response,
		edits,
		...(model !== undefined && { model }),
		...(version !== undefined && { source_version: version }),
		...(commit !== undefined && { commit_sha: commit.sha }),
	});
}
