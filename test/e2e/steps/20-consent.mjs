import assert from 'node:assert/strict';

export const steps = [
	{
		name: 'asks once before anything is captured',
		run: async ({ workbench }) => {
			const text = await workbench.notification('on this machine only');
			assert.match(text, /Allow/);
			assert.match(text, /Never for this workspace/);
			await workbench.pressInNotification('on this machine only', /^Allow$/);
			await workbench.statusBarItem(/Codelearn \d+/);
		},
	},
];
