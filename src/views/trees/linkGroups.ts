import type { Link, LinkEnd } from '../../core/api';

/** Something with what it is linked to. */
export interface LinkGroup {
	readonly end: LinkEnd;
	readonly linked: readonly LinkEnd[];
}

/** Each turn with the code it is linked to, in the order of the links; turns without any are left out. */
export function codeOfTurns(links: readonly Link[]): LinkGroup[] {
	return grouped(links.flatMap((link) => sides(link).filter(([from, to]) => from.type === 'turn' && (to.type === 'chunk' || to.type === 'file'))));
}

/** The turns that changed a file, given by its absolute path, each with the places it changed there. */
export function turnsOfFile(links: readonly Link[], path: string): LinkGroup[] {
	const pairs = links.flatMap((link) => sides(link).filter(([from, to]) => from.type === 'turn' && isIn(to, path)));
	return grouped(pairs);
}

function sides({ from, to }: Link): [LinkEnd, LinkEnd][] {
	return [
		[from, to],
		[to, from],
	];
}

/** Paths of links start at the repository, the editor's at the root of the disk. */
function isIn(end: LinkEnd, path: string): boolean {
	const file = end.file_path ?? (end.type === 'file' ? end.id : undefined);
	if (file === undefined || file === '') return false;
	const slashed = path.replaceAll('\\', '/');
	return slashed === file || slashed.endsWith(`/${file}`);
}

function grouped(pairs: readonly (readonly [LinkEnd, LinkEnd])[]): LinkGroup[] {
	const groups = new Map<string, { end: LinkEnd; linked: Map<string, LinkEnd> }>();
	for (const [end, other] of pairs) {
		const group = groups.get(end.id) ?? { end, linked: new Map<string, LinkEnd>() };
		group.linked.set(other.id, other);
		groups.set(end.id, group);
	}
	return [...groups.values()].map(({ end, linked }) => ({ end, linked: [...linked.values()] }));
}
