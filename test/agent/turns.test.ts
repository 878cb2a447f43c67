import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { turnId } from '../../src/core/ids';
import type { Turn } from '../../src/core/turn';
import { sha256 } from '../../src/platform/hash';
import { activeExtension, until, workspaceFile } from '../host/editor';
import { allTurns, editsOf, onDisk, personsEdits, toolsOf, turnOf } from './captured';
import { ask, enableAgent, stepsLeft, type Call } from './chat';

const at = (name: string): string => workspaceFile(...name.split('/')).fsPath;
const read = (name: string): Call[] => [{ name: 'read_file', input: { filePath: at(name), startLine: 1, endLine: 10 } }];
const replace = (name: string, oldString: string, newString: string): Call[] => [
	{ name: 'replace_string_in_file', input: { filePath: at(name), oldString, newString } },
];
const create = (name: string, content: string): Call[] => [{ name: 'create_file', input: { filePath: at(name), content } }];
/** Replaces words in files, as a codemod does. */
const rewrite = (changes: readonly (readonly [file: string, from: string, to: string])[]): Call[] => {
	const list = JSON.stringify(changes).replaceAll('"', "'");
	return terminal(`node -e "const fs = require('fs'); for (const [f, a, b] of ${list}) fs.writeFileSync(f, fs.readFileSync(f, 'utf8').replace(a, b))"`);
};
const terminal = (command: string): Call[] => [
	{ name: 'run_in_terminal', input: { command, explanation: 'tests', goal: 'tests', mode: 'sync', isBackground: false, timeout: 15_000 } },
];

/** The editor writes the texts of edits a moment after the chat. */
const isRecorded = (turn: Turn): boolean => turn.capture_fidelity === 'recorded';
const isCompared = ({ edits }: Turn): boolean => ['recorded', 'snapshot'].every((fidelity) => edits.some((edit) => edit.fidelity === fidelity));
const isUndone = ({ edits }: Turn): boolean => edits.length > 0 && edits.every(({ state }) => state === 'undone');

/** What a scenario leaves to be checked once all were played: VS Code writes its sessions seconds later. */
type Check = () => Promise<void>;

let codelearn: ExtensionApi;
const titles: string[] = [];
const checks = new Map<string, Check>();

/** Waits until the agent's edit is saved and the editor's events of it are handed over. */
async function settled(name: string, text: string): Promise<void> {
	await until(`${name} holds "${text}"`, () => onDisk(name)?.includes(text) === true, 10_000);
	await codelearn.flushEdits();
}

describe('the editor’s own agent', function () {
	this.timeout(120_000); // a busy machine is slow

	/** Plays a scenario now; its turn is looked at later. */
	const plays = (title: string, play: () => Promise<Check>): void => {
		titles.push(title);
		it(title, async () => {
			checks.set(title, await play());
		});
	};

	before(async () => {
		codelearn = await activeExtension();
		await codelearn.capture.allow();
		await codelearn.app.status({});
		await enableAgent();
	});

	plays('reads, edits, creates and runs: its hook brings the turn in', async () => {
		const before = onDisk('src/price.ts');
		await ask({
			prompt: 'Show tenths of a cent',
			script: [
				{ text: 'I look. ', tools: read('src/price.ts') },
				{ text: 'I edit. ', tools: replace('src/price.ts', 'price.toFixed(2)', 'price.toFixed(3)') },
				{ text: 'I add a test. ', tools: create('price.test.js', "console.log('1 passed');\n") },
				{ text: 'I run it. ', tools: terminal('node price.test.js') },
				{ text: 'Prices have three digits.' },
			],
		});
		assert.equal(stepsLeft(), 0);
		await settled('src/price.ts', 'toFixed(3)');
		const after = onDisk('src/price.ts');
		return async () => {
			const turn = await turnOf(codelearn.app, 'Show tenths of a cent', 'by hooks', isRecorded);
			assert.equal(turn.state, 'complete');
			assert.equal(turn.response, 'I look. I edit. I add a test. I run it. Prices have three digits.');
			assert.equal(turn.model, 'scripted');
			assert.deepEqual(toolsOf(turn), [
				['read_file', 'read', true],
				['replace_string_in_file', 'edit', true],
				['create_file', 'create', true],
				['run_in_terminal', 'run', true],
			]);
			assert.match(turn.tools[3]?.output ?? '', /1 passed/);
			assert.deepEqual(
				turn.edits.map(({ file_path, before, after, whole }) => [file_path, before, after, whole]),
				[
					['src/price.ts', before, after, true],
					['price.test.js', null, onDisk('price.test.js'), true],
				],
			);
			assert.equal(turn.capture_fidelity, 'recorded');
		};
	});

	plays('goes on in the session after a person edited the same file', async () => {
		const document = await vscode.workspace.openTextDocument(workspaceFile('src', 'price.ts'));
		await vscode.window.showTextDocument(document);
		await vscode.commands.executeCommand('cursorBottom');
		for (const text of '// prices of a person') await vscode.commands.executeCommand('type', { text });
		await document.save();
		await codelearn.flushEdits();
		const before = onDisk('src/price.ts');
		await ask({ prompt: 'Now four digits', fresh: false, script: [{ tools: replace('src/price.ts', 'toFixed(3)', 'toFixed(4)') }, { text: 'Four it is.' }] });
		await settled('src/price.ts', 'toFixed(4)');
		const after = onDisk('src/price.ts');
		return async () => {
			const first = await turnOf(codelearn.app, 'Show tenths of a cent', 'by looking');
			const turn = await turnOf(codelearn.app, 'Now four digits', 'by looking', isRecorded);
			assert.equal(turn.session_id, first.session_id);
			assert.deepEqual(
				turn.edits.map((edit) => [edit.before, edit.after, edit.fidelity]),
				[[before, after, 'recorded']],
			);
		};
	});

	plays('reads two files at once', async () => {
		await ask({
			prompt: 'Compare both',
			script: [{ text: 'Both. ', tools: [...read('src/cart.ts'), ...read('tools/report.py')] }, { text: 'Compared.' }],
		});
		return async () => {
			const turn = await turnOf(codelearn.app, 'Compare both', 'by looking');
			assert.deepEqual(
				turn.tools.map(({ name, ok, output }) => [name, ok, /interface Item|def load_orders/.exec(output ?? '')?.[0]]),
				[
					['read_file', true, 'interface Item'],
					['read_file', true, 'def load_orders'],
				],
			);
			assert.deepEqual([turn.edits, turn.capture_fidelity], [[], 'none']);
		};
	});

	plays('patches two files by one call', async () => {
		const names = ['src/cart.ts', 'tools/report.py'] as const;
		const before = names.map(onDisk);
		const patch = [
			'*** Begin Patch',
			`*** Update File: ${at('src/cart.ts')}`,
			'@@',
			'-\treceipt(): string {',
			'+\tbill(): string {',
			`*** Update File: ${at('tools/report.py')}`,
			'@@',
			'-import csv',
			'+import csv',
			'+import sys',
			'*** End Patch',
		].join('\n');
		const script = [{ text: 'Patching. ', tools: [{ name: 'apply_patch', input: { explanation: 'rename', input: patch } }] }, { text: 'Patched.' }];
		await ask({ prompt: 'Rename receipt', model: 'scripted-gpt', script });
		await settled('src/cart.ts', 'bill()');
		await settled('tools/report.py', 'import sys');
		const after = names.map(onDisk);
		return async () => {
			const turn = await turnOf(codelearn.app, 'Rename receipt', 'by looking', isRecorded);
			assert.equal(turn.response, 'Patching. Patched.');
			assert.deepEqual(toolsOf(turn), [['apply_patch', 'edit', true]]);
			assert.deepEqual(
				turn.edits.map((edit) => [edit.file_path, edit.before, edit.after, edit.tool_id, edit.fidelity]),
				names.map((name, index) => [name, before[index], after[index], turn.tools[0]?.id, 'recorded']),
			);
		};
	});

	plays('fails to edit what is not there', async () => {
		await ask({
			prompt: 'Edit what is not there',
			script: [{ tools: replace('src/cart.ts', 'nothing like this', 'something') }, { text: 'It is not there.' }],
		});
		return async () => {
			const turn = await turnOf(codelearn.app, 'Edit what is not there', 'by looking');
			assert.deepEqual(toolsOf(turn), [['replace_string_in_file', 'edit', false]]);
			assert.deepEqual([turn.state, turn.edits], ['complete', []]);
		};
	});

	plays('lets a sub-agent work, whose turn stands under its own', async () => {
		const before = onDisk('tools/report.py');
		await ask({
			prompt: 'Delegate the wording',
			script: [
				{ text: 'I delegate. ', tools: [{ name: 'runSubagent', input: { prompt: 'Word it better', description: 'wording' } }] },
				{ text: 'I word. ', tools: replace('tools/report.py', 'Reports about orders.', 'Reports on orders.') },
				{ text: 'Worded.' },
				{ text: 'It is worded.' },
			],
		});
		await settled('tools/report.py', 'Reports on orders.');
		const after = onDisk('tools/report.py');
		return async () => {
			const parent = await turnOf(codelearn.app, 'Delegate the wording', 'by looking');
			const child = await turnOf(codelearn.app, 'Word it better', 'by looking', isRecorded);
			assert.deepEqual([toolsOf(parent), parent.edits, parent.response], [[['runSubagent', 'agent', true]], [], 'I delegate. It is worded.']);
			assert.equal(child.parent_turn_id, turnId(sha256, parent.assistant, parent.session_id, parent.turn_key));
			assert.deepEqual([toolsOf(child), child.response, child.state], [[['replace_string_in_file', 'edit', true]], 'Worded.', 'complete']);
			assert.deepEqual(
				child.edits.map((edit) => [edit.file_path, edit.before, edit.after, edit.tool_id]),
				[['tools/report.py', before, after, child.tools[0]?.id]],
			);
		};
	});

	plays('tries again after an error of the model', async () => {
		await ask({ prompt: 'Fail once', script: [{ error: 'overloaded' }, { text: 'Now it works.' }] });
		return async () => {
			const turn = await turnOf(codelearn.app, 'Fail once', 'by looking');
			assert.deepEqual([turn.state, turn.response], ['complete', 'Now it works.']);
		};
	});

	plays('gives up when the model goes on failing', async () => {
		const answer = await ask({ prompt: 'Fail for good', script: Array.from({ length: 20 }, () => ({ error: 'overloaded' })) });
		assert.match(answer.errorDetails?.message ?? '', /overloaded/);
		return async () => {
			const turn = await turnOf(codelearn.app, 'Fail for good', 'by looking');
			assert.deepEqual([turn.state, turn.tools], ['failed', []]);
		};
	});

	plays('is cancelled in the middle', async () => {
		const before = onDisk('src/cart.ts');
		const answer = ask({
			prompt: 'Wait for me',
			script: [
				{ text: 'I begin. ', tools: replace('src/cart.ts', 'is about to buy', 'will buy') },
				{ text: 'I wait. ', waitMs: 30_000 },
			],
		});
		await settled('src/cart.ts', 'will buy');
		await until('the model is asked again', () => stepsLeft() === 0);
		await vscode.commands.executeCommand('workbench.action.chat.cancel');
		await answer;
		const after = onDisk('src/cart.ts');
		return async () => {
			const turn = await turnOf(codelearn.app, 'Wait for me', 'by looking', isRecorded);
			assert.equal(turn.state, 'cancelled');
			assert.match(turn.response, /^I begin\./);
			assert.deepEqual(toolsOf(turn), [['replace_string_in_file', 'edit', true]]);
			assert.deepEqual(
				turn.edits.map((edit) => [edit.before, edit.after, edit.state]),
				[[before, after, 'applied']],
			);
		};
	});

	plays('has all its edits taken back', async () => {
		const before = onDisk('README.md');
		const tools = [...replace('README.md', 'A shop', 'The shop'), ...create('src/gone.ts', 'export const gone = true;\n')];
		await ask({ prompt: 'Edit for nothing', script: [{ tools }, { text: 'Edited.' }] });
		await settled('README.md', 'The shop');
		await until('all is taken back', async () => {
			// Does nothing until the editor counts the edits as undecided.
			await vscode.commands.executeCommand('chatEditing.discardAllFiles');
			return onDisk('README.md') === before && onDisk('src/gone.ts') === null;
		});
		await codelearn.flushEdits();
		return async () => {
			const turn = await turnOf(codelearn.app, 'Edit for nothing', 'by looking', isUndone);
			assert.deepEqual(editsOf(turn), [
				['README.md', 'edit', 'undone'],
				['src/gone.ts', 'create', 'undone'],
			]);
		};
	});

	plays('has its last answer undone', async () => {
		writeFileSync(at('src/undo.ts'), 'export const one = 1;\n');
		await ask({ prompt: 'Edit and undo', script: [{ tools: replace('src/undo.ts', 'one = 1', 'one = 2') }, { text: 'Two.' }] });
		await settled('src/undo.ts', 'one = 2');
		await vscode.commands.executeCommand('workbench.action.chat.undoEdit');
		await settled('src/undo.ts', 'one = 1');
		return async () => {
			const turn = await turnOf(codelearn.app, 'Edit and undo', 'by looking', isUndone);
			assert.deepEqual(editsOf(turn), [['src/undo.ts', 'edit', 'undone']]);
		};
	});

	plays('has its edits kept', async () => {
		writeFileSync(at('src/keep.ts'), 'export const two = 1;\n');
		await ask({ prompt: 'Edit and keep', script: [{ tools: replace('src/keep.ts', 'two = 1', 'two = 2') }, { text: 'Two.' }] });
		await settled('src/keep.ts', 'two = 2');
		await vscode.commands.executeCommand('chatEditing.acceptAllFiles');
		await ask({ prompt: 'Go on after keeping', fresh: false, script: [{ text: 'I go on.' }] });
		return async () => {
			await turnOf(codelearn.app, 'Go on after keeping', 'by looking');
			const turn = await turnOf(codelearn.app, 'Edit and keep', 'by looking');
			assert.deepEqual(editsOf(turn), [['src/keep.ts', 'edit', 'applied']]);
		};
	});

	plays('lets a command edit what it edited, while a person writes elsewhere', async () => {
		const report = [onDisk('tools/report.py')];
		const manifest = [onDisk('package.json')];
		const document = await vscode.workspace.openTextDocument(workspaceFile('README.md'));
		const answer = ask({
			prompt: 'Let a command edit',
			script: [
				{ waitMs: 600, text: 'I edit. ', tools: replace('tools/report.py', 'Adds up the amounts', 'Sums the amounts') },
				{
					waitMs: 1500, // long enough for the person
					text: 'I run. ',
					tools: rewrite([
						['tools/report.py', 'Sums', 'Totals'],
						['package.json', 'shop', 'store'],
					]),
				},
				{ waitMs: 600, text: 'All is renamed.' },
			],
		});
		await until('the model is asked for the command', () => stepsLeft() === 1);
		await vscode.window.showTextDocument(document);
		await vscode.commands.executeCommand('cursorBottom');
		await vscode.commands.executeCommand('type', { text: 'Written by a person.' });
		await document.save();
		assert.equal(stepsLeft(), 1, 'the person was faster than the model');
		await answer;
		await settled('tools/report.py', 'Totals the amounts');
		await settled('package.json', 'store');
		report.push(report[0]?.replace('Adds up', 'Sums') ?? null, onDisk('tools/report.py'));
		manifest.push(onDisk('package.json'));
		return async () => {
			const turn = await turnOf(codelearn.app, 'Let a command edit', 'by looking', isCompared);
			assert.deepEqual(toolsOf(turn), [
				['replace_string_in_file', 'edit', true],
				['run_in_terminal', 'run', true],
			]);
			const [edit, run] = turn.tools.map(({ id }) => id);
			assert.deepEqual(
				turn.edits.map(({ file_path, before, after, whole, fidelity, tool_id }) => [file_path, before, after, whole, fidelity, tool_id]),
				[
					['tools/report.py', report[0], report[1], true, 'recorded', edit],
					['package.json', manifest[0], manifest[1], true, 'snapshot', run],
					['tools/report.py', report[1], report[2], true, 'snapshot', run],
				],
			);
			assert.equal(turn.capture_fidelity, 'snapshot');
		};
	});

	plays('is refused an edit and a command', async () => {
		await vscode.workspace.getConfiguration('chat').update('permissions.default', 'default', vscode.ConfigurationTarget.Global);
		const answer = await ask({
			prompt: 'Do what is not allowed',
			script: [{ tools: create('.vscode/tasks.json', '{}\n') }, { tools: terminal('node -e 1') }, { text: 'Then not.' }],
		});
		assert.equal(answer.type, 'confirmation');
		await vscode.commands.executeCommand('workbench.action.chat.skipTool');
		await until('the command is asked for', async () => {
			if (stepsLeft() === 1) await vscode.commands.executeCommand('workbench.action.chat.skipTool');
			return stepsLeft() === 0;
		});
		return async () => {
			const turn = await turnOf(codelearn.app, 'Do what is not allowed', 'by looking');
			assert.equal(onDisk('.vscode/tasks.json'), null);
			assert.deepEqual(toolsOf(turn), [
				['create_file', 'create', false],
				['run_in_terminal', 'run', false],
			]);
			assert.deepEqual(editsOf(turn), [['.vscode/tasks.json', 'create', 'rejected']]);
		};
	});
});

describe('what the agent did ends in Codelearn', function () {
	this.timeout(120_000); // a busy machine is slow

	for (const title of titles) {
		it(title, async () => {
			const check = checks.get(title);
			assert.ok(check, 'it was played');
			await check();
		});
	}

	it('has one turn a prompt and a sub-agent, and no edit of it is taken for a person’s', async () => {
		await codelearn.flushEdits();
		assert.deepEqual(
			(await allTurns(codelearn.app)).map(({ prompt }) => prompt),
			[
				'Show tenths of a cent',
				'Now four digits',
				'Compare both',
				'Rename receipt',
				'Edit what is not there',
				'Delegate the wording',
				'Word it better',
				'Fail once',
				'Fail for good',
				'Wait for me',
				'Edit for nothing',
				'Edit and undo',
				'Edit and keep',
				'Go on after keeping',
				'Let a command edit',
				'Do what is not allowed',
			],
		);
		assert.deepEqual(
			personsEdits().map(({ file_path, after, reason }) => [file_path, after.split('\n')[0], reason]),
			[
				['src/price.ts', '// prices of a person', 'typed'],
				['README.md', 'Written by a person.', 'typed'],
			],
		);
	});
});
