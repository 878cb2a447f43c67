import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { z } from 'zod';
import { until } from '../host/editor';

export interface Call {
	readonly name: string;
	readonly input: object;
}

/** What the scripted model answers to one call; see model/extension.cjs. */
export interface Step {
	readonly text?: string;
	readonly tools?: readonly Call[];
	readonly waitMs?: number;
	readonly error?: string;
}

export interface Ask {
	readonly prompt: string;
	readonly script: readonly Step[];
	/** `scripted-gpt` is offered apply_patch, `scripted` the tools that replace strings. */
	readonly model?: 'scripted' | 'scripted-gpt';
	/** False goes on in the session of the prompt before. */
	readonly fresh?: boolean;
}

const Answer = z.object({
	type: z.string().optional(),
	metadata: z.object({ sessionId: z.string().optional() }).optional(),
	errorDetails: z.object({ message: z.string() }).optional(),
});
export type Answer = z.infer<typeof Answer>;

let script: Step[] = [];

/**
 * Makes the editor's own agent work without an account. It is disabled until chat was set up; opening the list of models enables it. Once a window,
 * and before the first prompt.
 */
export async function enableAgent(): Promise<void> {
	const isReady = (): boolean =>
		vscode.extensions.getExtension('GitHub.copilot-chat')?.isActive === true && vscode.lm.tools.some(({ name }) => name === 'copilot_replaceString');
	if (!isReady()) await vscode.commands.executeCommand('workbench.action.chat.manage');
	await until('the agent is enabled', isReady, 60_000);
	await vscode.commands.executeCommand('workbench.action.closeModalEditor');
	const model = vscode.extensions.getExtension<Step[]>('codelearn-tests.scripted-model');
	assert.ok(model, 'the scripted model is installed');
	script = await model.activate();
}

/** Sends a prompt in the chat view; resolves when the turn is over, or when a tool waits for the user. */
export async function ask({ prompt, script: steps, model = 'scripted', fresh = true }: Ask): Promise<Answer> {
	if (fresh) await vscode.commands.executeCommand('workbench.action.chat.newChat');
	script.splice(0, script.length, ...steps);
	const modelSelector = { vendor: 'scripted', id: model };
	const answer = await vscode.commands.executeCommand('workbench.action.chat.open', { query: prompt, mode: 'agent', modelSelector, blockOnResponse: true });
	return Answer.catch({}).parse(answer);
}

/** How many steps the model was not asked for. */
export function stepsLeft(): number {
	return script.length;
}
