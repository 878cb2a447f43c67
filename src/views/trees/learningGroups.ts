import type { Learning } from '../../core/learning';

export interface LearningGroup {
	readonly label: string;
	readonly learnings: readonly Learning[];
}

/** Learnings by category; those without one by their first tag; the rest come last under one heading. */
export function learningGroups(learnings: readonly Learning[]): LearningGroup[] {
	const groups = new Map<string, Learning[]>();
	for (const learning of learnings) {
		const label = headingOf(learning);
		const group = groups.get(label) ?? [];
		group.push(learning);
		groups.set(label, group);
	}
	const labels = [...groups.keys()].sort((a, b) => (a === '' ? 1 : b === '' ? -1 : a.localeCompare(b)));
	return labels.map((label) => ({ label: label === '' ? 'Other' : label, learnings: newestFirst(groups.get(label) ?? []) }));
}

function headingOf({ category, tags }: Learning): string {
	return category === '' ? (tags[0] ?? '') : category;
}

function newestFirst(learnings: readonly Learning[]): Learning[] {
	return [...learnings].sort((a, b) => b.created_at.localeCompare(a.created_at));
}
