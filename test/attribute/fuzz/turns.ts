import type { TurnEdit } from '../../../src/core/turn';
import { languageOf, reformatted, statement } from './layouts';
import { otherFile, someLines, somewhere } from './people';
import type { World } from './world';

/** One step of a turn: writes on disk, and tells what an assistant's record would. */
type Step = (world: World, id: string) => Promise<TurnEdit[]> | TurnEdit[];

/** An assistant at work: some edits, all told as one turn. */
export async function takeTurn(world: World): Promise<void> {
	const id = `${world.repoId}:t${world.next()}`;
	const edits: TurnEdit[] = [];
	for (let left = 1 + world.random.below(4); left > 0; left--) {
		const [name, step] = world.random.weighted(Object.entries(steps).map((entry) => [entry[1][0], [entry[0], entry[1][1]] as const] as const));
		world.done.push(`  ${id} ${name}`);
		edits.push(...(await step(world, id)));
	}
	world.tell(id, edits);
}

const edit = (file_path: string, before: string | null, after: string | null, more: Partial<TurnEdit> = {}): TurnEdit => ({
	file_path,
	kind: 'edit',
	before,
	after,
	whole: true,
	fidelity: 'recorded',
	state: 'applied',
	...more,
});

/** A step on a file that has lines; does the first step there is where none has. */
function inFile(work: (world: World, id: string, path: string, lines: string[]) => Promise<TurnEdit[]> | TurnEdit[]): Step {
	return (world, id) => {
		const path = world.anyFile();
		const lines = path === undefined ? [] : world.lines(path);
		return path === undefined || lines.length === 0 ? create(world, id) : work(world, id, path, lines);
	};
}

function create(world: World, id: string): TurnEdit[] {
	const path = world.newPath();
	world.put(path, [...world.newLines(path, id), ...(world.random.chance(0.5) ? [''] : []), ...world.newLines(path, id)]);
	return [edit(path, null, world.text(path), { kind: 'create' })];
}

/** What a whole file becomes. */
function changed(world: World, id: string, path: string, given: readonly string[]): string[] {
	const lines = [...given];
	for (let left = 1 + world.random.below(3); left > 0; left--) {
		const { from, to } = someLines(world, path, lines, 2);
		const how = world.random.pick(['insert', 'delete', 'replace', 'move'] as const);
		if (how === 'insert') lines.splice(somewhere(world, path, lines), 0, ...world.newLines(path, id));
		else if (how === 'replace') lines.splice(from, to - from, ...world.newLines(path, id));
		else {
			const taken = lines.splice(from, to - from);
			if (how === 'move') lines.splice(somewhere(world, path, lines), 0, ...taken);
		}
	}
	return lines;
}

const steps: Readonly<Record<string, readonly [number, Step]>> = {
	create: [1, create],
	whole: [
		3,
		inFile((world, id, path, lines) => {
			const before = world.text(path);
			world.put(path, changed(world, id, path, lines));
			return [edit(path, before, world.text(path))];
		}),
	],
	/** As edit tools tell it: the old and the new string, with lines around that stay. */
	snippet: [
		4,
		inFile((world, id, path, lines) => {
			const { from, to } = someLines(world, path, lines, 4);
			const [start, end] = [Math.max(0, from - world.random.below(3)), Math.min(lines.length, to + world.random.below(3))];
			const before = lines.slice(start, end);
			const inner = world.random.chance(0.5) ? world.newLines(path, id) : [...lines.slice(from, to), ...world.newLines(path, id)];
			const after = [...lines.slice(start, from), ...inner, ...lines.slice(to, end)];
			lines.splice(start, end - start, ...after);
			world.put(path, lines);
			return [edit(path, before.join('\n'), after.join('\n'), { whole: false, fidelity: 'arguments' })];
		}),
	],
	/** The strings begin and end within lines. */
	partOfLine: [
		2,
		inFile((world, id, path, lines) => {
			const at = world.random.below(lines.length);
			const line = lines[at] ?? '';
			const found = /^([^#/'"`]*[a-z]+_\d+ (?::=|=|\+|=>) )([a-z]+_\d+\b.*)$/.exec(line);
			const [, head, tail] = found ?? [];
			if (head === undefined || tail === undefined || languageOf(path) === 'ts') return [];
			const rest = world.truth.fresh(path, (n) => `other_${n}(with_${n}, more_${n})`, id, true);
			const next = world.random.chance(0.5) ? [statement(languageOf(path), world.random, (make) => world.truth.fresh(path, make, id))] : [];
			lines.splice(at, 1, `${head}${rest}`, ...next);
			world.put(path, lines);
			return [edit(path, tail, [rest, ...next].join('\n'), { whole: false, fidelity: 'arguments' })];
		}),
	],
	moveAcross: [
		1.5,
		inFile((world, id, path, lines) => {
			const other = otherFile(world, path);
			const [before, existed] = [world.text(path), world.exists(other)];
			const target = existed ? world.lines(other) : [];
			const otherBefore = existed ? world.text(other) : null;
			const { from, to } = someLines(world, path, lines, 3);
			const moved = lines.splice(from, to - from);
			// Of a line that stands in several places nobody can tell which one it was.
			const others = world.files().map((file) => (file === path ? lines.join('\n') : world.text(file)));
			for (const line of moved) if (others.some((text) => text.replaceAll(/\s/g, '').includes(line.replaceAll(/\s/g, '')))) world.truth.copiedBy(line, id);
			world.truth.movedBy(moved.join('\n'), id, other);
			const at = somewhere(world, other, target);
			target.splice(at, 0, ...moved);
			world.put(path, lines);
			world.put(other, target);
			// Into a file that stands by a snippet, else as two whole files.
			if (existed && at > 0 && world.random.chance(0.5)) {
				const anchor = target[at - 1] ?? '';
				return [
					edit(path, moved.join('\n'), '', { whole: false, fidelity: 'arguments' }),
					edit(other, anchor, [anchor, ...moved].join('\n'), { whole: false, fidelity: 'arguments' }),
				];
			}
			const filled = edit(other, otherBefore, world.text(other), { kind: existed ? 'edit' : 'create' });
			const emptied = edit(path, before, world.text(path));
			return world.random.chance(0.5) ? [filled, emptied] : [emptied, filled];
		}),
	],
	/** A turn that says again what stands elsewhere has written it there. */
	copyAcross: [
		0.5,
		inFile((world, id, path, lines) => {
			const other = otherFile(world, path);
			const existed = world.exists(other);
			const before = existed ? world.text(other) : null;
			const { from, to } = someLines(world, path, lines, 2);
			const copied = lines.slice(from, to);
			world.truth.copiedBy(copied.join('\n'), id);
			world.put(other, [...(existed ? world.lines(other) : []), ...copied]);
			return [edit(other, before, world.text(other), { kind: existed ? 'edit' : 'create' })];
		}),
	],
	/** A shell command that changed several files, seen from outside. */
	shell: [
		1,
		async (world, id) => {
			const edits: TurnEdit[] = [];
			for (const path of world.files().filter(() => world.random.chance(0.4))) {
				const before = world.text(path);
				const lines = world.lines(path);
				if (world.random.chance(0.5)) {
					world.write(path, await reformatted(before, languageOf(path), world.random));
					world.truth.laidOutBy(before, id);
				} else if (lines.length > 0) world.put(path, changed(world, id, path, lines));
				edits.push(edit(path, before, world.text(path), { fidelity: 'snapshot' }));
			}
			return edits;
		},
	],
	/** The text before is not known. */
	blind: [
		0.5,
		inFile((world, id, path, lines) => {
			world.put(path, changed(world, id, path, lines));
			world.truth.perhapsBy(world.text(path), id);
			return [edit(path, null, world.text(path), { fidelity: 'partial' })];
		}),
	],
	rename: [
		0.5,
		inFile((world, _id, path) => {
			const name = `lib/renamed${world.next()}.${languageOf(path)}`;
			const text = world.text(path);
			world.write(name, text);
			world.remove(path);
			return [edit(name, text, text, { kind: 'rename', renamed_from: path })];
		}),
	],
	delete: [
		0.2,
		inFile((world, _id, path) => {
			const text = world.text(path);
			world.remove(path);
			return [edit(path, text, null, { kind: 'delete' })];
		}),
	],
	/** Written, found wanting, taken back. */
	tryAndUndo: [
		0.7,
		inFile((world, id, path, lines) => {
			const tried = [...lines];
			tried.splice(somewhere(world, path, tried), 0, ...world.newLines(path, id));
			const before = world.text(path);
			world.put(path, tried);
			const between = world.text(path);
			world.put(path, lines);
			return [edit(path, before, between), edit(path, between, world.text(path))];
		}),
	],
	/** The user refused it; nothing was written. */
	rejected: [
		0.3,
		inFile((world, id, path, lines) => [edit(path, world.text(path), changed(world, `${id}:refused`, path, lines).join('\n'), { state: 'rejected' })]),
	],
};
