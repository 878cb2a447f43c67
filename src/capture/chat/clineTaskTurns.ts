import { z } from 'zod';
import type { ToolKind, TurnObservationInput } from '../../core/turn';
import { imageOfUrl } from '../seenImage';
import type { ApiCall, ApiHistory, TaskFamily } from './clineTaskApi';
import { TaskTool, taskEdits } from './clineTaskEdits';
import { LineClock } from './instant';
import { parsedJson } from './transcriptFiles';
import { draftTurn, newDraft, reach, say, type DraftCall, type TurnDraft } from './turnDraft';

const text = z.string().optional().catch(undefined);
const Message = z.object({
	ts: z.unknown().optional(),
	type: z.enum(['ask', 'say']),
	ask: text,
	say: text,
	text,
	images: z.array(z.unknown()).optional().catch(undefined),
	partial: z.boolean().optional().catch(undefined),
	modelInfo: z.object({ modelId: text }).optional().catch(undefined),
});
type Message = z.infer<typeof Message>;

/** What is known of a task besides its messages. */
export interface TaskAbout {
	readonly assistant: string;
	readonly session: string;
	readonly api: ApiHistory;
	readonly cwd: string | undefined;
	readonly version: string | undefined;
	readonly parent: string | undefined;
	/** Which model was used from when on, in order. */
	readonly models: readonly { readonly at: string; readonly model: string }[];
}

/**
 * The turns of a task of Cline, Roo Code or Kilo Code, and the kinds of what was not understood.
 *
 * What the program showed the person (`ui_messages.json`) tells prompts, answers, calls and times; what it told the model adds each call's
 * arguments and outcome, joined in order by kind and by path or command. Messages are named by their time, so a turn's key is that of its prompt.
 * A change that the person made to a proposal before accepting it is not told as the assistant's.
 */
export function taskTurns(state: unknown, about: TaskAbout): { turns: TurnObservationInput[]; unknown: string[] } {
	if (!Array.isArray(state)) return { turns: [], unknown: ['task'] };
	const values: readonly unknown[] = state;
	const reader = new TaskReader(about);
	const unknown = values.flatMap((value) => {
		const message = Message.safeParse(value).data;
		return message === undefined ? ['message'] : reader.accept(message);
	});
	return { turns: reader.turns(), unknown };
}

/** Kinds that say nothing of prompt, answer or tools. */
const silent = new Set(
	(
		'reasoning api_req_finished api_req_retried api_req_retry_delayed api_req_rate_limited api_req_deleted deleted_api_reqs error error_retry diff_error ' +
		'shell_integration_warning shell_integration_warning_with_suggestion checkpoint_created checkpoint_saved user_feedback_diff clineignore_error rooignore_error ' +
		'command_permission_denied mcp_server_request_started mcp_notification load_mcp_documentation generate_explanation info task_progress hook_status ' +
		'hook_output_stream subagent subagent_usage conditional_rules_applied browser_session_status subtask_result condense condense_context ' +
		'condense_context_error sliding_window_truncation codebase_search_result user_edit_todos image resume_task resume_completed_task mistake_limit_reached ' +
		'auto_approval_max_req_reached summarize_task report_bug'
	).split(' '),
);

class TaskReader {
	readonly #clock = new LineClock();
	readonly #drafts = new Map<string, TurnDraft>();
	#current: TurnDraft | undefined;
	#lastCall: (DraftCall & { shown: string }) | undefined;
	/** Place in the model's calls up to which they were joined. */
	#joined = 0;

	constructor(private readonly about: TaskAbout) {}

	turns(): TurnObservationInput[] {
		const drafts = [...this.#drafts.values()];
		return drafts.map((draft, place) => draftTurn(this.about.assistant, draft, place === drafts.length - 1));
	}

	accept(message: Message): string[] {
		const at = this.#clock.at(message.ts);
		const kind = (message.type === 'ask' ? message.ask : message.say) ?? '';
		const draft = this.#current;
		// Roo Code's first message is the prompt too, though it is said as any other text.
		const prompts = message.type === 'say' && (kind === 'task' || kind === 'user_feedback' || (kind === 'text' && draft === undefined));
		if (prompts) this.#prompt(message, at);
		if (prompts || draft === undefined) return [];
		reach(draft, at);
		draft.model = message.modelInfo?.modelId ?? this.about.models.findLast((one) => one.at <= at)?.model ?? draft.model;
		return this.#ofKind(kind, message, draft, at);
	}

	#prompt({ text: words = '', images = [] }: Message, at: string): void {
		const prompt = [words, ...images.map(() => '[image]')].join('\n').trim();
		if (prompt === '') return;
		const { session, cwd, version, parent, api } = this.about;
		const key = `at-${Date.parse(at)}`;
		const pictures = images.flatMap((value) => imageOfUrl(typeof value === 'string' ? value : undefined) ?? []);
		this.#current = this.#drafts.get(key) ?? newDraft({ key, session, prompt, images: pictures, startedAt: at, cwd, version, parent, model: api.model });
		this.#drafts.set(key, this.#current);
	}

	#ofKind(kind: string, message: Message, draft: TurnDraft, at: string): string[] {
		const words = message.text ?? '';
		switch (kind) {
			case 'text':
			case 'followup':
			case 'plan_mode_respond':
			case 'act_mode_respond':
			case 'completion_result':
				say(draft, at, answerOf(words));
				// Words that are still being written are not the last ones.
				if (message.partial === true) draft.stand = 'calling';
				else if (kind === 'completion_result' && draft.stand === 'calling') draft.stand = 'complete';
				return [];
			case 'api_req_started':
			case 'api_req_failed':
				this.#request(kind, words, draft);
				return [];
			case 'command_output':
			case 'mcp_server_response':
			case 'browser_action_result':
				this.#output(kind === 'browser_action_result' ? '' : words);
				return [];
			default:
				return this.#call(kind, message, draft, at);
		}
	}

	#request(kind: string, words: string, draft: TurnDraft): void {
		const reason = Request.safeParse(parsedJson(words)).data?.cancelReason;
		if (reason === 'user_cancelled') draft.stand = 'cancelled';
		else if (reason !== undefined || kind === 'api_req_failed') draft.stand = 'failed';
		else if (draft.stand !== 'none') draft.stand = 'calling';
	}

	/** Shown output of a call, for those of which the model's conversation tells nothing. */
	#output(words: string): void {
		const call = this.#lastCall;
		if (call === undefined) return;
		call.shown = [call.shown, words].filter((part) => part !== '').join('\n');
		call.done ??= { ok: true, output: '' };
		if (call.done.output === '' || call.shown.startsWith(call.done.output)) call.done = { ok: call.done.ok, output: call.shown };
	}

	#call(kind: string, message: Message, draft: TurnDraft, at: string): string[] {
		const shown = shownCall(kind, message.text ?? '');
		if (shown === undefined) return silent.has(kind) ? [] : [`${message.type}:${kind.slice(0, 40)}`];
		draft.stand = 'calling';
		if (message.partial === true) return [];
		const api = this.#join(shown);
		const id = `${shown.name}-${Date.parse(at)}`;
		const call = {
			id,
			name: shown.name,
			kind: shown.kind,
			args: shown.args,
			at,
			done: api?.outcome === undefined ? undefined : { ok: api.outcome.ok, output: api.outcome.output },
			edits: this.#edits(shown, id, message, api),
			shown: '',
		};
		this.#lastCall = call;
		draft.calls.set(id, call);
		return [];
	}

	#edits({ family, tool }: ShownCall, id: string, message: Message, api: ApiCall | undefined): DraftCall['edits'] {
		const outcome = api?.outcome;
		const over = outcome !== undefined || message.type === 'say';
		if (family !== 'edit' || tool === undefined || !over || (outcome !== undefined && !outcome.ok && !outcome.refused)) return [];
		return taskEdits({ id, tool, args: api?.args, cwd: this.about.cwd, refused: outcome?.refused === true });
	}

	/** The model's call that the program shows here: the next one of its kind on the same thing. */
	#join({ family, subject }: ShownCall): ApiCall | undefined {
		const { calls } = this.about.api;
		const place = calls.findIndex((call, index) => index >= this.#joined && call.family === family && isSame(call.subject, subject));
		if (place === -1) return undefined;
		this.#joined = place + 1;
		return calls[place];
	}
}

const Request = z.object({ cancelReason: text });
const Answer = z.object({ response: text, question: text });

/** What the assistant said: plain, or with a choice of answers. */
function answerOf(words: string): string {
	const answer = words.startsWith('{') ? Answer.safeParse(parsedJson(words)).data : undefined;
	return (answer?.response ?? answer?.question ?? words).replace(/HAS_CHANGES$/, '').trim();
}

/** A call as the program shows it. */
interface ShownCall {
	readonly name: string;
	readonly kind: ToolKind;
	readonly family: TaskFamily;
	readonly subject: string | undefined;
	readonly args: unknown;
	readonly tool?: TaskTool;
}

function shownCall(kind: string, words: string): ShownCall | undefined {
	const value = parsedJson(words);
	switch (kind) {
		case 'tool': {
			const tool = TaskTool.safeParse(value).data;
			const [toolKind, family] = tools[tool?.tool ?? ''] ?? ['other', 'other'];
			return { name: tool?.tool ?? 'tool', kind: toolKind, family, subject: tool?.path, args: value, ...(tool === undefined ? {} : { tool }) };
		}
		case 'command':
			return { name: kind, kind: 'run', family: 'command', subject: commandOf(words), args: { command: commandOf(words) } };
		case 'use_mcp_server':
			return { name: kind, kind: 'mcp', family: 'mcp', subject: undefined, args: value };
		case 'browser_action_launch':
		case 'browser_action':
			return { name: kind, kind: 'web', family: 'browser', subject: undefined, args: value ?? words };
		case 'new_task':
		case 'use_subagents':
			return { name: kind, kind: 'agent', family: 'agent', subject: undefined, args: value ?? words };
		default:
			return undefined;
	}
}

/** Older versions put the output behind the command. */
function commandOf(words: string): string {
	return words.replace(/\nOutput:[\s\S]*$/, '').replace(/REQ_APP$/, '');
}

const tools: Readonly<Record<string, readonly [ToolKind, TaskFamily]>> = {
	editedExistingFile: ['edit', 'edit'],
	appliedDiff: ['edit', 'edit'],
	insertContent: ['edit', 'edit'],
	searchAndReplace: ['edit', 'edit'],
	newFileCreated: ['create', 'edit'],
	fileDeleted: ['delete', 'edit'],
	readFile: ['read', 'read'],
	fetchInstructions: ['read', 'read'],
	listFilesTopLevel: ['search', 'list'],
	listFilesRecursive: ['search', 'list'],
	listFiles: ['search', 'list'],
	listCodeDefinitionNames: ['search', 'search'],
	searchFiles: ['search', 'search'],
	codebaseSearch: ['search', 'search'],
	webFetch: ['web', 'web'],
	webSearch: ['web', 'web'],
	newTask: ['agent', 'agent'],
	switchMode: ['agent', 'agent'],
};

/** The program shows paths with slashes, the model writes them as it likes; where one side names nothing, the kind alone decides. */
function isSame(a: string | undefined, b: string | undefined): boolean {
	return a === undefined || b === undefined || plain(a) === plain(b);
}

function plain(subject: string): string {
	return subject.trim().replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/$/, '');
}
