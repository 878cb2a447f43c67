/** What stands in place of the text of a file whose path says that it holds secrets. */
export const notCaptured = '[not captured: secret file]';

/**
 * True for files that hold secrets by their name alone: environment files, keys, key stores, credentials.
 * Templates that are meant to be shared (`.env.example`) are not. Judges the path only; never reads the file.
 */
export function isSecretPath(path: string): boolean {
	const parts = path.toLowerCase().split(/[\\/]+/);
	const name = parts.at(-1) ?? '';
	if (name === '') return false;
	if (isTemplate(name)) return false;
	return secretNames.some((pattern) => pattern.test(name)) || insideSecretFolder(parts);
}

const secretNames: readonly RegExp[] = [
	/^\.env(\..+|rc)?$/,
	/\.env$/,
	/\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|ovpn|mobileprovision|p8)$/,
	/^id_(rsa|dsa|ecdsa|ed25519)(_sk)?([._-].*)?$/,
	/^[._]?(npmrc|netrc|pypirc|pgpass|htpasswd|git-credentials|dockercfg|yarnrc\.secret|my\.cnf|boto|s3cfg|vault-token)$/,
	/^credentials(\.(json|ya?ml|toml|ini|xml|csv|txt))?$/,
	/^(client_secret|service[-_]?account).*\.json$/,
	/^(secrets?|secret[-_]?keys?)\.(json|ya?ml|toml|ini|env|txt|properties)$/,
	/^application_default_credentials\.json$/,
];

function isTemplate(name: string): boolean {
	return /\.(example|sample|template|dist|defaults?)$/.test(name) || /^\.env\.(example|sample|template)\b/.test(name) || name.endsWith('.pub');
}

/** Folders in which everything but a few public files is private. */
function insideSecretFolder(parts: readonly string[]): boolean {
	const name = parts.at(-1) ?? '';
	const folder = parts.at(-2) ?? '';
	if (parts.slice(0, -1).includes('.ssh')) return !/^(config|known_hosts(\.old)?)$/.test(name);
	if (parts.slice(0, -1).includes('.gnupg')) return true;
	if (folder === '.aws') return name === 'credentials';
	if (folder === '.docker') return name === 'config.json';
	if (folder === '.kube') return name === 'config';
	return false;
}
