import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { App, CallOptions } from '../core/api';
import { messageOf, UserError } from '../core/errors';
import type { Log } from '../core/ports';

/** What a tool may ask of the server that runs it. */
export interface ToolHost {
	app(): Promise<App>;
	readonly log: Log;
	/** Name that the connected client gave itself. */
	clientName(): string | undefined;
	/** Registers work that must be finished before the process leaves. */
	track<T>(work: Promise<T>): Promise<T>;
}

/** What a tool gives back: the same facts as text for a model and as data for a program. */
export interface ToolAnswer<O> {
	readonly text: string;
	readonly data: O;
}

export interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject> {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly input: I;
	readonly output: O;
	readonly annotations: ToolAnnotations;
	run(app: App, input: z.output<I>, call: CallOptions & { clientName: string | undefined }): Promise<ToolAnswer<z.input<O>>>;
}

/** Fixes the types of a tool. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(spec: ToolSpec<I, O>): ToolSpec<I, O> {
	return spec;
}

/**
 * Adds a tool to a server. The one place that knows what a failed tool looks like: a result marked as an error,
 * whose text says what to do, so that the model can react; the connection stays.
 */
export function register<I extends z.ZodObject, O extends z.ZodObject>(mcp: McpServer, spec: ToolSpec<I, O>, host: ToolHost): void {
	const { name, title, description, annotations } = spec;
	// The callback takes unknown and parses again: the SDK's generic types of a callback do not follow a type parameter.
	const input: z.ZodObject = spec.input;
	const output: z.ZodObject = spec.output;
	mcp.registerTool(name, { title, description, annotations, inputSchema: input, outputSchema: output }, (raw, extra): Promise<CallToolResult> => {
		return host.track(answered(spec, raw, host, extra.signal));
	});
}

async function answered<I extends z.ZodObject, O extends z.ZodObject>(
	spec: ToolSpec<I, O>,
	raw: unknown,
	host: ToolHost,
	signal: AbortSignal,
): Promise<CallToolResult> {
	try {
		const { text, data } = await spec.run(await host.app(), spec.input.parse(raw), { signal, clientName: host.clientName() });
		return { content: [{ type: 'text', text }], structuredContent: { ...data } };
	} catch (cause) {
		if (!(cause instanceof UserError)) host.log.error(`${spec.name} failed`, cause);
		const advice = cause instanceof UserError ? '' : ' Run `chroma-client doctor` or `chroma-client status` in the folder to find out why, then try again.';
		return { isError: true, content: [{ type: 'text', text: `${spec.name}: ${messageOf(cause)}${advice}` }] };
	}
}
