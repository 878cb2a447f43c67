import { randomUUID } from 'node:crypto';

/**
 * One answer in each protocol: `whole` is the body of a plain response, `events()` what a streamed one consists of.
 * `calls` are what modelCall.mjs returns; texts are cut into pieces, as real models send them.
 */
export const answers = { anthropic, responses, chat, gemini };

const id = (prefix) => `${prefix}${randomUUID().replaceAll('-', '').slice(0, 20)}`;
const pieces = (text) => text.match(/[\s\S]{1,24}/g) ?? [];
const seconds = () => Math.floor(Date.now() / 1000);
const used = { in: 100, out: 20 };
const signature = Buffer.from('scripted').toString('base64');

function anthropic({ model, say, think, calls }) {
	const content = [
		...(think === undefined ? [] : [{ type: 'thinking', thinking: think, signature }]),
		...(say === '' ? [] : [{ type: 'text', text: say }]),
		...calls.map(({ name, args }) => ({ type: 'tool_use', id: id('toolu_01'), name, input: args })),
	];
	const stop_reason = calls.length > 0 ? 'tool_use' : 'end_turn';
	const usage = { input_tokens: used.in, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: used.out };
	const whole = { id: id('msg_01'), type: 'message', role: 'assistant', model, content, stop_reason, stop_sequence: null, usage };
	const event = (type, rest) => ({ event: type, data: { type, ...rest } });
	return {
		whole,
		events: () => [
			event('message_start', { message: { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } }),
			...content.flatMap((block, index) => [
				event('content_block_start', { index, content_block: emptyBlock(block) }),
				...blockDeltas(block).map((delta) => event('content_block_delta', { index, delta })),
				event('content_block_stop', { index }),
			]),
			event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: used.out } }),
			event('message_stop', {}),
		],
	};
}

function emptyBlock(block) {
	if (block.type === 'text') return { type: 'text', text: '' };
	return block.type === 'thinking' ? { type: 'thinking', thinking: '', signature: '' } : { ...block, input: {} };
}

function blockDeltas(block) {
	if (block.type === 'text') return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
	if (block.type === 'tool_use') return pieces(JSON.stringify(block.input)).map((text) => ({ type: 'input_json_delta', partial_json: text }));
	return [...pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature }];
}

function responses({ model, say, think, calls }) {
	const output = [
		...(think === undefined ? [] : [{ type: 'reasoning', id: id('rs_'), summary: [{ type: 'summary_text', text: think }], encrypted_content: signature }]),
		...(say === ''
			? []
			: [{ type: 'message', id: id('msg_'), role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: say, annotations: [] }] }]),
		...calls.map(({ name, args, freeform, namespace }) =>
			freeform
				? { type: 'custom_tool_call', id: id('ctc_'), call_id: id('call_'), name, input: args, status: 'completed' }
				: {
						type: 'function_call',
						id: id('fc_'),
						call_id: id('call_'),
						name,
						...(namespace !== undefined && { namespace }),
						arguments: JSON.stringify(args),
						status: 'completed',
					},
		),
	];
	const usage = {
		input_tokens: used.in,
		input_tokens_details: { cached_tokens: 0 },
		output_tokens: used.out,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: used.in + used.out,
	};
	const whole = { id: id('resp_'), object: 'response', created_at: seconds(), status: 'completed', model, output, usage };
	const events = () =>
		[
			['response.created', { response: { ...whole, status: 'in_progress', output: [], usage: null } }],
			...output.flatMap((item, output_index) => [
				['response.output_item.added', { output_index, item: unfinished(item) }],
				...itemEvents(item, { item_id: item.id, output_index }),
				['response.output_item.done', { output_index, item }],
			]),
			['response.completed', { response: whole }],
		].map(([type, rest], sequence_number) => ({ event: type, data: { type, sequence_number, ...rest } }));
	return { whole, events };
}

function unfinished(item) {
	if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
	if (item.type === 'reasoning') return { ...item, summary: [] };
	return { ...item, status: 'in_progress', [item.type === 'function_call' ? 'arguments' : 'input']: '' };
}

function itemEvents(item, at) {
	if (item.type === 'message') {
		const [part] = item.content;
		const place = { ...at, content_index: 0 };
		return [
			['response.content_part.added', { ...place, part: { ...part, text: '' } }],
			...pieces(part.text).map((delta) => ['response.output_text.delta', { ...place, delta }]),
			['response.output_text.done', { ...place, text: part.text }],
			['response.content_part.done', { ...place, part }],
		];
	}
	if (item.type === 'reasoning') {
		const [part] = item.summary;
		const place = { ...at, summary_index: 0 };
		return [
			['response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }],
			['response.reasoning_summary_text.delta', { ...place, delta: part.text }],
			['response.reasoning_summary_text.done', { ...place, text: part.text }],
			['response.reasoning_summary_part.done', { ...place, part }],
		];
	}
	const [event, field] = item.type === 'function_call' ? ['function_call_arguments', 'arguments'] : ['custom_tool_call_input', 'input'];
	return [
		[`response.${event}.delta`, { ...at, delta: item[field] }],
		[`response.${event}.done`, { ...at, [field]: item[field] }],
	];
}

function chat({ model, say, think, calls }) {
	const tool_calls = calls.map(({ name, args }) => ({ id: id('call_'), type: 'function', function: { name, arguments: JSON.stringify(args) } }));
	const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
	const usage = { prompt_tokens: used.in, completion_tokens: used.out, total_tokens: used.in + used.out };
	const base = { id: id('chatcmpl-'), created: seconds(), model };
	const message = { role: 'assistant', content: say === '' ? null : say, ...(calls.length > 0 && { tool_calls }) };
	const chunk = (choices, more) => ({ data: { ...base, object: 'chat.completion.chunk', choices, ...more } });
	const delta = (part, reason = null) => chunk([{ index: 0, delta: part, finish_reason: reason }]);
	return {
		whole: { ...base, object: 'chat.completion', usage, choices: [{ index: 0, finish_reason, message }] },
		events: () => [
			delta({ role: 'assistant', content: '' }),
			...(think === undefined ? [] : [delta({ reasoning_content: think })]),
			...pieces(say).map((content) => delta({ content })),
			...tool_calls.flatMap((call, index) => [
				delta({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: '' } }] }),
				...pieces(call.function.arguments).map((text) => delta({ tool_calls: [{ index, function: { arguments: text } }] })),
			]),
			delta({}, finish_reason),
			chunk([], { usage }),
			{ data: '[DONE]' },
		],
	};
}

function gemini({ model, say, think, calls }) {
	const parts = [
		...(think === undefined ? [] : [{ text: think, thought: true }]),
		...(say === '' ? [] : [{ text: say }]),
		...calls.map(({ name, args }, index) => ({ functionCall: { name, args, id: id('fc_') }, ...(index === 0 && { thoughtSignature: signature }) })),
	];
	const end = { usageMetadata: { promptTokenCount: used.in, candidatesTokenCount: used.out, totalTokenCount: used.in + used.out } };
	const responseId = id('r');
	const body = (some, isLast) => ({
		candidates: [{ index: 0, content: { role: 'model', parts: some }, ...(isLast && { finishReason: 'STOP' }) }],
		modelVersion: model,
		responseId,
		...(isLast && end),
	});
	return { whole: body(parts, true), events: () => parts.map((part, index) => ({ data: body([part], index === parts.length - 1) })) };
}
