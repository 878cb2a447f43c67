import type { CallContext, CallOptions, Output } from '../core/api';
import { UserError } from '../core/errors';
import { Findings } from '../core/outcome';
import type { Turn } from '../core/turn';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import type { HunkStore, StoredHunk } from '../store/sqlite/hunkStore';
import type { Attribution } from './attribution';
import { textIn } from './attribution';
import { linesOf, said } from '../attribute/said';
import type { Fingerprints } from './fingerprints';
import type { Standing, TurnFates } from './lineFates';
import { LineFates, filesOf } from './lineFates';
import { currentPath, formerPaths } from './linker';
import type { AppPorts } from './ports';
import type { Stores } from './stores';
import { TreeIndex } from './treeIndex';

/** A working tree in which lines are looked for. */
export interface Ground {
	readonly place: Place;
	readonly tree: TreeIndex;
	readonly index: CodeIndexDb;
}

/** Says where the lines of turns are now. */
export class Fates {
	private readonly trees = new Map<string, TreeIndex>();

	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		private readonly prints: Fingerprints,
		private readonly attribution: Attribution,
	) {}

	/** undefined outside any repository. */
	async ground(context: CallContext, { signal }: CallOptions = {}): Promise<Ground | undefined> {
		const place = context.folder === '' ? undefined : await this.ports.repositories.at(context.folder, 0);
		if (place === undefined) return undefined;
		const tree = this.trees.get(place.tree.root) ?? new TreeIndex(place.tree.root, this.ports.git);
		// The one that was used last is kept: it is most of the work.
		this.trees.clear();
		this.trees.set(place.tree.root, tree);
		await tree.refresh(signal);
		return { place, tree, index: this.stores.codeIndex(place.checkout_id, this.stores.of(context)) };
	}

	async of(context: CallContext, id: string, options: CallOptions): Promise<Output<'fate'>> {
		const turn = this.ports.derived.turn(id);
		if (turn === undefined) throw new UserError(`There is no turn ${id}. List turns with \`chroma-client review-and-promote\`.`);
		const ground = await this.ground(context, options);
		const fates = ground === undefined ? undefined : await this.ofTurn(turn, ground, options);
		const findings = findingsOf(this.ports, id);
		return { turn_id: id, files: fates === undefined ? [] : filesOf(fates.lines), ...(findings !== undefined && { findings }) };
	}

	private async ofTurn(turn: Turn, ground: Ground, options: CallOptions): Promise<TurnFates> {
		await this.prints.catchUp(options);
		const hunks = this.hunks.ofAuthor(turn.id).filter((hunk) => hunk.repo_id === ground.place.repo_id);
		const standing = this.placesIn(this.filesFor(hunks, ground), ground).filter(({ author }) => author === turn.id);
		return this.linesIn(ground).of(turn, hunks, [...standing]);
	}

	linesIn({ tree, index }: Ground, changedWith: (prints: readonly number[]) => readonly string[] = () => []): LineFates {
		return new LineFates(this.ports, tree, (path) => currentPath(index, path), changedWith);
	}

	/** Where captured lines stand in these files. */
	placesIn(paths: Iterable<string>, { place, tree, index }: Ground): (Standing & { readonly author: string })[] {
		const found: (Standing & { author: string })[] = [];
		for (const path of paths) {
			const text = textIn(tree.root, path);
			if (text === undefined) continue;
			const lines = linesOf(text).map(said);
			const { authors } = this.attribution.match(place, path, lines, formerPaths(index, path).slice(1), (other) => textIn(tree.root, other));
			for (const [line, { hunk, index: first, last, state }] of authors)
				if (hunk.kind === 'turn')
					for (let at = first; at <= last; at++) found.push({ author: hunk.author, hunk: hunk.n, index: at, path, line: line + 1, state });
		}
		return found;
	}

	/** Files into which turns wrote, as they are called today. A line that was laid out anew is found there alone. */
	homes({ place, tree, index }: Ground): string[] {
		const paths = this.hunks.pathsOf(place.repo_id).flatMap((path) => [path, currentPath(index, path)]);
		return paths.filter((path) => tree.has(path));
	}

	private filesFor(hunks: readonly StoredHunk[], { tree, index }: Ground): Set<string> {
		const prints = new Set(hunks.flatMap(({ added }) => added.flatMap((line) => (line.telling ? [line.print] : []))));
		const homes = hunks.flatMap(({ path }) => [path, currentPath(index, path)]);
		return new Set([...homes, ...tree.holding(prints)].filter((path) => tree.has(path)));
	}

	private get hunks(): HunkStore {
		return this.prints.hunks;
	}
}

/** What the last analysis found out about a turn. */
export function findingsOf(ports: Pick<AppPorts, 'derived'>, turnId: string): Findings | undefined {
	const body: unknown = ports.derived.record('status', `${turnId}:outcome`)?.body;
	return typeof body === 'object' && body !== null && 'findings' in body ? Findings.safeParse(body.findings).data : undefined;
}
