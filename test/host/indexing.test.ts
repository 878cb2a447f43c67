import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { activeExtension, until, workspaceFile } from './editor';

describe('indexing', () => {
	it('makes the functions of the workspace searchable by the command', async () => {
		const { app } = await activeExtension();
		const done = await vscode.commands.executeCommand<string | undefined>('codelearn.index.workspace');
		assert.match(done ?? 'the command failed', /files indexed in \d+ chunks/);
		const { results } = await app.query({ text: 'read a price as people write it' });
		assert.equal(results[0]?.symbol, 'parsePrice');
		assert.equal(results[0].file_path, 'src/price.ts');
	});

	it('says that all is up to date the second time', async () => {
		assert.match((await vscode.commands.executeCommand<string | undefined>('codelearn.index.changed')) ?? '', /up to date/);
	});

	it('finds what was changed on disk by another program', async () => {
		const { app } = await activeExtension();
		const file = workspaceFile('src', 'price.ts').fsPath;
		const before = readFileSync(file, 'utf8');
		writeFileSync(
			file,
			`${before}\n/** Rounds a price to the nearest five cents. */\nexport function roundSwedish(price: number): number {\n\treturn Math.round(price * 20) / 20;\n}\n`,
		);
		try {
			await until('the new function is found', async () => (await app.query({ text: 'roundSwedish' })).results.some(({ symbol }) => symbol === 'roundSwedish'));
		} finally {
			writeFileSync(file, before);
		}
		await until(
			'the function is forgotten again',
			async () => !(await app.query({ text: 'roundSwedish' })).results.some(({ symbol }) => symbol === 'roundSwedish'),
		);
	});
});
