import type { Input } from '../../core/api';
import { changedRegions, type Region, type TextChange } from './changedRegions';
import { enclosingSymbol } from './enclosingSymbol';

export type CapturedEdit = Input<'captureEdits'>['edits'][number];
export type Reason = NonNullable<CapturedEdit['reason']>;

export interface CoalescerOptions {
	/** A document at rest for so long is done with an edit. */
	readonly idleMs: number;
	/** An edit that goes on is cut after so long, so that a crash loses little. */
	readonly maximumMs: number;
	/** Texts longer than this are not followed. */
	readonly maximumCharacters: number;
	/** All remembered texts together; the longest unused ones are forgotten first. */
	readonly cacheCharacters: number;
}

export const usualOptions: CoalescerOptions = { idleMs: 1500, maximumMs: 30_000, maximumCharacters: 1_000_000, cacheCharacters: 32_000_000 };

interface Followed {
	/** Text before the pending changes. */
	text: string;
	pending: TextChange[];
	/** Of the pending changes, in order, equal neighbours once. */
	reasons: Reason[];
	firstAt: number;
	lastAt: number;
}

/**
 * Joins the many small changes of a document into one edit a changed place.
 *
 * `changed` stands on the typing path: it only appends to a list. Whatever costs (reading the text, comparing) happens in
 * `flushed`, when the document is at rest. A document must be `follow`ed before it changes, because an
 * editor's change says what came in but not what went out; one that was not is counted in `missed`.
 */
export class EditCoalescer {
	/** In order of last use, oldest first. */
	private readonly followed = new Map<string, Followed>();
	private characters = 0;
	/** Documents that changed without being followed (too long, or forgotten). */
	missed = 0;

	constructor(private readonly options: CoalescerOptions = usualOptions) {}

	/** Remembers the text of a document; one with pending changes is left as it is. */
	follow(key: string, text: string): void {
		const known = this.followed.get(key);
		if (known !== undefined && known.pending.length > 0) return;
		this.forget(key);
		if (text.length > this.options.maximumCharacters) return;
		this.followed.set(key, { text, pending: [], reasons: [], firstAt: 0, lastAt: 0 });
		this.characters += text.length;
		this.forgetOldest();
	}

	isFollowed(key: string): boolean {
		return this.followed.has(key);
	}

	forget(key: string): void {
		const known = this.followed.get(key);
		if (known === undefined) return;
		this.characters -= known.text.length;
		this.followed.delete(key);
	}

	/** Notes changes of one event, given in the order in which they apply. Returns false when the document is not followed. */
	changed(key: string, changes: readonly TextChange[], reason: Reason, now: number): boolean {
		const document = this.followed.get(key);
		if (document === undefined) {
			this.missed++;
			return false;
		}
		if (document.pending.length === 0) {
			document.firstAt = now;
			document.reasons = [];
		}
		if (document.reasons.at(-1) !== reason) document.reasons.push(reason);
		for (const change of changes) document.pending.push(change);
		document.lastAt = now;
		return true;
	}

	/** Corrects the reason of the latest change. */
	cameBy(key: string, reason: Reason): void {
		const document = this.followed.get(key);
		if (document !== undefined && document.pending.length > 0) document.reasons[document.reasons.length - 1] = reason;
	}

	hasPending(): boolean {
		for (const document of this.followed.values()) if (document.pending.length > 0) return true;
		return false;
	}

	/** Documents whose edit is done. */
	due(now: number): string[] {
		const { idleMs, maximumMs } = this.options;
		return [...this.followed]
			.filter(([, document]) => document.pending.length > 0 && (now - document.lastAt >= idleMs || now - document.firstAt >= maximumMs))
			.map(([key]) => key);
	}

	/** Documents with changes that were not flushed, whether they are at rest or not. */
	pendingKeys(): string[] {
		return [...this.followed].filter(([, document]) => document.pending.length > 0).map(([key]) => key);
	}

	/** Ends the edit of a document whose text is now `after`: one edit a changed place, none where all was taken back. */
	flushed(key: string, after: string): CapturedEdit[] {
		const document = this.followed.get(key);
		if (document === undefined || document.pending.length === 0) return [];
		const { text: before, pending, lastAt } = document;
		const reason = joined(document.reasons);
		this.forget(key);
		this.follow(key, after);
		const regions = fits(changedRegions(pending), before, after) ?? [wholeDifference(before, after)];
		const at = new Date(lastAt).toISOString();
		return places(
			regions.map((region) => trimmed(region, before, after)),
			before,
			after,
		).flatMap((place) => editOf(place, before, after, { file_path: key, reason, at }));
	}

	private forgetOldest(): void {
		for (const [key, document] of this.followed) {
			if (this.characters <= this.options.cacheCharacters) return;
			if (document.pending.length === 0) this.forget(key);
		}
	}
}

/** What was typed and completed in one go counts as completed; any other mixture is of unknown origin. */
function joined(reasons: readonly Reason[]): Reason {
	const [first = 'unknown', ...others] = new Set(reasons);
	if (others.length === 0) return first;
	return reasons.every((reason) => reason === 'typed' || reason === 'completion') ? 'completion' : 'unknown';
}

/**
 * The regions, if they lead from one text to the other. They may not where an event was lost (a document
 * that was closed and opened again, an encoding that was changed).
 */
function fits(regions: readonly Region[], before: string, after: string): readonly Region[] | undefined {
	let beforeAt = 0;
	let afterAt = 0;
	for (const region of regions) {
		if (region.beforeStart - beforeAt !== region.afterStart - afterAt) return undefined;
		if (before.slice(beforeAt, region.beforeStart) !== after.slice(afterAt, region.afterStart)) return undefined;
		beforeAt = region.beforeEnd;
		afterAt = region.afterEnd;
	}
	return before.slice(beforeAt) === after.slice(afterAt) ? regions : undefined;
}

function wholeDifference(before: string, after: string): Region {
	return trimmed({ beforeStart: 0, beforeEnd: before.length, afterStart: 0, afterEnd: after.length }, before, after);
}

/** Without what is alike at its ends: some write a whole file anew to change a line. */
function trimmed({ beforeStart, beforeEnd, afterStart, afterEnd }: Region, before: string, after: string): Region {
	const shorter = Math.min(beforeEnd - beforeStart, afterEnd - afterStart);
	let start = 0;
	while (start < shorter && before[beforeStart + start] === after[afterStart + start]) start++;
	let end = 0;
	while (end < shorter - start && before[beforeEnd - 1 - end] === after[afterEnd - 1 - end]) end++;
	return { beforeStart: beforeStart + start, beforeEnd: beforeEnd - end, afterStart: afterStart + start, afterEnd: afterEnd - end };
}

/** Regions widened to whole lines; those that share or touch a line are one place. */
function places(regions: readonly Region[], before: string, after: string): Region[] {
	const joined: Region[] = [];
	for (const region of regions) {
		const last = joined.at(-1);
		// Joined before they are widened: only then is the text between a region and the end of its lines alike on both sides.
		if (last !== undefined && lineStart(after, region.afterStart) <= lineEnd(after, last.afterEnd)) {
			joined[joined.length - 1] = { ...last, beforeEnd: region.beforeEnd, afterEnd: region.afterEnd };
		} else {
			joined.push(region);
		}
	}
	return joined.map((region) => {
		const afterStart = lineStart(after, region.afterStart);
		const afterEnd = lineEnd(after, region.afterEnd);
		const beforeStart = region.beforeStart - (region.afterStart - afterStart);
		return { beforeStart, beforeEnd: Math.min(before.length, region.beforeEnd + (afterEnd - region.afterEnd)), afterStart, afterEnd };
	});
}

/** `lastIndexOf` takes a negative start for 0, hence the case of the very beginning. */
function lineStart(text: string, offset: number): number {
	return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
	const newline = text.indexOf('\n', offset);
	return newline === -1 ? text.length : newline;
}

function editOf(place: Region, before: string, after: string, rest: { file_path: string; reason: Reason; at: string }): CapturedEdit[] {
	const old = before.slice(place.beforeStart, place.beforeEnd);
	const fresh = after.slice(place.afterStart, place.afterEnd);
	if (old === fresh) return [];
	return [{ ...rest, before: old, after: fresh, start_line: lineAt(after, place.afterStart), symbol: enclosingSymbol(after, place.afterStart) }];
}

/** 1-based. */
function lineAt(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
	return line;
}
