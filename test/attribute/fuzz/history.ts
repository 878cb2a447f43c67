import { join } from 'node:path';
import type { Attribution } from '../../../src/app/attribution';
import type { DerivedDb } from '../../../src/store/sqlite/derivedDb';
import { dropTree, gitMoves, trees } from './gitMoves';
import type { Deed } from './people';
import { people } from './people';
import { Random } from './random';
import { takeTurn } from './turns';
import { World } from './world';

export interface HistoryReport {
	/** What was done, in order. */
	readonly done: readonly string[];
	/** The first check that found something ends a history, because what follows would follow from it. */
	readonly problems: readonly string[];
	readonly lines: number;
	readonly owned: number;
	readonly unsure: number;
}

type Choice = readonly [number, readonly [string, Deed]];

const choices: readonly Choice[] = [
	[14, ['turn', takeTurn]],
	...Object.entries(people).map(([name, [weight, deed]]): Choice => [weight, [name, deed]]),
	...Object.entries(gitMoves).map(([name, [weight, deed]]): Choice => [weight * 0.8, [name, deed]]),
];

/** A random history of a repository in `folder`, the same for the same seed; checked after every few deeds. */
export async function runHistory(seed: number, folder: string, derived: DerivedDb, attribution: Attribution, deeds = 30): Promise<HistoryReport> {
	const random = new Random(seed);
	const world = new World(random, join(folder, 'tree'), seed, derived, attribution);
	let problems: string[] = [];
	await takeTurn(world);
	for (let at = 1; at <= deeds && problems.length === 0; at++) {
		const [name, deed] = random.weighted(choices);
		world.done.push(name);
		await deed(world);
		if (at % 3 === 0 || at === deeds) problems = await world.problems();
	}
	if (problems.length === 0) problems = await inOtherTree(world, join(folder, 'other'));
	return { done: world.done, problems, lines: world.truth.lines, owned: world.truth.owned, unsure: world.truth.unsure };
}

async function inOtherTree(world: World, folder: string): Promise<string[]> {
	world.commit();
	world.random.pick(trees)(world, folder);
	const problems = await world.problems(folder);
	dropTree(world, folder);
	return problems;
}
