import { UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

/** Also the way to give consent later: whoever resumes capture wants it. */
export const resumeCapture = defineCommand({
	id: commandIds.resumeCapture,
	title: 'Resume Capture',
	args: noArgs,
	async run({ capture }) {
		await capture.allow();
		if (capture.state.kind === 'off') throw new UserError('Capture is switched off here. Set codelearn.capture.enabled to true.');
		return 'capture is on.';
	},
});
