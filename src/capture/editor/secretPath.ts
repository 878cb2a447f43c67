const secretNames: readonly RegExp[] = [
	/^\.env(\..+)?$/i,
	/^\.?(netrc|npmrc|pypirc|git-credentials|htpasswd|pgpass|dockercfg)$/i,
	/^id_(rsa|dsa|ecdsa|ed25519)/i,
	/\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)$/i,
	/^(credentials|secrets?)(\.(json|ya?ml|toml|ini|txt))?$/i,
];

const secretFolders = new Set(['.ssh', '.aws', '.gnupg', '.kube', '.docker']);

/** True for files that hold keys by their name; nothing of them is captured, whatever is in them. A template of `.env` is no secret. */
export function isSecretPath(path: string): boolean {
	const parts = path.split(/[\\/]/);
	const name = parts.at(-1) ?? '';
	if (/^\.env\.(example|sample|template)$/i.test(name)) return false;
	return parts.slice(0, -1).some((part) => secretFolders.has(part)) || secretNames.some((pattern) => pattern.test(name));
}
