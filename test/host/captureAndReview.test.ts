import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activeExtension, until, workspaceFile } from './editor';

describe('capture and review', () => {
	it('imports the turns of the workspace by itself once consent was given', async () => {
		const { app, capture, trees } = await activeExtension();
		await capture.allow();
		const turns = await until('two turns of the transcript', async () => {
			const found = await app.listTurns({ review: 'new' });
			return found.turns.length >= 2 && found.turns;
		});
		assert.ok(turns.some(({ prompt_summary }) => prompt_summary.includes('decimal comma')));
		const nodes = (await trees?.review.getChildren()) ?? [];
		assert.ok(nodes.some((node) => node.type === 'turn' && node.turn.prompt_summary.includes('total_by_customer')));
	});

	it('captures an edit in an editor once it is at rest', async () => {
		const { capture, flushEdits } = await activeExtension();
		const document = await vscode.workspace.openTextDocument(workspaceFile('src', 'cart.ts'));
		const editor = await vscode.window.showTextDocument(document);
		const edits = (): number => (capture.state.kind === 'on' ? capture.state.edits : 0);
		const before = edits();
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// typed here\n'));
		await until('the edit is counted', async () => {
			await flushEdits();
			return edits() > before;
		});
		await vscode.commands.executeCommand('workbench.action.files.revert');
	});

	it('captures nothing while paused', async () => {
		const { capture, flushEdits } = await activeExtension();
		await vscode.commands.executeCommand('codelearn.capture.pause');
		const document = await vscode.workspace.openTextDocument(workspaceFile('src', 'cart.ts'));
		const editor = await vscode.window.showTextDocument(document);
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// unseen\n'));
		await flushEdits();
		await vscode.commands.executeCommand('workbench.action.files.revert');
		assert.equal(capture.state.kind, 'paused');
		await vscode.commands.executeCommand('codelearn.capture.resume');
		assert.equal(capture.isOn, true);
	});

	it('shows a promoted turn among the learnings and no longer in review', async () => {
		const { app, trees } = await activeExtension();
		assert.ok(trees);
		const turn = (await app.listTurns({ review: 'new' })).turns.find(({ prompt_summary }) => prompt_summary.includes('decimal comma'));
		assert.ok(turn);
		await app.promote({ turn_id: turn.id, description: 'Prices may have a decimal comma', tags: ['prices'] });
		const { learnings } = trees;
		const groups = await learnings.getChildren();
		const nodes = (await Promise.all(groups.map((group) => learnings.getChildren(group)))).flat();
		assert.deepEqual(
			nodes.map((node) => learnings.getTreeItem(node).label),
			['Prices may have a decimal comma'],
		);
		assert.ok(!(await trees.review.getChildren()).some((node) => node.type === 'turn' && node.id === turn.id));
	});
});
