import { posix, win32 } from 'node:path';
import { pathOf } from './vscodeSchema';

/** A path or `file:` URL of a transcript as an absolute path; one that is relative starts at the folder the assistant worked in. */
export function absolutePath(path: string, cwd: string | undefined): string {
	const plain = pathOf(path);
	// The Windows rule holds for both: a transcript may be read on another system than the one it was written on.
	if (cwd === undefined || win32.isAbsolute(plain)) return plain;
	return (/^[A-Za-z]:|^\\\\/.test(cwd) ? win32 : posix).join(cwd, plain);
}
