import { turnId } from '../../core/ids';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import { sha256 } from './sha256';
import { pathOf, type ResponsePart } from './vscodeSchema';

/**
 * Takes the work of sub-agents out of a request's turn and makes turns of it, keyed by the calls that started them. Their parts stand
 * among the request's own and name the call. An edit belongs to a sub-agent when nobody else edited the file in this request; other
 * edits stay with the turn, because the editor records them by request alone.
 */
export function withSubAgents(turn: TurnObservationInput, parts: readonly ResponsePart[]): TurnObservationInput[] {
	const started = parts.filter((part) => part.kind === 'toolInvocationSerialized' && part.toolSpecificData?.kind === 'subagent');
	const agents = new Map(started.flatMap((part) => (part.toolCallId === undefined ? [] : [[part.toolCallId, part] as const])));
	if (agents.size === 0) return [turn];
	const workers = new Workers(parts, new Set(agents.keys()));
	const shareOf = (agent: string | undefined): Pick<TurnObservationInput, 'tools' | 'edits'> => ({
		tools: (turn.tools ?? []).filter((tool) => workers.ofCall(tool.id ?? '') === agent),
		edits: (turn.edits ?? []).filter((edit) => workers.ofEdit(edit) === agent),
	});
	const keyOf = (agent: string): string => `${turn.turn_key}/${agent}`;
	const turns = [...agents].map(([agent, part]): TurnObservationInput => {
		const parent = workers.ofCall(agent);
		const { tools, edits } = shareOf(agent);
		const model = part.toolSpecificData?.modelName ?? turn.model;
		return {
			assistant: turn.assistant,
			session_id: turn.session_id,
			turn_key: keyOf(agent),
			parent_turn_id: turnId(sha256, turn.assistant, turn.session_id, parent === undefined ? turn.turn_key : keyOf(parent)),
			channel: turn.channel,
			started_at: turn.tools?.find((tool) => tool.id === agent)?.at ?? turn.started_at,
			state: part.toolSpecificData?.result !== undefined ? 'complete' : (turn.state ?? 'complete'),
			...(turn.cwd === undefined ? {} : { cwd: turn.cwd }),
			prompt: part.toolSpecificData?.prompt ?? '',
			response: part.toolSpecificData?.result ?? '',
			...(model === undefined ? {} : { model }),
			tools,
			edits: named(edits, tools),
			...(turn.source_version === undefined ? {} : { source_version: turn.source_version }),
		};
	});
	return [{ ...turn, ...shareOf(undefined) }, ...turns];
}

/** The only call that can have made the edits gives them its name. */
function named(edits: TurnObservationInput['edits'], tools: TurnObservationInput['tools']): TurnObservationInput['edits'] {
	const [tool, ...others] = (tools ?? []).filter(({ kind }) => kind === 'edit' || kind === 'create');
	const id = others.length > 0 ? undefined : tool?.id;
	return id === undefined ? edits : edits?.map((edit) => ({ ...edit, tool_id: id }));
}

/** Who made the calls and edits of a request: a sub-agent by the id of its call, or undefined for the assistant itself. */
class Workers {
	readonly #calls = new Map<string, string>();
	readonly #files = new Map<string, Set<string | undefined>>();

	constructor(parts: readonly ResponsePart[], agents: ReadonlySet<string>) {
		let worker: string | undefined;
		for (const part of parts) {
			const named = agents.has(part.subAgentInvocationId ?? '') ? part.subAgentInvocationId : undefined;
			if (part.kind === 'toolInvocationSerialized' && named !== undefined) this.#calls.set(part.toolCallId ?? '', named);
			// A file's edits name nobody; they follow the part of the call that made them.
			if (part.kind === 'toolInvocationSerialized' || part.kind === 'codeblockUri') worker = named;
			if (part.kind === 'textEditGroup' && part.uri !== undefined) this.#edited(pathOf(part.uri), worker);
		}
	}

	ofCall(id: string): string | undefined {
		return this.#calls.get(id);
	}

	ofEdit(edit: Pick<TurnEdit, 'file_path'> & { tool_id?: string | undefined }): string | undefined {
		if (edit.tool_id !== undefined) return this.#calls.get(edit.tool_id);
		const [worker, ...others] = this.#files.get(edit.file_path) ?? [];
		return others.length > 0 ? undefined : worker;
	}

	#edited(path: string, worker: string | undefined): void {
		this.#files.set(path, (this.#files.get(path) ?? new Set()).add(worker));
	}
}
