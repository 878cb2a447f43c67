import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { languageOf, otherIndentation, piecesOf, reformatted, statement } from './layouts';
import type { World } from './world';

/** One thing that somebody does. */
export type Deed = (world: World) => Promise<void> | void;

/** A range of lines: from the first to before the last. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

/** Some pieces of a file that follow on each other; now and then any lines, where that breaks no syntax a formatter needs. */
export function someLines(world: World, path: string, lines: readonly string[], most = 3): Span {
	const { random } = world;
	const starts = languageOf(path) === 'ts' || random.chance(0.7) ? piecesOf(lines) : [...lines.keys()];
	if (starts.length === 0) return { from: 0, to: 0 };
	const first = random.below(starts.length);
	return { from: starts[first] ?? 0, to: starts[first + 1 + random.below(most)] ?? lines.length };
}

/** Where lines can be put in. */
export function somewhere(world: World, path: string, lines: readonly string[]): number {
	const starts = languageOf(path) === 'ts' ? [...piecesOf(lines), lines.length] : [...lines.keys(), lines.length];
	return world.random.pick(starts);
}

/** Works on a file that has lines. */
function inFile(work: (world: World, path: string, lines: string[]) => void | Promise<void>): Deed {
	return (world) => {
		const path = world.anyFile();
		const lines = path === undefined ? [] : world.lines(path);
		if (path !== undefined && lines.length > 0) return work(world, path, lines);
	};
}

/** Another file of the same language, or a new one. */
export function otherFile(world: World, path: string): string {
	const others = world.files().filter((other) => other !== path && languageOf(other) === languageOf(path));
	return others.length > 0 && world.random.chance(0.8) ? world.random.pick(others) : `lib/other${world.next()}.${languageOf(path)}`;
}

function linesOrNone(world: World, path: string): string[] {
	return world.exists(path) ? world.lines(path) : [];
}

/** What nobody watches: files as they are written on disk. */
export const people: Readonly<Record<string, readonly [number, Deed]>> = {
	insert: [
		4,
		inFile((world, path, lines) => {
			lines.splice(somewhere(world, path, lines), 0, ...world.newLines(path));
			world.put(path, lines);
		}),
	],
	newFile: [
		1,
		(world) => {
			const path = world.newPath();
			world.put(path, [...world.newLines(path), ...world.newLines(path)]);
		},
	],
	deleteLines: [
		2,
		inFile((world, path, lines) => {
			const { from, to } = someLines(world, path, lines, 1);
			lines.splice(from, to - from);
			world.put(path, lines);
		}),
	],
	rewrite: [
		3,
		inFile((world, path, lines) => {
			const { from, to } = someLines(world, path, lines, 1);
			lines.splice(from, to - from, ...world.newLines(path, undefined, 2));
			world.put(path, lines);
		}),
	],
	/** One name in a line becomes another: the line is not its writer's any more. */
	renameOne: [3, inFile((world, path, lines) => changeOneLine(world, path, lines, (line, name) => line.replace(/[a-z]+_\d+/, name)))],
	/** A line grows at its end. */
	extend: [
		2,
		inFile((world, path, lines) =>
			changeOneLine(world, path, lines, (line, name) => (languageOf(path) === 'py' ? `${line}  # ${name}` : `${line} // ${name}`)),
		),
	],
	moveWithin: [
		4,
		inFile((world, path, lines) => {
			const { from, to } = someLines(world, path, lines);
			const moved = lines.splice(from, to - from);
			lines.splice(somewhere(world, path, lines), 0, ...moved);
			world.put(path, lines);
		}),
	],
	moveAcross: [
		3,
		inFile((world, path, lines) => {
			const other = otherFile(world, path);
			const { from, to } = someLines(world, path, lines, world.random.pick([1, 1, 4]));
			const moved = lines.splice(from, to - from);
			const target = linesOrNone(world, other);
			target.splice(somewhere(world, other, target), 0, ...moved);
			world.put(path, lines);
			world.put(other, target);
		}),
	],
	copyFile: [
		1,
		inFile((world, path) => {
			const copy = `lib/copy${world.next()}.${languageOf(path)}`;
			mkdirSync(dirname(join(world.root, copy)), { recursive: true });
			cpSync(join(world.root, path), join(world.root, copy));
		}),
	],
	renameFile: [
		1,
		inFile((world, path) => {
			const name = `lib/named${world.next()}.${languageOf(path)}`;
			mkdirSync(dirname(join(world.root, name)), { recursive: true });
			renameSync(join(world.root, path), join(world.root, name));
			if (world.random.chance(0.5)) world.formerly.set(name, [path, ...(world.formerly.get(path) ?? [])]);
		}),
	],
	deleteFile: [0.3, inFile((world, path) => world.remove(path))],
	format: [6, inFile(async (world, path) => world.write(path, await reformatted(world.text(path), languageOf(path), world.random)))],
	indentation: [1, inFile((world, path, lines) => world.put(path, otherIndentation(lines)))],
	lineBreaks: [
		1,
		inFile((world, path) => {
			const text = world.text(path);
			world.write(path, text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n'));
		}),
	],
	type: [
		3,
		inFile((world, path, lines) => {
			const id = `${world.repoId}:e${world.next()}`;
			const at = somewhere(world, path, lines);
			const typed = world.newLines(path, id);
			const replaced = lines.splice(at, 0, ...typed);
			world.put(path, lines);
			world.tellTyped(id, path, replaced, typed, at + 1);
		}),
	],
	typeOver: [
		2,
		inFile((world, path, lines) => {
			const id = `${world.repoId}:e${world.next()}`;
			const { from, to } = someLines(world, path, lines, 1);
			const typed = [statement(languageOf(path), world.random, (make) => world.truth.fresh(path, make, id))];
			const replaced = lines.splice(from, to - from, ...typed);
			world.put(path, lines);
			world.tellTyped(id, path, replaced, typed, from + 1);
		}),
	],
	/** A line is moved up with the editor's command. */
	swap: [
		1,
		inFile((world, path, lines) => {
			const { from, to } = someLines(world, path, lines, 2);
			const [first, ...rest] = lines.slice(from, to);
			if (first === undefined || rest.length === 0 || languageOf(path) === 'ts') return;
			const after = [...rest, first];
			lines.splice(from, to - from, ...after);
			world.put(path, lines);
			world.tellTyped(`${world.repoId}:e${world.next()}`, path, [first, ...rest], after, from + 1);
		}),
	],
};

function changeOneLine(world: World, path: string, lines: string[], change: (line: string, name: string) => string): void {
	const at = world.random.below(lines.length);
	const line = lines[at] ?? '';
	const name = world.truth.fresh(path, (n) => `other_${n}`);
	// Within a wrapped statement a comment would swallow what a formatter joins to it.
	if (/[;:)}]$|_\d+$/.test(line)) lines[at] = change(line, name);
	world.put(path, lines);
}
