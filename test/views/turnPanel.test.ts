import assert from 'node:assert/strict';
import { panelHtml } from '../../src/views/panelHtml';
import { diffHtml } from '../../src/views/review/diffHtml';
import { FromPanel } from '../../src/views/review/messages';
import { panelTurn } from '../../src/views/review/panelTurn';
import { learningMarkdown } from '../../src/views/learningMarkdown';
import { fakeApp } from '../support/fakeApp';

describe('turn panel', () => {
	it('is a page on which nothing runs but its own script', () => {
		const page = panelHtml({ title: '<T>', cspSource: 'https://local', nonce: 'abc', scriptUri: 'https://local/p.js', styleUris: ['https://local/p.css'] });
		const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
		assert.equal(policy, "default-src 'none'; style-src https://local; script-src 'nonce-abc'; base-uri 'none'; form-action 'none'");
		assert.deepEqual(
			[...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag),
			['<script nonce="abc" src="https://local/p.js">'],
		);
		assert.ok(!/ on\w+=|<style|unsafe/.test(page));
		assert.ok(page.includes('&lt;T&gt;'));
	});

	it('shows a diff with everything out of it escaped', () => {
		const evil = '<img src=x onerror=alert(1)>';
		const { html } = diffHtml(`--- a/${evil}.ts\n+++ b/${evil}.ts\n@@ -1,1 +1,1 @@ ${evil}\n-${evil}\n+"${evil}"\n`);
		assert.ok(html.includes('&lt;img'));
		assert.ok(!html.includes('<img'));
		assert.ok(!/style=|<script/.test(html));
	});

	it('says how much of a very long diff is shown', () => {
		const lines = Array.from({ length: 9000 }, (_, index) => `+line ${index}`);
		const { html, note } = diffHtml(`--- a/x\n+++ b/x\n@@ -0,0 +1,9000 @@\n${lines.join('\n')}\n`);
		assert.match(note, /first 4000 of 900\d lines/);
		assert.ok(!html.includes('line 5000'));
	});

	it('is given all that a turn holds', async () => {
		const app = fakeApp();
		const edits = [{ file_path: 'src/a.ts', before: 'a', after: 'b', whole: false, fidelity: 'recorded' as const }];
		const id = await app.put({ prompt: 'Fix it', response: 'Fixed.', tools: [{ name: 'Edit', kind: 'edit', ok: true }], edits });
		const shown = panelTurn(await app.getTurn({ id }));
		assert.deepEqual([shown.prompt, shown.response, shown.files, shown.review], ['Fix it', 'Fixed.', ['src/a.ts'], 'new']);
		assert.deepEqual(shown.tools, [{ name: 'Edit', kind: 'edit', ok: true }]);
		assert.match(shown.diffHtml, /d2h-ins/);
		assert.deepEqual(Object.fromEntries(shown.facts)['Assistant'], 'claude-code');
	});

	it('listens to its own messages alone', () => {
		for (const message of [{ type: 'ready' }, { type: 'promote' }, { type: 'openFile', file_path: 'a' }]) assert.ok(FromPanel.safeParse(message).success);
		for (const message of [undefined, 'ready', { type: 'run' }, { type: 'openFile' }]) assert.ok(!FromPanel.safeParse(message).success);
	});
});

describe('page of a learning', () => {
	it('shows what is known and cannot be broken out of', async () => {
		const app = fakeApp();
		const learning = await app.promote({ description: 'Use `x`\n# not a heading', pattern: '```\n# neither\n```', tags: ['a', 'b'] });
		const text = learningMarkdown(learning);
		assert.match(text, /^# Use \\`x\\` \\# not a heading\n/);
		assert.match(text, /````\n```\n# neither\n```\n````/);
		assert.match(text, /- \*\*Tags\*\* a, b/);
		assert.ok(!text.includes('Kind of change'));
	});
});
