import { z } from 'zod';

/** What a person decided. */
export const Review = z.enum(['new', 'promoted', 'ignored']);
/** What became of the code. */
export const Outcome = z.enum(['unknown', 'implemented', 'not_implemented']);

/** The three facts about a turn, kept apart so that a nightly run never undoes a person's decision. */
export const TurnFacts = z.object({
	review: Review.default('new'),
	outcome: Outcome.default('unknown'),
	analyzed: z.boolean().default(false),
	exported: z.boolean().default(false),
	learning_id: z.string().optional(),
});
export type TurnFacts = z.infer<typeof TurnFacts>;

/** The plan's one status, derived from the facts. */
export const PlanStatus = z.enum(['captured', 'analyzed', 'promoted_to_learning', 'exported_for_reward', 'rewarded_implemented', 'ignored_not_implemented']);
export type PlanStatus = z.infer<typeof PlanStatus>;

/** First row that holds decides. */
const table: readonly (readonly [(facts: TurnFacts) => boolean, PlanStatus])[] = [
	[(facts) => facts.exported, 'exported_for_reward'],
	[(facts) => facts.review === 'promoted', 'promoted_to_learning'],
	[(facts) => facts.review === 'ignored', 'ignored_not_implemented'],
	[(facts) => facts.outcome === 'implemented', 'rewarded_implemented'],
	[(facts) => facts.outcome === 'not_implemented', 'ignored_not_implemented'],
	[(facts) => facts.analyzed, 'analyzed'],
];

export function planStatus(facts: TurnFacts): PlanStatus {
	return table.find(([holds]) => holds(facts))?.[1] ?? 'captured';
}

/** Reads the plan's words and the ones that chroma-mcp-server writes (`promoted`, `ignored`) back into facts. */
export function factsOfStatus(status: string): TurnFacts {
	const facts = TurnFacts.parse({});
	switch (status) {
		case 'analyzed':
			return { ...facts, analyzed: true };
		case 'promoted':
		case 'promoted_to_learning':
			return { ...facts, review: 'promoted', analyzed: true };
		case 'exported_for_reward':
			return { ...facts, exported: true, analyzed: true };
		case 'rewarded_implemented':
			return { ...facts, outcome: 'implemented', analyzed: true };
		case 'ignored':
			return { ...facts, review: 'ignored', analyzed: true };
		case 'ignored_not_implemented':
			return { ...facts, outcome: 'not_implemented', analyzed: true };
		default:
			return facts;
	}
}
