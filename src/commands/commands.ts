import type { Disposable } from 'vscode';
import type { Host } from '../vscode/host';
import { registerCommand } from '../vscode/register/registerCommand';
import { copyCapture } from './copyCapture';
import { copyMcpConfiguration } from './copyMcpConfiguration';
import { ignoreTurn } from './ignoreTurn';
import { importTranscripts } from './importTranscripts';
import { indexChanged } from './indexChanged';
import { indexWorkspace } from './indexWorkspace';
import { installAssistantHooks } from './installAssistantHooks';
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
import { search } from './search';
import { showCapture } from './showCapture';
import { showMenu } from './showMenu';
import { showOutput } from './showOutput';

/** Registers every command. */
export function registerCommands(host: Host): Disposable[] {
	return [
		registerCommand(copyCapture, host),
		registerCommand(copyMcpConfiguration, host),
		registerCommand(ignoreTurn, host),
		registerCommand(importTranscripts, host),
		registerCommand(indexChanged, host),
		registerCommand(indexWorkspace, host),
		registerCommand(installAssistantHooks, host),
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
		registerCommand(search, host),
		registerCommand(showCapture, host),
		registerCommand(showMenu, host),
		registerCommand(showOutput, host),
	];
}
