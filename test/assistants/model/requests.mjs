/**
 * Reads a request of any of the protocols. Returns undefined for a path that is none of a model's; else
 * `protocol`, `model`, `stream`, `noTools` (tools may not be called), `tools` (name to `{ schema, freeform, namespace }`) and
 * `history`: `{ role: 'user' | 'assistant' | 'tool', text, calls }`, with neighbours of one role made one.
 */
export function readRequest(path, body) {
	const gemini = /\/models\/([^/:]+):(stream)?generateContent$/i.exec(path);
	const protocol = gemini !== null ? 'gemini' : protocols.get(/\/(messages|responses|chat\/completions)$/.exec(path)?.[1]);
	if (protocol === undefined) return undefined;
	const { tools, items } = readers[protocol](body);
	const stream = gemini === null ? body.stream === true : gemini[2] !== undefined;
	return { protocol, model: body.model ?? gemini?.[1] ?? 'scripted-model', stream, noTools: body.tool_choice === 'none', tools, history: joined(items) };
}

const protocols = new Map([
	['messages', 'anthropic'],
	['responses', 'responses'],
	['chat/completions', 'chat'],
]);

const readers = {
	anthropic(body) {
		const tools = new Map((body.tools ?? []).map((tool) => [tool.name, { schema: tool.input_schema }]));
		const blocksOf = ({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content);
		const items = (body.messages ?? [])
			.filter(({ role }) => role !== 'system')
			.flatMap((message) =>
				blocksOf(message).map((block) => (block.type === 'tool_result' ? item('tool') : item(message.role, block.text, block.type === 'tool_use'))),
			);
		return { tools, items };
	},
	responses(body) {
		const input = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : (body.input ?? []);
		const added = input.flatMap((part) => (part.type === 'additional_tools' ? (part.tools ?? []) : []));
		const listed = [...(body.tools ?? []), ...added].flatMap((tool) =>
			tool.type === 'namespace' ? (tool.tools ?? []).map((inner) => ({ ...inner, namespace: tool.name })) : [tool],
		);
		const known = listed.filter(({ name }) => name !== undefined);
		const tools = new Map(known.map(({ name, parameters, type, namespace }) => [name, { schema: parameters, freeform: type === 'custom', namespace }]));
		return { tools, items: input.flatMap(responsesItem) };
	},
	chat(body) {
		const tools = new Map(
			(body.tools ?? []).map((tool) => [tool.function?.name ?? tool.custom?.name, { schema: tool.function?.parameters, freeform: tool.type === 'custom' }]),
		);
		const items = (body.messages ?? [])
			.filter(({ role }) => role !== 'system' && role !== 'developer')
			.map((message) => item(message.role, textOf(message.content), (message.tool_calls ?? []).length > 0));
		return { tools, items };
	},
	gemini(body) {
		const declared = (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
		const tools = new Map(declared.map((tool) => [tool.name, { schema: lowerCaseTypes(tool.parametersJsonSchema ?? tool.parameters) }]));
		const itemOf = (role, part) => {
			if (part.functionResponse !== undefined) return item('tool');
			return item(role === 'model' ? 'assistant' : 'user', part.thought ? '' : part.text, part.functionCall !== undefined);
		};
		return { tools, items: (body.contents ?? []).flatMap(({ role, parts }) => (parts ?? []).map((part) => itemOf(role, part))) };
	},
};

function responsesItem(part) {
	if (part.type?.endsWith('_output')) return [item('tool')];
	if (part.type?.endsWith('_call')) return [item('assistant', '', true)];
	// What one agent tells another; meant to be encrypted, but a scripted model writes it plainly.
	if (part.type === 'agent_message') return [item('user', part.content.map(({ text, encrypted_content }) => text ?? encrypted_content).join(''))];
	return part.role === 'user' || part.role === 'assistant' ? [item(part.role, textOf(part.content))] : [];
}

function item(role, text = '', isCall = false) {
	return { role, text: text ?? '', calls: isCall ? 1 : 0 };
}

function joined(items) {
	const all = [];
	for (const each of items) {
		const last = all.at(-1);
		if (last?.role === each.role) all[all.length - 1] = { role: each.role, text: last.text + each.text, calls: last.calls + each.calls };
		else all.push(each);
	}
	return all;
}

function textOf(content) {
	return typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
}

/** Gemini's own schemas write OBJECT for object. */
function lowerCaseTypes(schema) {
	return JSON.parse(JSON.stringify(schema ?? {}, (key, value) => (key === 'type' && typeof value === 'string' ? value.toLowerCase() : value)));
}
