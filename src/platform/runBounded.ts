import { createContext, Script } from 'node:vm';

const sandbox = { work: (): void => undefined };
createContext(sandbox);
const script = new Script('work()');

/** Runs work that may never come back, like an expression of somebody else's. Returns false when it was stopped after `limitMs`. */
export function runBounded(work: () => void, limitMs: number): boolean {
	sandbox.work = work;
	try {
		script.runInContext(sandbox, { timeout: limitMs });
		return true;
	} catch (cause) {
		if (isTimeout(cause)) return false;
		throw cause;
	} finally {
		sandbox.work = () => undefined;
	}
}

function isTimeout(cause: unknown): boolean {
	return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
