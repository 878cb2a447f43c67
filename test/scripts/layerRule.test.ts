import assert from 'node:assert/strict';
import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = path.resolve(__dirname, '../..');

describe('layerRule', () => {
	let eslint: ESLint;
	before(async () => {
		const { layerRule } = (await import(path.join(root, 'scripts/layerRule.mjs'))) as { layerRule: object };
		const config = {
			files: ['**/*.ts'],
			languageOptions: { parser: tseslint.parser },
			plugins: { codelearn: { rules: { layers: layerRule } } },
			rules: { 'codelearn/layers': 'error' },
		} as unknown as ESLint.Options['overrideConfig'];
		eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config ?? [] });
	});

	const complaints = async (file: string, code: string): Promise<string[]> => {
		const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
		return result?.messages.map(({ message }) => message) ?? [];
	};

	const forbidden: readonly (readonly [string, string, string])[] = [
		['an import', 'src/core/turn.ts', "import { App } from '../app/createApp';"],
		['an import of a type', 'src/core/turn.ts', "import type { App } from '../app/createApp';"],
		['a re-export', 'src/core/turn.ts', "export { App } from '../app/createApp';"],
		['a re-export of everything', 'src/core/turn.ts', "export * from '../app/createApp';"],
		['a dynamic import', 'src/core/turn.ts', "void import('../app/createApp');"],
		['a dynamic import by template', 'src/core/turn.ts', 'void import(`../app/createApp`);'],
		['an import type expression', 'src/core/turn.ts', "export type A = import('../app/createApp').App;"],
		['a require', 'src/core/turn.ts', "require('node:fs');"],
		['an import by require', 'src/core/turn.ts', "import fs = require('node:fs');"],
		['vscode in the command line', 'src/cli/main.ts', "import type * as vscode from 'vscode';"],
		['a Node module where the layer has none', 'src/retrieve/rank.ts', "import { readFile } from 'node:fs/promises';"],
		['a Node module without its prefix', 'src/store/x.ts', "import fs from 'fs';"],
		['the outer folder where only the inner one is allowed', 'src/capture/turnAssembler.ts', "import { read } from './chat/claudeCode';"],
		['a file outside every layer', 'src/newFolder/x.ts', "import { z } from 'zod';"],
	];
	for (const [what, file, code] of forbidden) {
		it(`reports ${what}`, async () => {
			assert.equal((await complaints(file, code)).length, 1);
		});
	}

	const allowed: readonly (readonly [string, string, string])[] = [
		['a neighbour', 'src/core/turn.ts', "import { Instant } from './ids';"],
		['a layer that the table names', 'src/app/createApp.ts', "import { x } from '../store/journal/journal';"],
		['a package by its subpath', 'src/mcpBridge/main.ts', "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';"],
		['vscode where it belongs', 'src/extension.ts', "import * as vscode from 'vscode';"],
		['the editor capture from the entry', 'src/extension.ts', "import { edits } from './capture/editor/edits';"],
		['anything in a test', 'test/core/turn.test.ts', "import { x } from '../../src/app/createApp';"],
	];
	for (const [what, file, code] of allowed) {
		it(`lets pass ${what}`, async () => {
			assert.deepEqual(await complaints(file, code), []);
		});
	}

	it('names the layers and what would be allowed', async () => {
		const [message] = await complaints('src/daemon/x.ts', "import { x } from '../store/x';");
		assert.equal(message, 'Layer "daemon" may not import layer "store" (../store/x). It may use: core, app, platform.');
	});
});
