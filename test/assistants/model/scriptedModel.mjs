// A model server on this machine that plays a script to a real assistant, in whichever of four protocols the assistant speaks:
// Anthropic Messages, OpenAI Responses, OpenAI Chat Completions, Gemini; streamed or whole, as it is asked.
import { createServer } from 'node:http';
import { answers } from './answers.mjs';
import { modelCall } from './modelCall.mjs';
import { readRequest } from './requests.mjs';

/**
 * Starts a server for one script on a free port of the loopback. `cwd` makes the script's paths absolute.
 *
 * A script is `{ steps }`, or `{ scenarios: [{ when, steps }] }` where `when` stands in the prompt (a sub-agent's, say), and
 * optionally `side`, the answer to requests that offer no tools (a title, a summary), and `textOnly` for assistants that never offer any.
 * A step is `{ say?, think?, calls?, error?: { status, message? }, delayMs? }`; one without calls ends the turn, and the next prompt goes on with the
 * step after it. Calls are described in modelCall.mjs.
 *
 * Returns `url`, `served` (one entry a request, with the step that was played or what went wrong) and `stop`.
 */
export async function startScriptedModel(script, { cwd }) {
	const served = [];
	const server = createServer((request, response) => void serve(request, response));
	const serve = async (request, response) => {
		const entry = { path: new URL(request.url, 'http://localhost').pathname };
		served.push(entry);
		try {
			await play(script, cwd, entry, request, response);
		} catch (cause) {
			entry.error = cause.message;
			if (response.headersSent) response.end();
			else sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error', message: cause.message } });
		}
	};
	await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
	const stop = async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	return { url: `http://127.0.0.1:${server.address().port}`, served, stop };
}

async function play(script, cwd, entry, request, response) {
	let text = '';
	for await (const piece of request.setEncoding('utf8')) text += piece;
	const asked = request.method === 'POST' ? readRequest(entry.path, text === '' ? {} : JSON.parse(text)) : undefined;
	if (asked === undefined) {
		answerOther(request.method, entry.path, response);
		return;
	}
	const isSide = script.textOnly !== true && (asked.tools.size === 0 || asked.noTools);
	const { index, step, when } = isSide ? { index: 'side', step: { say: script.side ?? 'Scripted session' } } : nextStep(script, asked.history);
	entry.step = index;
	entry.when = when;
	entry.tools = [...asked.tools.keys()];
	const { say = '', think, calls = [], error, delayMs = 0 } = step ?? { say: 'The script has no more steps.' };
	if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
	if (error !== undefined) {
		sendJson(response, error.status, {
			type: 'error',
			error: { type: 'invalid_request_error', message: error.message ?? 'scripted failure', code: 'scripted' },
		});
		return;
	}
	const made = calls.map((call) => modelCall(call, asked.tools, cwd));
	const answer = answers[asked.protocol]({ model: asked.model, say, think, calls: made });
	if (asked.stream) sendEvents(response, answer.events());
	else sendJson(response, 200, answer.whole);
}

/**
 * The step that follows the history in a request. It is found from what the assistant sends back and not by a counter, so that a request
 * that is tried again plays the same step, and a resumed session goes on where it stood.
 */
export function nextStep(script, history) {
	const prompts = history.flatMap(({ role, text }) => (role === 'user' ? [text] : [])).join('\n');
	const scenarios = script.scenarios ?? [{ when: '', steps: script.steps }];
	const { steps, when } = scenarios.find((each) => prompts.includes(each.when)) ?? { steps: [] };
	let index = 0;
	for (const { role, text, calls } of history) {
		const step = steps[index];
		if (role !== 'assistant' || step === undefined) continue;
		if (step.calls === undefined ? step.say !== undefined && text.includes(step.say) : calls > 0) index++;
	}
	return { index, step: steps[index], when };
}

/** Lists of models, counts of tokens, signs of life. */
function answerOther(method, path, response) {
	if (/count_?tokens$/i.test(path)) sendJson(response, 200, { input_tokens: 100, totalTokens: 100 });
	else if (method === 'GET' && path.endsWith('/models')) {
		const model = { id: 'scripted-model', object: 'model', type: 'model', display_name: 'Scripted', created: 0, owned_by: 'local' };
		sendJson(response, 200, { object: 'list', has_more: false, data: [model], models: [] });
	} else if (method === 'HEAD' || path === '/') response.writeHead(200).end();
	else sendJson(response, 404, { error: { type: 'not_found_error', message: `not served: ${path}` } });
}

function sendJson(response, status, value) {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(JSON.stringify(value));
}

function sendEvents(response, events) {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	for (const { event, data } of events)
		response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
	response.end();
}
