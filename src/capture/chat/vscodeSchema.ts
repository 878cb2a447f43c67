import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);

/** A resource as VS Code writes it: an object, or a string in `chatEditingSessions`. */
export const Uri = z.union([z.string(), z.object({ fsPath: text, path: text, external: text, scheme: text })]);
export type Uri = z.infer<typeof Uri>;

const Round = z.object({
	response: text,
	timestamp: number,
	toolCalls: z
		.array(z.object({ id: z.string(), name: z.string(), arguments: z.unknown().optional() }))
		.optional()
		.catch(undefined),
});
export type Round = z.infer<typeof Round>;

/** A request of a chat session: one prompt and its answer. Fields of an unexpected type read as absent. */
export const ChatRequest = z.object({
	requestId: z.string(),
	timestamp: number,
	message: z
		.union([z.string(), z.object({ text: z.string() })])
		.optional()
		.catch(undefined),
	variableData: z.object({ variables: list }).optional().catch(undefined),
	response: list,
	modelId: text,
	isCanceled: flag,
	isSystemInitiated: flag,
	/** What the user decided about files since the request before: 1 kept, 2 undone, 3 edited. */
	editedFileEvents: list,
	modelState: z.object({ value: number, completedAt: number }).optional().catch(undefined),
	agent: z.object({ id: text, extensionVersion: text }).optional().catch(undefined),
	result: z
		.object({
			timings: z.object({ totalElapsed: number }).optional().catch(undefined),
			errorDetails: z.object({ message: text }).optional().catch(undefined),
			metadata: z
				.object({
					toolCallRounds: z.array(Round).optional().catch(undefined),
					toolCallResults: z.record(z.string(), z.unknown()).optional().catch(undefined),
					resolvedModel: text,
					cacheKey: text,
				})
				.optional()
				.catch(undefined),
		})
		.optional()
		.catch(undefined),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** A picture in a prompt: base64 in a field that the editor gives bytes, or an address that holds it. */
export const ImageVariable = z.object({
	kind: z.literal('image'),
	name: text,
	mimeType: text,
	value: z.union([z.string(), z.object({ $base64: z.string() }).transform(({ $base64 }) => $base64)]),
});

export const ChatSession = z.object({
	sessionId: text,
	creationDate: number,
	requests: z.array(z.unknown()).catch([]),
	workingDirectory: z
		.union([z.string(), z.object({ path: text, fsPath: text })])
		.optional()
		.catch(undefined),
	repoData: z.object({ localBranch: text, localHeadCommit: text }).optional().catch(undefined),
});

/** A part of an answer. Markdown has no kind. */
export const ResponsePart = z.object({
	kind: text,
	value: z.unknown().optional(),
	name: text,
	inlineReference: z.unknown().optional(),
	toolCallId: text,
	toolId: text,
	isComplete: flag,
	isConfirmed: z
		.union([z.boolean(), z.object({ type: number })])
		.optional()
		.catch(undefined),
	subAgentInvocationId: text,
	uri: Uri.optional().catch(undefined),
	edits: list,
	baseUri: Uri.optional().catch(undefined),
	toolSpecificData: z
		.object({
			kind: text,
			commandLine: z
				.union([z.string(), z.object({ original: text, userEdited: text, toolEdited: text })])
				.optional()
				.catch(undefined),
			terminalCommandOutput: z.object({ text }).optional().catch(undefined),
			terminalCommandState: z.object({ exitCode: number }).optional().catch(undefined),
			prompt: text,
			result: text,
			modelName: text,
		})
		.optional()
		.catch(undefined),
});
export type ResponsePart = z.infer<typeof ResponsePart>;

/** Kinds of parts that are understood, if only as telling nothing of the turn. */
export const knownKinds = new Set([
	'autoModeResolution',
	'clearToPreviousToolInvocation',
	'codeblockUri',
	'command',
	'confirmation',
	'disabledClaudeHooks',
	'elicitationSerialized',
	'extensions',
	'externalEdit',
	'hook',
	'info',
	'inlineReference',
	'markdownContent',
	'markdownVuln',
	'mcpServersStarting',
	'multiDiffData',
	'notebookEditGroup',
	'planReview',
	'prepareToolInvocation',
	'progressMessage',
	'progressTaskSerialized',
	'pullRequest',
	'questionCarousel',
	'systemNotification',
	'textEditGroup',
	'thinking',
	'toolInvocationSerialized',
	'treeData',
	'undoStop',
	'warning',
	'workspaceEdit',
]);

export const TextEdit = z.object({
	text: z.string(),
	range: z.object({ startLineNumber: z.number(), startColumn: z.number(), endLineNumber: z.number(), endColumn: z.number() }),
});
export type TextEdit = z.infer<typeof TextEdit>;

export const FileEvent = z.object({ uri: Uri, eventKind: z.number() });

/** `state.json` of a chat editing session, as far as it tells what each request found and did, and what the user thought of it. */
export const EditingState = z.object({
	/** Files that were not decided upon, with the hash of their text before. */
	initialFileContents: z
		.array(z.tuple([z.string(), z.string()]))
		.catch([])
		.default([]),
	/** How files stand: 0 modified, 1 accepted, 2 rejected. */
	recentSnapshot: z
		.object({ entries: z.array(z.object({ resource: z.string(), state: z.number(), originalHash: text })).catch([]) })
		.optional()
		.catch(undefined),
	timeline: z.object({
		/** Operations from here on were undone. */
		currentEpoch: number,
		fileBaselines: z.array(z.tuple([z.string(), z.object({ uri: Uri, requestId: z.string(), content: z.string(), epoch: z.number() })])).catch([]),
		operations: z
			.array(
				z.object({
					type: z.string(),
					uri: Uri.optional().catch(undefined),
					requestId: text,
					epoch: z.number(),
					edits: z.array(TextEdit).optional().catch(undefined),
					initialContent: text,
				}),
			)
			.catch([]),
	}),
});
export type EditingState = z.infer<typeof EditingState>;
export type EditingOperation = EditingState['timeline']['operations'][number];

/** The path a resource names on its own machine; remote windows use their own schemes. */
export function pathOf(uri: Uri): string {
	const raw = typeof uri === 'string' ? pathOfText(uri) : (uri.fsPath ?? uri.path ?? pathOfText(uri.external ?? ''));
	return /^\/[A-Za-z]:[\\/]/.test(raw) ? raw.slice(1) : raw;
}

function pathOfText(uri: string): string {
	const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/[^?#]*)/i.exec(uri)?.[1];
	if (rest === undefined) return uri;
	try {
		return decodeURIComponent(rest);
	} catch {
		return rest;
	}
}
