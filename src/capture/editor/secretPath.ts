import { isSecretPath as isSecretEverywhere } from '../../core/secretPath';

/** Every `.env.…` but the templates that are meant to be read, and files called secret. */
const secretNames = /^(\.env\..+|secrets?)$/i;
const templates = /^\.env\.(example|sample|template)$/i;
const secretFolders = new Set(['.ssh', '.aws', '.gnupg', '.kube', '.docker']);

/** What the editor does not even look at: the files that are secret everywhere, and whatever lies in a folder of keys. */
export function isSecretPath(path: string): boolean {
	const parts = path.split(/[\\/]/);
	const name = parts.at(-1) ?? '';
	if (templates.test(name)) return false;
	return isSecretEverywhere(path) || secretNames.test(name) || parts.slice(0, -1).some((part) => secretFolders.has(part));
}
