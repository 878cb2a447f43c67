/** Every command of the extension. The files in src/commands and package.json hold the same ones, which a test checks. */
export const commandIds = {
	copyCapture: 'codelearn.capture.copy',
	copyMcpConfiguration: 'codelearn.mcp.copyConfiguration',
	ignoreTurn: 'codelearn.turn.ignore',
	importTranscripts: 'codelearn.transcripts.import',
	indexChanged: 'codelearn.index.changed',
	indexWorkspace: 'codelearn.index.workspace',
	installAssistantHooks: 'codelearn.hooks.install',
	openLearning: 'codelearn.learning.open',
	openPlace: 'codelearn.place.open',
	openTurn: 'codelearn.turn.open',
	pauseCapture: 'codelearn.capture.pause',
	promoteTurn: 'codelearn.turn.promote',
	purgeCaptured: 'codelearn.captured.purge',
	refreshCapture: 'codelearn.capture.refresh',
	removeAssistantHooks: 'codelearn.hooks.remove',
	restartServer: 'codelearn.server.restart',
	resumeCapture: 'codelearn.capture.resume',
	search: 'codelearn.search',
	showCapture: 'codelearn.capture.show',
	showMenu: 'codelearn.menu',
	showOutput: 'codelearn.output.show',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];
