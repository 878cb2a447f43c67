import { runCli } from './runCli';

void runCli(process.argv).then((code) => {
	process.exitCode = code;
});
