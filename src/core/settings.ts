import { z } from 'zod';

/** Where vectors live. */
export const StoreConfig = z.discriminatedUnion('impl', [
	z.object({
		impl: z.literal('persistent'),
		/** Absolute directory of the embedded Chroma server. */
		path: z.string(),
		/** Set when settings name a store: collections then stand in this one database. Unset: a database a repository. */
		database: z.string().optional(),
		/** The user's own server command instead of the bundled binding. */
		command: z.string().optional(),
	}),
	z.object({
		impl: z.literal('http'),
		url: z.url(),
		headers: z.record(z.string(), z.string()).default({}),
		tenant: z.string().default('default_tenant'),
		database: z.string().default('default_database'),
		/** A shared server gets code and approved learnings; turns only when the user says so. */
		shareTurns: z.boolean().default(false),
	}),
]);
export type StoreConfig = z.infer<typeof StoreConfig>;

export const EmbeddingProvider = z.enum(['default', 'openai', 'huggingface_hub', 'vertex_ai']);
export type EmbeddingProvider = z.infer<typeof EmbeddingProvider>;

export const EmbeddingConfig = z.object({
	provider: EmbeddingProvider.default('default'),
	/** '' means the provider's own default model. */
	model: z.string().default(''),
	apiKey: z.string().default(''),
	/** Other endpoint that speaks the provider's protocol; '' means the provider's own. */
	baseUrl: z.string().default(''),
	/** Vertex AI: path of the service account's key file. */
	credentialsFile: z.string().default(''),
});
export type EmbeddingConfig = z.infer<typeof EmbeddingConfig>;

export const RetrieveWeights = z.object({
	lexical: z.number().min(0).max(10).default(1),
	vector: z.number().min(0).max(10).default(1),
	learnings: z.number().min(0).max(10).default(1),
	turns: z.number().min(0).max(10).default(0),
});
export type RetrieveWeights = z.infer<typeof RetrieveWeights>;

export const LogLevel = z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']);

interface SettingSpec {
	/** Name under `codelearn.` in VS Code; undefined: not offered there. */
	readonly key?: string;
	/** Name in the environment and in a folder's `.env`; undefined: not read from there. */
	readonly env?: string;
	readonly type: 'string' | 'boolean' | 'number';
	readonly enum?: readonly string[];
	readonly default: string | boolean | number;
	readonly minimum?: number;
	readonly maximum?: number;
	/** VS Code's scope; `machine` settings are never taken from a workspace. */
	readonly scope: 'machine' | 'window' | 'resource' | 'machine-overridable';
	/** What a folder's `.env` says of it takes effect only after approval. */
	readonly needsApproval?: boolean;
	/** Kept in the editor's secret storage instead of its settings. */
	readonly secret?: boolean;
	/** Written over several lines. */
	readonly multiline?: boolean;
	readonly description: string;
}

/** Every setting, once. package.json's `contributes.configuration` is checked against this table by a test. */
export const settingSpecs = {
	chromaImpl: {
		key: 'chroma.impl',
		env: 'CHROMA_DB_IMPL',
		type: 'string',
		enum: ['persistent', 'http'],
		default: 'persistent',
		scope: 'machine-overridable',
		needsApproval: true,
		description: 'Where vectors are kept: an embedded Chroma server on this machine, or a Chroma server reached over HTTP.',
	},
	chromaPath: {
		key: 'chroma.path',
		env: 'CHROMA_DB_PATH',
		type: 'string',
		default: '',
		scope: 'machine-overridable',
		needsApproval: true,
		description: 'Directory of the embedded Chroma server. Empty: the user data folder. A relative path starts at the workspace folder.',
	},
	chromaUrl: {
		key: 'chroma.httpUrl',
		env: 'CHROMA_HTTP_URL',
		type: 'string',
		default: '',
		scope: 'machine-overridable',
		needsApproval: true,
		description: 'URL of the Chroma server when `codelearn.chroma.impl` is `http`.',
	},
	chromaHeaders: {
		env: 'CHROMA_HTTP_HEADERS',
		type: 'string',
		default: '',
		scope: 'machine',
		needsApproval: true,
		secret: true,
		description: 'Headers for the Chroma server, `Name: value`, several separated by `;`.',
	},
	chromaDatabase: {
		key: 'chroma.database',
		env: 'CHROMA_DATABASE',
		type: 'string',
		default: '',
		scope: 'machine-overridable',
		needsApproval: true,
		description: 'Chroma database that holds the collections. Empty: one per repository in the default store, `default_database` in a named one.',
	},
	shareTurns: {
		key: 'team.shareTurns',
		env: 'CODELEARN_SHARE_TURNS',
		type: 'boolean',
		default: false,
		scope: 'machine',
		needsApproval: true,
		description: 'Send captured turns, not only code and approved learnings, to a Chroma server that is reached over HTTP.',
	},
	chromaCommand: {
		key: 'chroma.command',
		type: 'string',
		default: '',
		scope: 'machine',
		description: 'Command that starts a Chroma server, instead of the bundled one. `--path`, `--host` and `--port` are appended.',
	},
	embeddingProvider: {
		key: 'embedding.provider',
		env: 'EMBEDDING_MODEL_PROVIDER',
		type: 'string',
		enum: ['default', 'openai', 'huggingface_hub', 'vertex_ai'],
		default: 'default',
		scope: 'machine-overridable',
		needsApproval: true,
		description: 'Who computes embeddings. `default` is the bundled all-MiniLM-L6-v2 on this machine; the others send text to a service.',
	},
	embeddingModel: {
		key: 'embedding.model',
		env: 'EMBEDDING_MODEL_NAME',
		type: 'string',
		default: '',
		scope: 'machine-overridable',
		needsApproval: true,
		description: "Embedding model of the provider. Empty: the provider's usual one.",
	},
	embeddingBaseUrl: {
		key: 'embedding.baseUrl',
		env: 'EMBEDDING_BASE_URL',
		type: 'string',
		default: '',
		scope: 'machine',
		needsApproval: true,
		description: "Another endpoint that speaks the provider's protocol. Empty: the provider's own.",
	},
	openaiApiKey: {
		env: 'OPENAI_API_KEY',
		type: 'string',
		default: '',
		scope: 'machine',
		needsApproval: true,
		secret: true,
		description: 'Key for the openai provider.',
	},
	hfToken: {
		env: 'HF_TOKEN',
		type: 'string',
		default: '',
		scope: 'machine',
		needsApproval: true,
		secret: true,
		description: 'Token for the huggingface_hub provider.',
	},
	googleCredentials: {
		env: 'GOOGLE_APPLICATION_CREDENTIALS',
		type: 'string',
		default: '',
		scope: 'machine',
		needsApproval: true,
		secret: true,
		description: 'Path of the service account key file for the vertex_ai provider.',
	},
	logLevel: {
		key: 'logLevel',
		env: 'LOG_LEVEL',
		type: 'string',
		enum: ['DEBUG', 'INFO', 'WARNING', 'ERROR'],
		default: 'INFO',
		scope: 'window',
		description: 'How much is logged.',
	},
	captureEnabled: {
		key: 'capture.enabled',
		type: 'boolean',
		default: true,
		scope: 'resource',
		description: 'Capture turns and edits in this workspace, once consent was given.',
	},
	redactPatterns: {
		key: 'redact.patterns',
		env: 'CODELEARN_REDACT_PATTERNS',
		type: 'string',
		multiline: true,
		default: '',
		scope: 'machine',
		needsApproval: true,
		description:
			'What must never be kept besides the secrets that are known: regular expressions, one a line, `/expression/flags` or `name: /expression/flags`.',
	},
	retentionDays: {
		key: 'retention.days',
		env: 'CODELEARN_RETENTION_DAYS',
		type: 'number',
		default: 0,
		minimum: 0,
		maximum: 36500,
		scope: 'machine',
		needsApproval: true,
		description: 'Captured turns and edits that are older than this many days are purged for good. 0 keeps all.',
	},
	retentionMegabytes: {
		key: 'retention.megabytes',
		env: 'CODELEARN_RETENTION_MEGABYTES',
		type: 'number',
		default: 0,
		minimum: 0,
		maximum: 1000000,
		scope: 'machine',
		needsApproval: true,
		description: 'The oldest captured turns and edits are purged for good once their texts are larger than this many megabytes. 0 keeps all.',
	},
	captureAttachments: {
		key: 'capture.attachments',
		env: 'CODELEARN_CAPTURE_ATTACHMENTS',
		type: 'boolean',
		default: false,
		scope: 'resource',
		needsApproval: true,
		description: 'Keep images and screenshots of chats on this machine, beside the captured turns.',
	},
	captureAttachmentsLimit: {
		key: 'capture.attachmentsLimit',
		env: 'CODELEARN_CAPTURE_ATTACHMENTS_LIMIT',
		type: 'number',
		default: 2,
		minimum: 0,
		maximum: 10,
		scope: 'resource',
		needsApproval: true,
		description: 'Largest image that is kept, in MiB.',
	},
	mcpToolset: {
		key: 'mcp.toolset',
		env: 'CODELEARN_MCP_TOOLSET',
		type: 'string',
		enum: ['default'],
		default: 'default',
		scope: 'window',
		description: 'Which MCP tools are offered.',
	},
	indexOnSave: { key: 'index.onSave', type: 'boolean', default: true, scope: 'resource', description: 'Index a file again when it is saved.' },
	hover: {
		key: 'hover.enabled',
		type: 'boolean',
		default: true,
		scope: 'resource',
		description: 'Show on hover which turn of an assistant wrote the line.',
	},
	codeLens: {
		key: 'codeLens.enabled',
		type: 'boolean',
		default: false,
		scope: 'resource',
		description: 'Show above each block of lines which turn of an assistant wrote it.',
	},
	gutter: {
		key: 'gutter.enabled',
		type: 'boolean',
		default: false,
		scope: 'resource',
		description: 'Mark the lines that assistants wrote beside the line numbers and in the overview ruler.',
	},
	weightLexical: {
		key: 'query.weights.lexical',
		type: 'number',
		default: 1,
		minimum: 0,
		maximum: 10,
		scope: 'window',
		description: 'Weight of word matches in code.',
	},
	weightVector: {
		key: 'query.weights.vector',
		type: 'number',
		default: 1,
		minimum: 0,
		maximum: 10,
		scope: 'window',
		description: 'Weight of matches by meaning in code.',
	},
	weightLearnings: {
		key: 'query.weights.learnings',
		type: 'number',
		default: 1,
		minimum: 0,
		maximum: 10,
		scope: 'window',
		description: 'Weight of learnings; 0 leaves them out.',
	},
	weightTurns: {
		key: 'query.weights.turns',
		type: 'number',
		default: 0,
		minimum: 0,
		maximum: 10,
		scope: 'window',
		description: 'Weight of past turns; 0 leaves them out.',
	},
	outcomeKeptShare: {
		key: 'outcome.keptShare',
		env: 'CODELEARN_OUTCOME_KEPT_SHARE',
		type: 'number',
		default: 0.5,
		minimum: 0.05,
		maximum: 1,
		scope: 'window',
		description: "Share of what a turn wrote that has to be there for it to count as implemented. Below half, more of what stands there is somebody else's.",
	},
	outcomeWaitDays: {
		key: 'outcome.waitDays',
		env: 'CODELEARN_OUTCOME_WAIT_DAYS',
		type: 'number',
		default: 7,
		minimum: 0,
		maximum: 365,
		scope: 'window',
		description: 'Days after which code that is not committed counts as implemented. A commit says so at once.',
	},
} as const satisfies Record<string, SettingSpec>;

export type SettingName = keyof typeof settingSpecs;
/** Raw values from one origin (editor, environment, `.env`), by setting name. */
export type RawSettings = Partial<Record<SettingName, string | boolean | number>>;

/** Parses `Name: value; Other: value` into headers. Throws a sentence that names the bad part. */
export function parseHeaders(text: string): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const part of text
		.split(';')
		.map((piece) => piece.trim())
		.filter((piece) => piece !== '')) {
		const colon = part.indexOf(':');
		if (colon < 1) throw new Error(`CHROMA_HTTP_HEADERS: "${part.slice(0, 20)}" is not of the form "Name: value". Write several headers separated by ";".`);
		headers[part.slice(0, colon).trim()] = part.slice(colon + 1).trim();
	}
	return headers;
}
