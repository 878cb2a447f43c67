const vscode = require('vscode');

// The family decides which tools for edits the agent is offered.
const models = [
	['scripted', 'scripted'],
	['scripted-gpt', 'gpt-5'],
];

/**
 * Registers a language model that plays a script. Returns it: an array of steps, of which each call of the agent takes the first.
 * A step: { text?, tools?: [{ name, input }], waitMs?, error? }.
 */
exports.activate = ({ subscriptions }) => {
	const script = [];
	let calls = 0;
	const provider = {
		provideLanguageModelChatInformation: () => models.map(([id, family]) => information(id, family)),
		async provideLanguageModelChatResponse(_model, _messages, options, progress, token) {
			calls += 1;
			// The agent's calls and its sub-agents' name their conversation; titles and progress messages are asked for without it.
			const isAgent = options.modelOptions?._conversationId !== undefined;
			await play((isAgent ? script.shift() : undefined) ?? { text: isAgent ? 'The script is at its end.' : 'A title' }, calls, progress, token);
		},
		provideTokenCount: async (_model, text) => Math.ceil((typeof text === 'string' ? text : JSON.stringify(text)).length / 4),
	};
	subscriptions.push(vscode.lm.registerLanguageModelChatProvider('scripted', provider));
	return script;
};

function information(id, family) {
	return {
		id,
		name: id,
		family,
		version: '1',
		maxInputTokens: 128_000,
		maxOutputTokens: 16_000,
		capabilities: { toolCalling: true, imageInput: false },
		isUserSelectable: true,
	};
}

async function play({ text = '', tools = [], waitMs = 0, error }, call, progress, token) {
	for (const word of text.match(/\S+\s*/g) ?? []) progress.report(new vscode.LanguageModelTextPart(word));
	if (waitMs > 0) await waited(waitMs, token);
	if (error !== undefined) throw new Error(error);
	for (const [index, { name, input }] of tools.entries()) progress.report(new vscode.LanguageModelToolCallPart(`call_${call}_${index}`, name, input));
}

function waited(milliseconds, token) {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, milliseconds);
		token.onCancellationRequested(() => {
			clearTimeout(timer);
			resolve();
		});
	});
}
