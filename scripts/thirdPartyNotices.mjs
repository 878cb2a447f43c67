import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * The licences of every package that went into the bundles (as esbuild's metafiles tell) or that is shipped as it is in one of `folders`.
 * A package that brings no licence file is listed with the licence its package.json names.
 */
export function thirdPartyNotices(root, metafiles, folders) {
	const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
	const bundled = inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []).map((folder) => path.join(root, folder));
	const notices = new Map([...bundled, ...folders].map((folder) => notice(folder)).filter((found) => found !== undefined));
	return [...notices.entries()]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([title, text]) => `${title}\n\n${text.trim()}\n`)
		.join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(folder) {
	const manifest = path.join(folder, 'package.json');
	if (!existsSync(manifest)) return undefined;
	const { name, version, license } = JSON.parse(readFileSync(manifest, 'utf8'));
	const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
	const text = files.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n\n');
	return [`${name} ${version} (${license ?? 'see below'})`, text === '' ? `The package holds no licence file. Its package.json says: ${license}.` : text];
}
