const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const cleanups = [];

/**
 * Has `cleanup` awaited when this process is told to end while it holds something: a child, a server, a folder. The latest runs first.
 * Returns the function that takes it back. A second signal ends the process at once.
 */
export function onAbort(cleanup) {
	if (cleanups.length === 0) for (const signal of Object.keys(codes)) process.on(signal, abort);
	cleanups.push(cleanup);
	return () => {
		const index = cleanups.indexOf(cleanup);
		if (index >= 0) cleanups.splice(index, 1);
		if (cleanups.length === 0) for (const signal of Object.keys(codes)) process.off(signal, abort);
	};
}

async function abort(signal) {
	for (const name of Object.keys(codes)) {
		process.off(name, abort);
		process.on(name, () => process.exit(codes[name]));
	}
	for (const cleanup of [...cleanups].reverse()) {
		try {
			await cleanup();
		} catch (cause) {
			console.error(cause.message);
		}
	}
	process.exit(codes[signal]);
}
