import { createDataFolders, dataPaths } from '../platform/dataPaths';
import { writeLauncher } from '../platform/launcher';

/** Path of the stable command for hooks, which run in a shell; written anew, so that it leads to this installation. */
export function launcher(): string {
	const paths = dataPaths();
	createDataFolders(paths);
	return writeLauncher(paths);
}

/** The same for settings of other assistants, which start programs without a shell. */
export function launcherProgram(): string {
	return process.platform === 'win32' ? `${launcher()}.cmd` : launcher();
}
