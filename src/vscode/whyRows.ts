import type { Why } from '../core/attribution';
import { commitText, countsText, promptOf, stateText, timeText, whoseText } from './attributionText';
import { commandIds, type CommandId } from './commandIds';

/** Something to do about a line, as the pick, the hover and its links offer it. */
export interface WhyAction {
	readonly title: string;
	/** Name of a codicon. */
	readonly icon: string;
	readonly command: CommandId;
	readonly args: Readonly<Record<string, string>>;
}

/** One thing that is known of a line; `action` is what choosing it does. */
export interface WhyFact {
	readonly name: string;
	readonly value: string;
	readonly icon: string;
	readonly action?: WhyAction;
}

export interface WhyRows {
	/** Whose line it is and how it stands there. */
	readonly headline: string;
	readonly facts: readonly WhyFact[];
	readonly actions: readonly WhyAction[];
}

/** What is known of a line and what can be done about it; `folder` is the one that the commands are to ask. */
export function whyRows(why: Why, folder: string): WhyRows {
	const actions = actionsOf(why, folder);
	return { headline: [whoseText(why), stateText(why)].filter((part) => part !== '').join(', '), facts: factsOf(why, actions), actions };
}

/** What can be done with a turn, wherever it is shown. `file_path` is the file as the turn names it. */
export function turnActions(turn: { readonly id: string; readonly learning_id?: string | undefined }, folder: string, file_path: string): WhyAction[] {
	const { id, learning_id } = turn;
	const ref = { folder, id };
	return [
		{ title: 'Open the Turn', icon: 'open-preview', command: commandIds.openTurn, args: ref },
		{ title: 'Compare Then and Now', icon: 'compare-changes', command: commandIds.compareTurn, args: { ...ref, file_path } },
		{ title: 'Diff of the Turn', icon: 'diff', command: commandIds.diffTurn, args: { ...ref, file_path } },
		learning_id === undefined
			? { title: 'Promote to a Learning', icon: 'lightbulb', command: commandIds.promoteTurn, args: ref }
			: { title: 'Open the Learning', icon: 'lightbulb', command: commandIds.openLearning, args: { folder, id: learning_id } },
		{ title: "Copy the Turn's Id", icon: 'copy', command: commandIds.copyTurnId, args: ref },
	];
}

function actionsOf({ turn, was, written, file_path, commit_sha }: Why, folder: string): WhyAction[] {
	const author = turn ?? was?.turn;
	const ofTurn = author === undefined ? [] : turnActions(author, folder, written?.file_path ?? file_path);
	if (commit_sha === '') return ofTurn;
	return [
		...ofTurn,
		{ title: 'Open the Diff of the Commit', icon: 'git-commit', command: commandIds.openCommit, args: { folder, file_path, sha: commit_sha } },
	];
}

function factsOf(why: Why, actions: readonly WhyAction[]): WhyFact[] {
	const { turn, was, since, learning, note, symbol } = why;
	const author = turn ?? was?.turn;
	const facts: [name: string, value: string | undefined, icon: string, command?: CommandId][] = [
		['Prompt', author && promptOf(author), 'comment', commandIds.openTurn],
		['Answer', author?.response_summary, 'comment-discussion', commandIds.openTurn],
		['Model', author?.model, 'chip'],
		['When', author && timeText(author.started_at), 'clock'],
		['Stood here before', was?.text, 'history', commandIds.compareTurn],
		["The turn's lines here", since && countsText(since), 'list-ordered', commandIds.compareTurn],
		['Within', symbol, 'symbol-method'],
		['Commit', commitText(why), 'git-commit', commandIds.openCommit],
		['Learning', learning?.description, 'lightbulb', commandIds.openLearning],
		['Note', note, 'info'],
	];
	return facts.flatMap(([name, value = '', icon, command]) => {
		const action = command === undefined ? undefined : actions.find((one) => one.command === command);
		return value === '' ? [] : [{ name, value, icon, ...(action !== undefined && { action }) }];
	});
}
