import type { CodeChunk } from '../core/chunk';
import { cutRows, type Rows } from './cutRows';
import type { Rules } from './rules/rule';
import type { Source } from './source';
import { isLarge, type Owner, type Span } from './span';

/** Puts spans together to chunks of a moderate size: crumbs go to their neighbours, what is too large is divided. */
export function pack(spans: readonly Span[], source: Source, tiny: Rules['tiny']): CodeChunk[] {
	const joins: Owning[] = [
		(above, below) => (isTrivial(below, source) || (touch(above, below) && isCrumb(below)) ? above : undefined),
		(above, below) => (touch(above, below) && isCrumb(above) && above.owner.kind !== 'imports' ? below : undefined),
		(above, below) => (isBareHead(above) && below.owner.parent === above.owner ? below : undefined),
		(above, below) => (isCrumb(below) && (above.owner.kind === 'imports' || (isLoneRow(below) && !above.loose)) ? above : undefined),
		(above, below) => (areTinyTogether(above, below, tiny.upTo) ? above : undefined),
	];
	const groups = joins.reduce((before, owning) => fold(before, owning, source), grouped(spans, tiny.rows));
	return groups.flatMap((group) => parts(group, source).map((rows, index) => chunkOf(rows, group.owner, source, index === 0 && group.head)));
}

export function chunkOf(rows: Rows, owner: Owner, source: Source, withDoc = false): CodeChunk {
	let { start, end } = rows;
	while (start < end && source.isBlank(start)) start++;
	while (end > start && source.isBlank(end)) end--;
	return {
		symbol: owner.symbol,
		symbol_kind: owner.kind,
		start_line: start + 1,
		end_line: end + 1,
		text: source.lines.slice(start, end + 1).join('\n'),
		doc: withDoc ? owner.doc : '',
	};
}

interface Group extends Rows {
	readonly owner: Owner;
	readonly spans: readonly Rows[];
	/** Holds the first rows of its owner. */
	readonly head: boolean;
	/** Whole definitions of a few rows each. */
	readonly tiny: boolean;
	/** Loose statements, or fields between methods. */
	readonly loose: boolean;
}

/** When something is divided, each part is at most this long. */
const partLimit = { rows: 60, characters: 2800 };
const sectionLimit = { rows: 50, characters: 2800 };
const leastRows = 8;
const crumbRows = 2;

/** Neighbouring spans of one owner. */
function grouped(spans: readonly Span[], tinyRows: number): Group[] {
	const groups: Group[] = [];
	const seen = new Set<Owner>();
	let from = 0;
	for (let first = spans[from]; first !== undefined; first = spans[from]) {
		let to = from + 1;
		while (!first.whole && spans[to]?.owner === first.owner && spans[to]?.whole === false) to++;
		const run = spans.slice(from, to);
		const end = run.at(-1)?.end ?? first.end;
		const head = !seen.has(first.owner);
		const loose = !first.whole && (first.owner.symbol === '' || !head);
		groups.push({ owner: first.owner, spans: run, start: first.start, end, head, loose, tiny: first.whole && end - first.start < tinyRows });
		seen.add(first.owner);
		from = to;
	}
	return groups;
}

/** Says which of two neighbours names both together; undefined: they stay apart. */
type Owning = (above: Group, below: Group) => Group | undefined;

function fold(groups: readonly Group[], owning: Owning, source: Source): Group[] {
	const folded: Group[] = [];
	for (const below of groups) {
		const above = folded.at(-1);
		const named = above === undefined ? undefined : owning(above, below);
		if (above === undefined || named === undefined || (isLarge(source, above.start, below.end) && !isTrivial(below, source))) folded.push(below);
		else folded[folded.length - 1] = { ...named, start: above.start, end: below.end, spans: [...above.spans, ...below.spans] };
	}
	return folded;
}

function touch(above: Group, below: Group): boolean {
	return below.start === above.end + 1;
}

/** `impl Stack {` or `module Shapes` says nothing that its first member does not; a class keeps its head, for its name is looked for. */
function isBareHead(group: Group): boolean {
	return group.head && !group.loose && group.end - group.start < crumbRows && bareKinds.has(group.owner.kind) && !group.tiny;
}

const bareKinds = new Set(['module', 'impl', 'namespace', 'suite', 'variable', 'property', 'heading', 'key']);

/** Lone exports, a field between two methods and the like make no chunk of their own. */
function isCrumb(group: Group): boolean {
	return group.loose && group.end - group.start < crumbRows;
}

function isLoneRow(group: Group): boolean {
	return group.owner.symbol === '' && group.start === group.end;
}

/** Closing brackets. */
function isTrivial(group: Group, source: Source): boolean {
	if (group.end - group.start > 4 || (group.head && group.owner.symbol !== '')) return false;
	return source.lines.slice(group.start, group.end + 1).every((line) => closingRow.test(line));
}

const closingRow = /^\s*([^\p{L}\p{N}_#/'"]*|[})\]]*\s*;?\s*\/\/.*|end|fi|done|esac|else|#\s*endif.*|<\/[\w-]+>)\s*[;,]?\s*$/u;

function areTinyTogether(above: Group, below: Group, upTo: number): boolean {
	return (
		above.tiny &&
		below.tiny &&
		above.owner.parent === below.owner.parent &&
		above.owner.kind === below.owner.kind &&
		below.end - above.start < upTo &&
		below.start - above.end <= 3
	);
}

function parts(group: Group, source: Source): Rows[] {
	const loose = group.owner.symbol === '';
	const fits = loose
		? group.end - group.start < sectionLimit.rows && source.size(group.start, group.end) <= sectionLimit.characters
		: !isLarge(source, group.start, group.end);
	return fits ? [group] : divided(group, source, loose ? sectionLimit : partLimit);
}

/** Parts end where a statement ends, best before a blank row. */
function divided(group: Group, source: Source, limit: typeof partLimit): Rows[] {
	const done: Rows[] = [];
	let open: Rows | undefined;
	for (const unit of group.spans.flatMap((span) => unitsOf(span, source))) {
		if (open !== undefined && (exceeds(source, open.start, unit.end, limit) || (isRipe(source, open, limit) && unit.start > open.end + 1))) {
			done.push(open);
			open = undefined;
		}
		open = { start: open?.start ?? unit.start, end: unit.end };
	}
	return open === undefined ? done : withTail(done, open, source);
}

function unitsOf(span: Rows, source: Source): Rows[] {
	return isLarge(source, span.start, span.end) ? cutRows(source, span.start, span.end, partLimit) : [span];
}

function withTail(done: Rows[], tail: Rows, source: Source): Rows[] {
	const last = done.at(-1);
	if (last === undefined || tail.end - tail.start + 1 >= leastRows || isLarge(source, last.start, tail.end)) return [...done, tail];
	return [...done.slice(0, -1), { start: last.start, end: tail.end }];
}

function exceeds(source: Source, start: number, end: number, limit: typeof partLimit): boolean {
	return end - start + 1 > limit.rows || source.size(start, end) > limit.characters;
}

function isRipe(source: Source, rows: Rows, limit: typeof partLimit): boolean {
	return exceeds(source, rows.start, rows.end, { rows: limit.rows * 0.6, characters: limit.characters * 0.6 });
}
