/** One replacement within a text: what an editor reports of a change. Offsets count UTF-16 units. */
export interface TextChange {
	readonly rangeOffset: number;
	readonly rangeLength: number;
	readonly text: string;
}

/** A stretch of the old text and the stretch of the new text that stands for it. Ends are exclusive. */
export interface Region {
	readonly beforeStart: number;
	readonly beforeEnd: number;
	readonly afterStart: number;
	readonly afterEnd: number;
}

/**
 * Folds changes, in the order in which they were made, into the regions where the new text differs from the old one.
 * Works on offsets alone, so the cost does not depend on the length of the text. The regions are disjoint and ascending,
 * and replacing each region's old stretch by its new one gives the new text.
 */
export function changedRegions(changes: readonly TextChange[]): Region[] {
	let regions: Region[] = [];
	for (const change of changes) regions = withChange(regions, change);
	return regions;
}

function withChange(regions: readonly Region[], change: TextChange): Region[] {
	const start = change.rangeOffset;
	const end = start + change.rangeLength;
	const grown = change.text.length - change.rangeLength;
	const left = regions.filter((region) => region.afterEnd < start);
	const right = regions.filter((region) => region.afterStart > end);
	const touched = regions.slice(left.length, regions.length - right.length);
	const shiftLeft = shiftAfter(left.at(-1));
	const shiftRight = shiftAfter(touched.at(-1) ?? left.at(-1));
	const first = touched[0];
	const last = touched.at(-1);
	// Where the change reaches past the regions it touches, old and new text are alike and only shifted.
	const merged: Region = {
		beforeStart: first === undefined || start < first.afterStart ? start + shiftLeft : first.beforeStart,
		beforeEnd: last === undefined || end > last.afterEnd ? end + shiftRight : last.beforeEnd,
		afterStart: first === undefined ? start : Math.min(start, first.afterStart),
		afterEnd: (last === undefined ? end : Math.max(end, last.afterEnd)) + grown,
	};
	return [...left, merged, ...right.map((region) => ({ ...region, afterStart: region.afterStart + grown, afterEnd: region.afterEnd + grown }))];
}

/** What to add to an offset of the new text behind a region to get the old one. */
function shiftAfter(region: Region | undefined): number {
	return region === undefined ? 0 : region.beforeEnd - region.afterEnd;
}
