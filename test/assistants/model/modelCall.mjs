import path from 'node:path';

/** Tools that can do what a call wants, best first: the names of all assistants. */
const toolsFor = {
	read: [
		'Read',
		'read',
		'read_file',
		'view',
		'read_files',
		'exec',
		'exec_command',
		'shell_command',
		'shell',
		'run_shell_command',
		'run_commands',
		'Bash',
		'bash',
	],
	edit: ['Edit', 'edit', 'replace', 'str_replace', 'editor', 'apply_patch', 'exec', 'exec_command', 'shell_command', 'shell'],
	write: ['Write', 'write', 'write_file', 'create', 'editor', 'apply_patch', 'exec', 'exec_command', 'shell_command', 'shell'],
	run: ['Bash', 'bash', 'run_shell_command', 'run_commands', 'execute_command', 'exec', 'exec_command', 'shell_command', 'shell', 'local_shell'],
	agent: ['Agent', 'Task', 'task', 'spawn_agent', 'invoke_agent', 'agent'],
	wait: ['wait_agent'],
	finish: ['complete_task'],
	find: ['ToolSearch'],
};
const shells = new Set(['Bash', 'bash', 'run_shell_command', 'run_commands', 'execute_command', 'exec_command', 'shell_command', 'shell', 'local_shell']);

const pathNames = ['file_path', 'absolute_path', 'filePath', 'filepath', 'path', 'target_file'];
const argumentNames = {
	old: ['old_string', 'oldString', 'old_text', 'old_str'],
	new: ['new_string', 'newString', 'new_text', 'new_str'],
	content: ['content', 'file_text'],
	description: ['description', 'task_name', 'name'],
	prompt: ['prompt', 'message', 'task'],
	agent: ['subagent_type', 'agent_type', 'agent_name'],
	history: ['fork_turns'],
	query: ['query'],
};

/**
 * Turns a scripted call into `{ name, args, freeform, namespace }` for the tools that a request offers, so that one script suits every assistant:
 * `{ do: 'read', path }`, `{ do: 'edit', path, old, new }` (whole lines), `{ do: 'write', path, content }`, `{ do: 'run', command }`,
 * `{ do: 'mcp', server, tool, args }`, `{ do: 'find', query }` for tools that are offered only when they are looked for,
 * `{ do: 'agent', description, prompt, agent, history }`, `{ do: 'wait' }` for a sub-agent, and
 * `{ do: 'finish' }`, with which it ends its own work. Throws when no tool fits, which the assistant then gets as an error of its model.
 */
export function modelCall(call, tools, cwd) {
	const name = call.do === 'mcp' ? toolOfServer(call, tools) : toolsFor[call.do].find((tool) => tools.has(tool));
	if (name === undefined) throw new Error(`no tool for "${call.do}" among ${[...tools.keys()].join(', ')}`);
	const { schema = {}, freeform = false, namespace } = tools.get(name);
	if (name === 'apply_patch')
		return freeform ? { name, freeform, args: patchText(call) } : { name, args: { [Object.keys(schema.properties ?? {})[0] ?? 'input']: patchText(call) } };
	if (name === 'exec' && freeform) return { name, freeform, args: programText(call) };
	if (call.do === 'mcp') return { name, args: call.args, namespace };
	const args = argumentsFor(call, name, schema, cwd);
	for (const required of schema.required ?? []) args[required] ??= anyValue[schema.properties?.[required]?.type] ?? 'scripted';
	return { name, args, namespace };
}

const anyValue = { boolean: false, integer: 0, number: 0, array: [], object: {} };

/** Assistants join the names of server and tool in ways of their own; a model that writes programs calls it there. */
function toolOfServer({ server, tool }, tools) {
	return [...tools.keys()].find((name) => name.includes(server) && name.endsWith(tool)) ?? (tools.get('exec')?.freeform ? 'exec' : undefined);
}

function argumentsFor(call, name, schema, cwd) {
	const properties = schema.properties ?? {};
	if (shells.has(name)) return shellArguments(call, properties);
	if (call.do === 'finish') return { result: { response: 'Done.' } };
	if (name === 'read_files') return listOfFiles(call, properties, cwd);
	const named = (names) => names.find((one) => one in properties);
	const args = {};
	const set = (names, value) => {
		const key = named(names);
		if (key !== undefined && value !== undefined) args[key] = value;
	};
	set(pathNames, call.path === undefined ? undefined : path.join(cwd, call.path));
	for (const [what, names] of Object.entries(argumentNames)) set(names, call[what]);
	// A tool that edits and creates takes the content as the new text.
	if (call.do === 'write' && named(argumentNames.content) === undefined) set(argumentNames.new, call.content);
	if (properties.command?.enum !== undefined) args.command = { read: 'view', edit: 'str_replace', write: 'create' }[call.do];
	return args;
}

function shellArguments(call, properties) {
	const key = ['command', 'cmd', 'commands'].find((name) => name in properties) ?? 'command';
	const text = commandText(call) ?? `apply_patch <<'EOP'\n${patchText(call)}EOP`;
	const isList = JSON.stringify(properties[key] ?? {}).includes('"array"');
	return { [key]: isList ? (key === 'commands' ? [text] : ['bash', '-lc', text]) : text };
}

function listOfFiles(call, properties, cwd) {
	const [key = 'files'] = Object.keys(properties);
	const item = properties[key]?.items ?? properties[key]?.anyOf?.find(({ items }) => items !== undefined)?.items;
	const inner = pathNames.find((name) => name in (item?.properties ?? {}));
	const file = path.join(cwd, call.path);
	return { [key]: [inner === undefined ? file : { [inner]: file }] };
}

function commandText(call) {
	return call.do === 'run' ? call.command : call.do === 'read' ? `cat ${call.path}` : undefined;
}

/** For models that write JavaScript instead of calling tools. */
function programText(call) {
	if (call.do === 'mcp') return `text(await tools.mcp__${call.server}__${call.tool}(${JSON.stringify(call.args)}));`;
	const cmd = commandText(call);
	if (cmd === undefined) return `text(await tools.apply_patch(${JSON.stringify(patchText(call))}));`;
	return `const result = await tools.exec_command(${JSON.stringify({ cmd })});\ntext(result.output ?? result);`;
}

function patchText(call) {
	const marked = (text, mark) =>
		text
			.replace(/\n$/, '')
			.split('\n')
			.map((line) => `${mark}${line}\n`)
			.join('');
	const change =
		call.do === 'write'
			? `*** Add File: ${call.path}\n${marked(call.content, '+')}`
			: `*** Update File: ${call.path}\n@@\n${marked(call.old, '-')}${marked(call.new, '+')}`;
	return `*** Begin Patch\n${change}*** End Patch\n`;
}
