import type { Disposable } from 'vscode';
import type { Host } from '../vscode/host';
import { registerCommand } from '../vscode/register/registerCommand';
import { compareTurn } from './compareTurn';
import { copyCapture } from './copyCapture';
import { copyMcpConfiguration } from './copyMcpConfiguration';
import { copyTurnId } from './copyTurnId';
import { diffTurn } from './diffTurn';
import { ignoreTurn } from './ignoreTurn';
import { importTranscripts } from './importTranscripts';
import { indexChanged } from './indexChanged';
import { indexWorkspace } from './indexWorkspace';
import { installAssistantHooks } from './installAssistantHooks';
import { linksByFile } from './linksByFile';
import { linksBySession } from './linksBySession';
import { openCommit } from './openCommit';
import { openLearning } from './openLearning';
import { openPlace } from './openPlace';
import { openTurn } from './openTurn';
import { pauseCapture } from './pauseCapture';
import { promoteTurn } from './promoteTurn';
import { purgeCaptured } from './purgeCaptured';
import { refreshCapture } from './refreshCapture';
import { removeAssistantHooks } from './removeAssistantHooks';
import { restartServer } from './restartServer';
import { resumeCapture } from './resumeCapture';
import { revealInLinks } from './revealInLinks';
import { search } from './search';
import { showCapture } from './showCapture';
import { showMenu } from './showMenu';
import { showOutput } from './showOutput';
import { whyLine } from './whyLine';

/** Registers every command. */
export function registerCommands(host: Host): Disposable[] {
	return [
		registerCommand(compareTurn, host),
		registerCommand(copyCapture, host),
		registerCommand(copyMcpConfiguration, host),
		registerCommand(copyTurnId, host),
		registerCommand(diffTurn, host),
		registerCommand(ignoreTurn, host),
		registerCommand(importTranscripts, host),
		registerCommand(indexChanged, host),
		registerCommand(indexWorkspace, host),
		registerCommand(installAssistantHooks, host),
		registerCommand(linksByFile, host),
		registerCommand(linksBySession, host),
		registerCommand(openCommit, host),
		registerCommand(openLearning, host),
		registerCommand(openPlace, host),
		registerCommand(openTurn, host),
		registerCommand(pauseCapture, host),
		registerCommand(promoteTurn, host),
		registerCommand(purgeCaptured, host),
		registerCommand(refreshCapture, host),
		registerCommand(removeAssistantHooks, host),
		registerCommand(restartServer, host),
		registerCommand(resumeCapture, host),
		registerCommand(revealInLinks, host),
		registerCommand(search, host),
		registerCommand(showCapture, host),
		registerCommand(showMenu, host),
		registerCommand(showOutput, host),
		registerCommand(whyLine, host),
	];
}
