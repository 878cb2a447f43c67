import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporaryFolder';

const names = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_NOSYSTEM'] as const;

/** A home folder of its own for git, with a configuration, until `restore`. Holds for this process and its children. */
export function gitHome(configuration = ''): { readonly path: string; configure(text: string): void; restore(): void } {
	const folder = temporaryFolder('home');
	const before = names.map((name) => [name, process.env[name]] as const);
	mkdirSync(join(folder.path, '.config'));
	process.env['HOME'] = folder.path;
	process.env['XDG_CONFIG_HOME'] = join(folder.path, '.config');
	process.env['GIT_CONFIG_NOSYSTEM'] = '1';
	const configure = (text: string) => writeFileSync(join(folder.path, '.gitconfig'), text);
	configure(configuration);
	const restore = () => {
		for (const [name, value] of before)
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		folder.remove();
	};
	return { path: folder.path, configure, restore };
}
