import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, UserError } from '../core/errors';
import { fieldOf, postForJson } from './request';

export interface ServiceAccount {
	readonly project: string;
	/** A token that is good for another minute at least; asked for again when the last one runs out. */
	token(signal: AbortSignal | undefined): Promise<string>;
}

/** Reads a Google service account's key file. Throws a UserError that names the file. */
export async function openServiceAccount(path: string, pauseMs?: number): Promise<ServiceAccount> {
	const key = await keyOf(path);
	let held: { readonly token: string; readonly until: number } | undefined;
	return {
		project: key.project,
		async token(signal) {
			if (held !== undefined && held.until > Date.now() + 60_000) return held.token;
			const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertionOf(key, path) }).toString();
			const headers = { 'content-type': 'application/x-www-form-urlencoded' };
			const answer = await postForJson({ provider: 'vertex_ai', credential: variable, url: key.tokenUri, headers, body, signal, pauseMs });
			const token = fieldOf(answer, 'access_token');
			if (typeof token !== 'string') throw new UserError(`${key.tokenUri} gave no access token for ${key.email}. Check ${variable}.`);
			held = { token, until: Date.now() + Number(fieldOf(answer, 'expires_in') ?? 3600) * 1000 };
			return token;
		},
	};
}

interface Key {
	readonly project: string;
	readonly email: string;
	readonly privateKey: string;
	readonly keyId: string;
	readonly tokenUri: string;
}

const variable = 'GOOGLE_APPLICATION_CREDENTIALS';

async function keyOf(path: string): Promise<Key> {
	if (path === '') throw new UserError(`The embedding provider vertex_ai needs a service account. Set ${variable} to the path of its key file.`);
	let parsed: unknown;
	try {
		parsed = JSON.parse(await readFile(path, 'utf8'));
	} catch (cause) {
		throw new UserError(`${variable}: ${path} cannot be read as JSON (${messageOf(cause).replace(/".*"/s, '…')}).`);
	}
	const text = (name: string, otherwise?: string): string => {
		const value = fieldOf(parsed, name) ?? otherwise;
		if (typeof value !== 'string' || value === '') throw new UserError(`${variable}: ${path} has no ${name}. It must be the key file of a service account.`);
		return value;
	};
	return {
		project: text('project_id'),
		email: text('client_email'),
		privateKey: text('private_key'),
		keyId: text('private_key_id', 'unknown'),
		tokenUri: text('token_uri', 'https://oauth2.googleapis.com/token'),
	};
}

/** A signed statement that says who asks for what; the token service exchanges it for a token. */
function assertionOf(key: Key, path: string): string {
	const now = Math.floor(Date.now() / 1000);
	const header = { alg: 'RS256', typ: 'JWT', kid: key.keyId };
	const claims = { iss: key.email, scope: 'https://www.googleapis.com/auth/cloud-platform', aud: key.tokenUri, iat: now, exp: now + 3600 };
	const unsigned = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
	try {
		return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(key.privateKey, 'base64url')}`;
	} catch {
		throw new UserError(`${variable}: the private key in ${path} cannot be used to sign. Download the key file again.`);
	}
}
