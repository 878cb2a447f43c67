import { startFiles } from './scenarios.mjs';

const kinds = {
	read: 'read',
	edit: 'edit',
	write: 'create',
	overwrite: 'edit',
	run: 'run',
	agent: 'agent',
	wait: 'agent',
	finish: 'other',
	program: 'other',
	find: 'search',
	mcp: 'mcp',
};

/**
 * Compares what is stored with what was played. Returns one sentence for each difference, so an empty list means: these turns and no others,
 * once each, with prompt, answer, calls, outcome and every text that a file ever had.
 * `readCommitted` and `readWorking` give the repository's own texts of a file, null where there is none.
 */
export function compare({ expected, turns, assistant, readCommitted, readWorking }) {
	const problems =
		turns.length === expected.turns.length
			? []
			: [`${turns.length} turns instead of ${expected.turns.length}: ${turns.map(({ prompt }) => JSON.stringify(prompt.slice(0, 60))).join(', ')}`];
	const promptOf = (turn) => expectedPrompt(turn, assistant);
	const found = expected.turns.map((each) => turns.filter(({ prompt }) => prompt === promptOf(each)));
	for (const [index, each] of expected.turns.entries()) {
		const [turn, ...more] = found[index];
		const about = (problem) => `turn ${index + 1}: ${problem}`;
		if (turn === undefined) problems.push(about(`no turn has the prompt ${JSON.stringify(promptOf(each))}`));
		else problems.push(...(more.length > 0 ? ['is there more than once'] : []).map(about), ...turnProblems(each, turn, assistant).map(about));
	}
	const all = found.flatMap(([turn]) => (turn === undefined ? [] : [turn]));
	problems.push(...sessionProblems(expected, found, assistant));
	problems.push(...parentProblems(expected, found));
	return [...problems, ...editProblems(expected, all, { assistant, readCommitted, readWorking })];
}

function expectedPrompt({ prompt, isSubAgent, image }, { differs }) {
	if (image) return differs.imagePrompt?.(prompt) ?? `${prompt}\n[image]`;
	return isSubAgent ? (differs.subAgentPrompt ?? prompt) : prompt;
}

function sessionProblems(expected, found, { differs }) {
	const places = expected.turns.flatMap(({ session, isSubAgent }, index) =>
		found[index].length === 0 || (isSubAgent && differs.subAgentSession) ? [] : [{ session, id: found[index][0].session_id }],
	);
	const sessions = new Set(places.map(({ session }) => session)).size;
	const ids = new Set(places.map(({ id }) => id)).size;
	const pairs = new Set(places.map(({ session, id }) => `${session} ${id}`)).size;
	return sessions === ids && ids === pairs ? [] : [`the turns are in ${ids} sessions instead of ${sessions}: ${places.map(({ id }) => id).join(', ')}`];
}

function turnProblems(expected, turn, { name, hooks, differs }) {
	const problems = [];
	const differ = (what, is, should) => {
		if (is !== should) problems.push(`${what} is ${JSON.stringify(is)} instead of ${JSON.stringify(should)}`);
	};
	differ('the assistant', turn.assistant, name);
	differ('the state', turn.state, differs.states?.[expected.state] ?? expected.state);
	differ('the answer', turn.response, (differs.says?.(expected) ?? expected.says).join('\n\n'));
	const calls = (differs.calls?.(expected) ?? expected.calls).map(
		(call) => `${kinds[call.do === 'write' && call.path in startFiles ? 'overwrite' : call.do]}${call.fails ? ' failed' : ''}`,
	);
	const made = turn.tools.map(({ kind, ok }) => `${kind}${ok === true ? '' : ok === false ? ' failed' : ' without outcome'}`);
	differ('the list of calls', made.join(', '), calls.join(', '));
	problems.push(...shellProblems(expected, turn), ...mcpProblems(expected, turn));
	differ('the channels', turn.channels.filter((channel) => channel !== 'hook').join(), 'transcript');
	const hooksTell = hooks === 'turns' && !(expected.isSubAgent && differs.subAgentWithoutHooks);
	differ('told by hooks', turn.channels.includes('hook'), hooksTell || expected.calls.some(({ changes }) => changes !== undefined));
	return problems;
}

/** Commands whose changes no record tells: each has to be found by looking at the files, whole, and hang at the call. */
function shellProblems({ calls }, { tools, edits }) {
	return calls.flatMap(({ changes = [] }, index) =>
		changes.flatMap(({ path }) => {
			const made = edits.filter(({ file_path, tool_id }) => file_path === path && tool_id !== undefined && tool_id === tools[index]?.id);
			if (made.length === 1 && made[0].whole && made[0].fidelity === 'snapshot') return [];
			return [`${path}: ${made.length === 0 ? 'no edit hangs at the command that made it' : `its edits are ${JSON.stringify(made).slice(0, 300)}`}`];
		}),
	);
}

/** The arguments of a call of an MCP tool are stored as they were given, and the tool's name tells server and tool. */
function mcpProblems({ calls }, { tools }) {
	const asked = calls.filter((call) => call.do === 'mcp');
	const made = tools.filter(({ kind }) => kind === 'mcp');
	return asked.flatMap(({ server, tool, args }, index) => {
		const { name = '', args: given } = made[index] ?? {};
		const isSame = JSON.stringify(given) === JSON.stringify(args) && name.includes(server) && name.endsWith(tool);
		return isSame ? [] : [`the call of ${server}'s ${tool} is stored as ${name} with ${JSON.stringify(given)} instead of ${JSON.stringify(args)}`];
	});
}

function parentProblems(expected, found) {
	return expected.turns.flatMap(({ isSubAgent }, index) => {
		const [turn] = found[index];
		const [parent] = found[0];
		if (turn === undefined || turn.parent_turn_id === (isSubAgent ? parent?.id : undefined)) return [];
		return [`turn ${index + 1}: hangs under ${turn.parent_turn_id ?? 'no turn'}`];
	});
}

/** Plays the stored edits over the committed files: each must meet the text that the one before has left, and the last that of the disk. */
function editProblems(expected, turns, { assistant, readCommitted, readWorking }) {
	const edits = turns.flatMap((turn) => turn.edits.filter(({ state }) => state === 'applied'));
	const problems = [];
	for (const file of new Set([...edits.map(({ file_path }) => file_path), ...Object.keys(expected.states)])) {
		const states = [readCommitted(file)];
		for (const edit of edits.filter(({ file_path }) => file_path === file)) {
			const after = applied(edit, states.at(-1), assistant.differs.oldTextUnknown === true);
			if (after === undefined) problems.push(`${file}: an edit does not fit what was there: ${JSON.stringify(edit).slice(0, 300)}`);
			else states.push(after);
		}
		const should = expected.states[file] ?? [readCommitted(file)];
		if (JSON.stringify(states) !== JSON.stringify(should))
			problems.push(`${file}: went through ${JSON.stringify(states)} instead of ${JSON.stringify(should)}`);
		if (readWorking(file) !== should.at(-1)) problems.push(`${file}: the assistant has left another text on the disk: ${JSON.stringify(readWorking(file))}`);
	}
	return problems;
}

/** The file's text after an edit; undefined when the edit speaks of another text. */
function applied(edit, text, oldTextUnknown) {
	if (edit.whole) return edit.before === text || (edit.before === null && edit.fidelity === 'partial' && oldTextUnknown) ? edit.after : undefined;
	if (text === null || edit.before === null || text.split(edit.before).length !== 2) return undefined;
	return text.replace(edit.before, () => edit.after);
}
