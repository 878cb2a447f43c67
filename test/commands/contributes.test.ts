import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { registered, resetVscode } from '../support/vscodeDouble';
import { registerCommands } from '../../src/commands/commands';
import { settingSpecs } from '../../src/core/settings';
import { commandIds } from '../../src/vscode/commandIds';
import { viewIds } from '../../src/views/trees/registerTrees';
import { mcpProviderId } from '../../src/vscode/register/mcpServer';
import { fakeHost } from '../support/fakeHost';

const root = path.resolve(__dirname, '../..');

interface Contributes {
	commands: { command: string; title: string; category: string; icon?: string }[];
	configuration: { properties: Record<string, Record<string, unknown>> };
	views: { codelearn: { id: string }[] };
	viewsContainers: { activitybar: { icon: string }[] };
	viewsWelcome: { view: string; contents: string }[];
	menus: Record<string, { command: string; when?: string }[]>;
	mcpServerDefinitionProviders: { id: string }[];
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
	contributes: Contributes;
	capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
};
const { contributes } = manifest;
const offered = contributes.commands.map(({ command }) => command).sort();

/** Command of each file in src/commands that defines one. */
function commandFiles(): { file: string; id: string; title: string }[] {
	const folder = path.join(root, 'src/commands');
	return readdirSync(folder).flatMap((file) => {
		const text = readFileSync(path.join(folder, file), 'utf8');
		const [, name] = /defineCommand\(\{\s*id: commandIds\.(\w+)/.exec(text) ?? [];
		const [, title] = /title: '([^']+)'/.exec(text) ?? [];
		return name === undefined ? [] : [{ file, id: commandIds[name as keyof typeof commandIds], title: title ?? '' }];
	});
}

describe('package.json', () => {
	it('offers the commands that have a file, under their titles', () => {
		const files = commandFiles();
		assert.deepEqual(files.map(({ id }) => id).sort(), offered);
		for (const { id, title } of files) assert.equal(contributes.commands.find(({ command }) => command === id)?.title, title);
		assert.deepEqual(new Set(contributes.commands.map(({ category }) => category)), new Set(['Codelearn']));
	});

	it('offers the commands that are registered', () => {
		resetVscode();
		registerCommands(fakeHost());
		assert.deepEqual([...registered.keys()].sort(), offered);
		assert.deepEqual(Object.values(commandIds).sort(), offered);
	});

	it('names commands and views that exist in menus and welcome texts', () => {
		const views = new Set<string>(contributes.views.codelearn.map(({ id }) => id));
		for (const { command } of Object.values(contributes.menus).flat()) assert.ok(offered.includes(command), command);
		for (const { view, contents } of contributes.viewsWelcome) {
			assert.ok(views.has(view), view);
			for (const [, command] of contents.matchAll(/\(command:([\w.]+)\)/g)) assert.ok(offered.includes(command ?? ''), command);
		}
		assert.deepEqual([...views].sort(), Object.values(viewIds).sort());
		assert.ok(contributes.viewsContainers.activitybar.every(({ icon }) => existsSync(path.join(root, icon))));
		assert.deepEqual(
			contributes.mcpServerDefinitionProviders.map(({ id }) => id),
			[mcpProviderId],
		);
	});

	it('offers the settings of the table, with its types, defaults and scopes', () => {
		const expected = Object.fromEntries(
			Object.values(settingSpecs).flatMap((spec) => {
				if (!('key' in spec)) return [];
				const { key, type, default: value, scope, description } = spec;
				const limits = { ...('minimum' in spec && { minimum: spec.minimum }), ...('maximum' in spec && { maximum: spec.maximum }) };
				const choices = { ...('enum' in spec && { enum: [...spec.enum] }), ...('multiline' in spec && { editPresentation: 'multilineText' }) };
				return [[`codelearn.${key}`, { type, default: value, scope, markdownDescription: description, ...limits, ...choices }]];
			}),
		);
		assert.deepEqual(contributes.configuration.properties, expected);
	});

	it('does not let a folder that is not trusted say where data goes', () => {
		const guarded = Object.values(settingSpecs).flatMap((spec) => ('key' in spec && 'needsApproval' in spec ? [`codelearn.${spec.key}`] : []));
		const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
		assert.deepEqual([...guarded, 'codelearn.chroma.command'].sort(), [...restrictedConfigurations].sort());
	});
});
