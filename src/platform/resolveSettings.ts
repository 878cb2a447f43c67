import { OutcomeRules } from '../core/outcome';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { CallContext } from '../core/api';
import type { AttachmentWish } from '../core/attachment';
import { UserError, messageOf } from '../core/errors';
import { parseRedactPatterns } from '../core/redactPattern';
import type { RawSettings, SettingName } from '../core/settings';
import { EmbeddingConfig, EmbeddingProvider, LogLevel, RetrieveWeights, StoreConfig, parseHeaders, settingSpecs } from '../core/settings';
import { isApproved } from './approvals';
import type { DataPaths } from './dataPaths';
import { parseDotEnv } from './dotEnv';
import { sha256 } from './hash';

/** What holds in one folder, and what was left out of its `.env` for want of approval. */
export interface ResolvedSettings {
	readonly context: CallContext;
	readonly logLevel: z.infer<typeof LogLevel>;
	/** Settings of the folder's `.env` that wait for a yes. */
	readonly unapproved?: Unapproved;
	readonly notes: readonly string[];
}

export interface Unapproved {
	readonly file: string;
	/** Names and values as they would be used; keys and headers are not shown in full. */
	readonly shown: readonly string[];
	readonly hash: string;
}

export interface SettingsOrigins {
	readonly folder: string;
	readonly editor: RawSettings;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly paths: DataPaths;
}

/** Editor > environment > the folder's `.env` (once approved) > defaults. Throws a UserError that names a value it cannot use. */
export function resolveSettings(origins: SettingsOrigins): ResolvedSettings {
	const { values: dotEnv, notes } = readDotEnv(origins.folder);
	const unapproved = unapprovedOf(dotEnv, origins);
	const allowed = unapproved === undefined ? dotEnv : withoutGuarded(dotEnv);
	const value = (name: SettingName): string | boolean | number =>
		origins.editor[name] ?? fromEnv(name, origins.env) ?? allowed[name] ?? settingSpecs[name].default;
	const text = (name: SettingName) => String(value(name));
	const privacy = privacyOf(text, origins.editor.redactPatterns !== undefined);
	// A folder's `.env` is read again whenever images come in; that it can be used is found out here.
	attachmentsOf(allowed);
	const attachments = attachmentsOfEnvironment(origins.env);
	const context: CallContext = {
		folder: origins.folder,
		store: storeOf(text, origins),
		embedding: embeddingOf(text),
		weights: weightsOf(value),
		outcome: outcomeOf(value),
		...(privacy && { privacy }),
		...(attachments && { attachments }),
	};
	return { context, logLevel: oneOf(LogLevel, 'LOG_LEVEL', text('logLevel').toUpperCase()), notes, ...(unapproved && { unapproved }) };
}

function readDotEnv(folder: string): { values: RawSettings; notes: string[] } {
	const file = join(folder, '.env');
	// A folder of that name is a virtual environment of Python, no settings.
	let text = '';
	try {
		if (folder === '' || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return { values: {}, notes: [] };
		text = readFileSync(file, 'utf8');
	} catch (cause) {
		return { values: {}, notes: [`${file} cannot be read, so it is not used: ${messageOf(cause)}`] };
	}
	const { variables, damaged } = parseDotEnv(text);
	const notes = damaged.map((line) => `${file}:${line} is not of the form NAME=value and was skipped.`);
	return { values: rawOf((env) => variables.get(env)), notes };
}

function rawOf(read: (env: string) => string | undefined): RawSettings {
	const raw: RawSettings = {};
	for (const name of settingNames) {
		const found = fromNamed(name, read);
		if (found !== undefined) raw[name] = found;
	}
	return raw;
}

const settingNames = z.array(z.custom<SettingName>((key) => typeof key === 'string' && key in settingSpecs)).parse(Object.keys(settingSpecs));

function fromNamed(name: SettingName, read: (env: string) => string | undefined): string | undefined {
	const spec = settingSpecs[name];
	const found = 'env' in spec ? read(spec.env) : undefined;
	return found === undefined || found === '' ? undefined : found;
}

function fromEnv(name: SettingName, env: SettingsOrigins['env']): string | undefined {
	return fromNamed(name, (key) => env[key]);
}

function isGuarded(name: SettingName): boolean {
	const spec = settingSpecs[name];
	return 'needsApproval' in spec;
}

function withoutGuarded(values: RawSettings): RawSettings {
	return Object.fromEntries(Object.entries(values).filter(([name]) => settingNames.every((known) => known !== name || !isGuarded(known))));
}

function unapprovedOf(values: RawSettings, { folder, paths }: SettingsOrigins): Unapproved | undefined {
	const guarded = settingNames.filter((name) => isGuarded(name) && values[name] !== undefined && values[name] !== settingSpecs[name].default);
	if (guarded.length === 0) return undefined;
	const hash = sha256(JSON.stringify(guarded.map((name) => [name, values[name]])));
	if (isApproved(paths, folder, hash)) return undefined;
	return { file: join(folder, '.env'), hash, shown: guarded.map((name) => shown(name, String(values[name]))) };
}

function shown(name: SettingName, value: string): string {
	const spec = settingSpecs[name];
	const env = 'env' in spec ? spec.env : name;
	return 'secret' in spec ? `${env}=… (${value.length} characters)` : `${env}=${value}`;
}

function storeOf(text: (name: SettingName) => string, { folder, paths }: SettingsOrigins): StoreConfig {
	const impl = text('chromaImpl');
	const database = text('chromaDatabase');
	if (impl === 'http') {
		const url = text('chromaUrl');
		if (!URL.canParse(url))
			throw new UserError(
				`CHROMA_DB_IMPL is http, but CHROMA_HTTP_URL is ${url === '' ? 'not set' : `"${url}", which is no URL`}. Set it to the server's address, for example http://chroma.example:8000.`,
				2,
			);
		return StoreConfig.parse({
			impl: 'http',
			url,
			headers: headersOf(text('chromaHeaders')),
			shareTurns: /^(1|true|yes)$/i.test(text('shareTurns')),
			...(database !== '' && { database }),
		});
	}
	if (impl !== 'persistent')
		throw new UserError(`CHROMA_DB_IMPL is "${impl}". Use "persistent" (a server on this machine) or "http" (with CHROMA_HTTP_URL).`, 2);
	const named = text('chromaPath');
	const command = text('chromaCommand');
	const fixed = database !== '' ? database : named !== '' ? 'default_database' : undefined;
	return StoreConfig.parse({
		impl,
		path: named === '' ? paths.chroma : resolve(folder, named),
		...(fixed && { database: fixed }),
		...(command !== '' && { command }),
	});
}

function headersOf(text: string): Record<string, string> {
	try {
		return parseHeaders(text);
	} catch (cause) {
		throw new UserError(cause instanceof Error ? cause.message : String(cause), 2, { cause });
	}
}

function embeddingOf(text: (name: SettingName) => string): EmbeddingConfig {
	const provider = oneOf(EmbeddingProvider, 'EMBEDDING_MODEL_PROVIDER', text('embeddingProvider'));
	const keys = { default: '', openai: text('openaiApiKey'), huggingface_hub: text('hfToken'), vertex_ai: '' };
	return EmbeddingConfig.parse({
		provider,
		model: text('embeddingModel'),
		apiKey: keys[provider],
		baseUrl: text('embeddingBaseUrl'),
		credentialsFile: text('googleCredentials'),
	});
}

function weightsOf(value: (name: SettingName) => string | boolean | number): RetrieveWeights {
	const parsed = RetrieveWeights.safeParse({
		lexical: value('weightLexical'),
		vector: value('weightVector'),
		learnings: value('weightLearnings'),
		turns: value('weightTurns'),
	});
	if (!parsed.success) throw new UserError(`codelearn.query.weights.${String(parsed.error.issues[0]?.path[0])} is no number from 0 to 10.`, 2);
	return parsed.data;
}

function outcomeOf(value: (name: SettingName) => string | boolean | number): OutcomeRules {
	const parsed = OutcomeRules.safeParse({ keptShare: Number(value('outcomeKeptShare')), waitDays: Number(value('outcomeWaitDays')) });
	if (!parsed.success)
		throw new UserError(
			'codelearn.outcome.keptShare (CODELEARN_OUTCOME_KEPT_SHARE) is a number from 0.05 to 1, codelearn.outcome.waitDays (CODELEARN_OUTCOME_WAIT_DAYS) one from 0 to 365.',
			2,
		);
	return parsed.data;
}

/** An editor says what holds even when it says nothing; an environment without the variables knows nothing. */
function privacyOf(text: (name: SettingName) => string, isEditor: boolean): CallContext['privacy'] {
	const said = { patterns: text('redactPatterns'), keepDays: limitOf('retentionDays', text), keepMegabytes: limitOf('retentionMegabytes', text) };
	if (!isEditor && said.patterns === '' && said.keepDays === 0 && said.keepMegabytes === 0) return undefined;
	try {
		parseRedactPatterns(said.patterns);
	} catch (cause) {
		throw new UserError(`codelearn.redact.patterns (CODELEARN_REDACT_PATTERNS): ${messageOf(cause)}. Correct it or take it out.`, 2, { cause });
	}
	return { from: isEditor ? 'editor' : 'environment', ...said };
}

/** What variables say of images; undefined where they say nothing. Throws a UserError that names a value it cannot use. */
export function attachmentsOfEnvironment(env: SettingsOrigins['env']): AttachmentWish | undefined {
	return attachmentsOf({ captureAttachments: fromEnv('captureAttachments', env), captureAttachmentsLimit: fromEnv('captureAttachmentsLimit', env) });
}

/** What a folder's own `.env` says of images: undefined where it says nothing or cannot be used. To keep none needs no approval. */
export function attachmentsOfDotEnv(folder: string, paths: DataPaths): AttachmentWish | undefined {
	const { values } = readDotEnv(folder);
	try {
		const wish = attachmentsOf(values);
		if (wish === undefined || unapprovedOf(values, { folder, paths, env: {}, editor: {} }) === undefined) return wish;
		return wish.keep === false ? { keep: false } : undefined;
	} catch {
		// Said to whoever uses that folder next.
		return undefined;
	}
}

function attachmentsOf({
	captureAttachments: keep,
	captureAttachmentsLimit: limit,
}: { [K in keyof RawSettings]: RawSettings[K] | undefined }): AttachmentWish | undefined {
	if (keep === undefined && limit === undefined) return undefined;
	return {
		...(keep !== undefined && { keep: isYes(settingSpecs.captureAttachments.env, String(keep)) }),
		...(limit !== undefined && { max_bytes: megabytes(String(limit), settingSpecs.captureAttachmentsLimit.env) }),
	};
}

/** Bytes of a limit for images that was written in MiB. Throws a UserError when it is no such limit. */
export function megabytes(text: string, name: string): number {
	const { maximum } = settingSpecs.captureAttachmentsLimit;
	const limit = text.trim() === '' ? Number.NaN : Number(text);
	if (!(limit >= 0 && limit <= maximum)) throw new UserError(`${name} is "${text}", which is no number of MiB from 0 to ${maximum}.`, 2);
	return Math.round(limit * 1024 * 1024);
}

function isYes(name: string, text: string): boolean {
	const isOn = /^(1|true|yes)$/i.test(text);
	if (!isOn && !/^(0|false|no)$/i.test(text)) throw new UserError(`${name} is "${text}". Use 1 or 0.`, 2);
	return isOn;
}

function limitOf(name: 'retentionDays' | 'retentionMegabytes', text: (name: SettingName) => string): number {
	const { key, env } = settingSpecs[name];
	const limit = Number(text(name));
	if (!Number.isFinite(limit) || limit < 0) throw new UserError(`codelearn.${key} (${env}) is "${text(name)}", which is no number from 0 (keep all).`, 2);
	return limit;
}

function oneOf<T extends string>(schema: z.ZodType<T> & { options: readonly T[] }, name: string, value: string): T {
	const parsed = schema.safeParse(value);
	if (!parsed.success) throw new UserError(`${name} is "${value}". Use one of: ${schema.options.join(', ')}.`, 2);
	return parsed.data;
}
