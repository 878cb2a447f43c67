import { z } from 'zod';
import type { ToolKind, TurnEdit, TurnObservationInput } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { draftTurn, newDraft, say, type TurnDraft } from './turnDraft';
import { promptKey, promptTime } from './untimed';

/** Word for this assistant in turns. */
export const windsurfName = 'windsurf';

const text = z.string().optional().catch(undefined);
const Step = z.object({ type: z.string(), status: text });
const Body = z.record(z.string(), z.unknown());
const Said = z.object({ user_response: text, response: text });
const Run = z.object({ cwd: text, exit_code: z.number().optional().catch(undefined), user_rejected: z.boolean().optional().catch(undefined) });
const CodeAction = z.object({ path: z.string(), new_content: z.string(), original_content: z.string().nullish().catch(undefined), acknowledgement_type: text });

const kinds: ReadonlyMap<string, ToolKind> = new Map(
	Object.entries<ToolKind>({
		view_file: 'read',
		view_content_chunk: 'read',
		read_resource: 'read',
		list_directory: 'search',
		list_resources: 'mcp',
		mcp_tool: 'mcp',
		find: 'search',
		grep_search: 'search',
		codebase_search: 'search',
		code_action: 'edit',
		write_to_file: 'edit',
		run_command: 'run',
		command_status: 'run',
		search_web: 'web',
		read_url_content: 'web',
	}),
);

/**
 * Puts the steps of one Windsurf trajectory together into turns. Steps have neither ids nor times: see `untimed`.
 * A written file's old text is the one the step tells, else what an earlier step of the same file left.
 */
export class WindsurfSession {
	readonly #drafts: TurnDraft[] = [];
	readonly #texts = new Map<string, string>();
	#cwd: string | undefined;

	constructor(
		private readonly session: string,
		private readonly modified: Date,
	) {}

	/** Takes the next step. Returns the kinds of what it did not understand. */
	accept(record: unknown): string[] {
		const step = Step.safeParse(record).data;
		if (step === undefined) return ['step'];
		const body = Body.safeParse(Body.safeParse(record).data?.[step.type]).data;
		if (body === undefined) return [`step:${step.type.slice(0, 40)}`];
		const said = Said.safeParse(body).data;
		if (step.type === 'user_input') this.#prompt(said?.user_response?.trim() ?? '');
		else if (step.type === 'planner_response') this.#answer(said?.response ?? '');
		else this.#call(step, body);
		return [];
	}

	turns(): TurnObservationInput[] {
		const count = this.#drafts.length;
		return this.#drafts.map((draft, place) => {
			const startedAt = promptTime(this.modified, place + 1, count);
			const calls = new Map([...draft.calls].map(([id, call]) => [id, { ...call, at: startedAt }]));
			return draftTurn(windsurfName, { ...draft, startedAt, calls, cwd: this.#cwd }, place === count - 1);
		});
	}

	#prompt(prompt: string): void {
		if (prompt === '') return;
		const key = promptKey(this.#drafts.length + 1, prompt);
		this.#drafts.push(newDraft({ key, session: this.session, prompt, startedAt: this.modified.toISOString() }));
	}

	#answer(words: string): void {
		const draft = this.#drafts.at(-1);
		if (draft !== undefined) say(draft, String(draft.said.size), words);
	}

	#call(step: z.infer<typeof Step>, body: z.infer<typeof Body>): void {
		const draft = this.#drafts.at(-1);
		if (draft === undefined) return;
		const run = Run.safeParse(body).data;
		this.#cwd ??= run?.cwd;
		const shown = [body['output'], body['content']].find((value) => typeof value === 'string');
		const args = Object.fromEntries(Object.entries(body).filter(([name]) => !results.has(name)));
		const id = `step-${this.#drafts.length}-${draft.calls.size + 1}`;
		const waits = step.status !== undefined && !ends.has(step.status);
		const ok = step.status !== 'error' && step.status !== 'canceled' && run?.user_rejected !== true && (run?.exit_code ?? 0) === 0;
		draft.stand = 'calling';
		draft.calls.set(id, {
			id,
			name: step.type,
			kind: kinds.get(step.type) ?? 'other',
			args,
			at: draft.startedAt,
			done: waits ? undefined : { ok, output: typeof shown === 'string' ? shown : '' },
			edits: step.type === 'code_action' && !waits && ok ? this.#edits(id, body) : [],
		});
	}

	#edits(id: string, body: unknown): TurnEdit[] {
		const action = CodeAction.safeParse(body).data;
		if (action === undefined) return [];
		const file_path = absolutePath(action.path, this.#cwd);
		const before = action.original_content ?? this.#texts.get(file_path);
		const refused = (action.acknowledgement_type ?? '').includes('REJECT');
		if (!refused) this.#texts.set(file_path, action.new_content);
		const base = { file_path, tool_id: id, after: action.new_content, whole: true, state: refused ? ('rejected' as const) : ('applied' as const) };
		if (before === undefined) return [{ ...base, kind: 'edit', before: null, fidelity: 'partial' }];
		// Of a file that was not there the step tells an empty text.
		return [before === '' ? { ...base, kind: 'create', before: null, fidelity: 'recorded' } : { ...base, kind: 'edit', before, fidelity: 'recorded' }];
	}
}

/** Members of a step that are no arguments. */
const results = new Set(['output', 'content', 'original_content']);

/** What a step's status says when nothing more will come. */
const ends = new Set(['done', 'error', 'canceled', 'cancelled', 'completed']);
