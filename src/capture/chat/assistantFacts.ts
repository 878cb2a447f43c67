import type { Lack } from '../../core/incompleteness';
import { incompleteness, type JudgedTurn } from '../../core/incompleteness';

/** What has to be known of an assistant to judge its turns. */
export interface AssistantFacts {
	readonly label: string;
	/** What its records never hold, with the reason; a turn is whole without it. */
	readonly notOffered: Readonly<Partial<Record<Lack | 'its version', string>>>;
	/** For assistants without a transcript source, whose hooks were tried with the real program. */
	readonly hooksSeenLive?: boolean;
}

/** One entry an assistant. One that is missing goes by its own name and is excused nothing. */
const facts: Readonly<Record<string, AssistantFacts>> = {
	'claude-code': { label: 'Claude Code', notOffered: {} },
	'vscode-copilot': { label: 'VS Code Chat', notOffered: {} },
	cursor: { label: 'Cursor', notOffered: {} },
	codex: { label: 'Codex', notOffered: {} },
	'gemini-cli': { label: 'Gemini CLI', notOffered: { 'its version': 'its sessions do not say which version wrote them' } },
	'qwen-code': { label: 'Qwen Code', notOffered: {} },
	'copilot-cli': { label: 'Copilot CLI', notOffered: {} },
	continue: {
		label: 'Continue',
		notOffered: { 'no time of its end': 'its sessions hold no times', 'its version': 'its sessions do not say which version wrote them' },
	},
	aider: {
		label: 'aider',
		notOffered: { 'no time of its end': 'its history has the times of prompts only', 'tool calls without a result': 'it has no tools' },
	},
	cline: { label: 'Cline', notOffered: {} },
	roo: { label: 'Roo Code', notOffered: { 'its version': 'its tasks do not say which version wrote them' } },
	kilo: { label: 'Kilo Code', notOffered: { 'its version': 'its tasks do not say which version wrote them' } },
	opencode: { label: 'OpenCode', notOffered: {} },
	windsurf: {
		label: 'Windsurf',
		notOffered: {
			'no model': 'its transcripts name none',
			'no time of its end': 'its transcripts hold no times',
			'its version': 'its transcripts do not say which version wrote them',
		},
	},
	manual: { label: 'Logged by hand', notOffered: {}, hooksSeenLive: true },
};

export function factsOf(assistant: string): AssistantFacts {
	return (Object.hasOwn(facts, assistant) ? facts[assistant] : undefined) ?? { label: assistant, notOffered: {} };
}

/** What a turn misses of that which its assistant offers. */
export function lacksOf(assistant: string, turn: JudgedTurn): Lack[] {
	const { notOffered } = factsOf(assistant);
	return incompleteness(turn).filter((lack) => notOffered[lack] === undefined);
}
