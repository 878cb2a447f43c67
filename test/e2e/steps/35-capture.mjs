import assert from 'node:assert/strict';

export const steps = [
	{
		name: 'the view of capture shows the assistant of the transcript, with what is known of it',
		run: async ({ workbench }) => {
			await workbench.openView('Codelearn', 'Capture');
			const row = await workbench.treeRow('Capture', 'Claude Code');
			assert.match(await row.innerText(), /\d+ turns?, \d+% whole/);
			assert.match((await row.getAttribute('aria-label')) ?? '', /^Claude Code: capture /);
			await row.click();
			await workbench.treeRow('Capture', 'Seen by transcripts');
			await workbench.treeRow('Capture', 'understood as of version');
			await workbench.screenshot('capture');
			await row.click();
		},
	},
];
