import { html } from 'diff2html';

/** Lines beyond these are not shown: a page of that size can neither be read nor drawn in time. */
const maximumLines = 4000;

export interface RenderedDiff {
	readonly html: string;
	/** Why a part is missing; '' when it is whole. */
	readonly note: string;
}

/** A unified diff as markup without any style or script of its own; everything out of the diff is escaped. */
export function diffHtml(diff: string): RenderedDiff {
	if (diff.trim() === '') return { html: '', note: '' };
	const lines = diff.split('\n');
	const shown = lines.slice(0, maximumLines);
	const note = lines.length > maximumLines ? `The first ${maximumLines} of ${lines.length} lines of the diff are shown.` : '';
	return { html: html(shown.join('\n'), { outputFormat: 'line-by-line', drawFileList: false, matching: 'none' }), note };
}
