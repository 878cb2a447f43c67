import { extname } from 'node:path';
import type { LineLoss, Whereabouts } from '../core/outcome';
import type { Turn } from '../core/turn';
import { languageOf } from '../code/languages';
import type { HunkStore } from '../store/sqlite/hunkStore';
import type { LineFate, TurnFates } from './lineFates';
import type { Mainline } from './mainline';
import type { OtherTips } from './otherTips';

const day = 86_400_000;

interface Looked {
	readonly mainline: Mainline;
	readonly tips: OtherTips;
	/** The checkout that was looked at. */
	readonly checkoutId: string;
	/** Files that differ from HEAD. */
	readonly dirty: ReadonlySet<string>;
}

/** Where most of a turn's code is. */
export async function whereOf(turn: Turn, { lines, removed, restored }: TurnFates, { mainline, tips, checkoutId, dirty }: Looked): Promise<Whereabouts> {
	if (lines.length === 0) {
		if (removed === 0) return 'nothing written';
		if (restored === removed) return 'gone';
		return turn.edits.some(({ file_path }) => dirty.has(file_path)) ? 'working tree' : 'committed';
	}
	const standing = lines.filter(({ fate }) => fate !== 'deleted' && fate !== 'rewritten');
	if (standing.length > 0) {
		const committed = standing.filter(({ written, at, hunk }) => !dirty.has(at?.file_path ?? hunk.path) || mainline.stands(written.print));
		return committed.length * 2 >= standing.length ? 'committed' : 'working tree';
	}
	if (lines.some(({ written }) => mainline.bornIn(written.print) !== undefined)) return 'gone';
	for (const { written } of lines) if (await tips.holds(written.print)) return 'elsewhere';
	// Another checkout's uncommitted files were not looked at.
	return turn.edits.some((edit) => edit.checkout_id === checkoutId) ? 'gone' : 'elsewhere';
}

/** Lines that are gone, by when and how they went. */
export function lossesOf(turn: Turn, { lines }: TurnFates, mainline: Mainline, hunks: HunkStore, repoId: string): LineLoss[] {
	const losses = new Map<string, LineLoss>();
	for (const line of lines) {
		if (line.fate !== 'deleted' && line.fate !== 'rewritten') continue;
		const loss = lossOf(turn, line, mainline, hunks, repoId);
		const key = JSON.stringify({ ...loss, lines: 0 });
		losses.set(key, { ...loss, lines: (losses.get(key)?.lines ?? 0) + 1 });
	}
	return [...losses.values()];
}

function lossOf(turn: Turn, { written }: LineFate, mainline: Mainline, hunks: HunkStore, repoId: string): LineLoss {
	const [born, died] = [mainline.bornIn(written.print), mainline.diedIn(written.print)];
	const takers = hunks.byNumber(hunks.withPrint(repoId, written.print, -1, 20)).filter(({ author, at }) => author !== turn.id && at >= turn.started_at);
	const taker = takers.find(({ kind }) => kind === 'turn');
	const at = died?.at ?? takers[0]?.at ?? turn.ended_at ?? turn.started_at;
	return {
		lines: 1,
		days: Math.max(0, Math.round(((Date.parse(at) - Date.parse(turn.started_at)) / day) * 10) / 10),
		commits: born === undefined || died === undefined ? 0 : died.place - born.place,
		commit_sha: died?.sha ?? '',
		by: died?.isRevert === true ? 'revert' : taker !== undefined ? 'turn' : takers.length > 0 ? 'human' : 'unknown',
		...(died?.isRevert !== true && taker !== undefined && { turn_id: taker.author }),
	};
}

export function languagesOf(lines: readonly LineFate[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { hunk } of lines) {
		const { name } = languageOf(hunk.path, '');
		const language = name === 'text' && extname(hunk.path) !== '' ? extname(hunk.path).slice(1).toLowerCase() : name;
		counts[language] = (counts[language] ?? 0) + 1;
	}
	return counts;
}
