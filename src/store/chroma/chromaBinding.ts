import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError, messageOf } from '../../core/errors';
import { relaxGlibcNeeds } from './elfCompat';

/** The native module that npm's chromadb ships: it exports its command line only. */
export interface ChromaBinding {
	/** Runs a command and returns when it is over; `run` blocks the calling thread until SIGINT. */
	readonly cli: (args: string[]) => void;
	/** The file that was loaded, and whether it is the relaxed copy. */
	readonly file: string;
	readonly relaxed: boolean;
}

const bindingShape = z.object({ cli: z.custom<(args: string[]) => void>((value) => typeof value === 'function') });
const load = createRequire(__filename);

/**
 * Loads the server's binding of this platform. On Linux with a glibc older than the binding was linked
 * for, a copy in `cacheFolder` with the two newer names replaced is used; `doctor` tells so.
 */
export function loadChromaBinding(cacheFolder: string): ChromaBinding {
	const stock = stockFile();
	try {
		return { ...bindingShape.parse(load(stock)), file: stock, relaxed: false };
	} catch (cause) {
		if (process.platform !== 'linux' || !messageOf(cause).includes('GLIBC_2.')) throw cannotLoad(stock, cause);
		return loadRelaxed(stock, cacheFolder);
	}
}

function loadRelaxed(stock: string, cacheFolder: string): ChromaBinding {
	try {
		const file = relaxedCopy(stock, cacheFolder);
		return { ...bindingShape.parse(load(file)), file, relaxed: true };
	} catch (cause) {
		throw cannotLoad(stock, cause);
	}
}

/** A copy named by the hash of its source, so that a newer binding gets a copy of its own. Written aside and renamed: two processes may do it at once. */
function relaxedCopy(stock: string, cacheFolder: string): string {
	const bytes = readFileSync(stock);
	const file = join(cacheFolder, `chroma-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.node`);
	if (existsSync(file)) return file;
	relaxGlibcNeeds(bytes);
	mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
	const aside = `${file}.${process.pid}`;
	writeFileSync(aside, bytes, { mode: 0o700 });
	renameSync(aside, file);
	return file;
}

function stockFile(): string {
	const libc = process.platform === 'linux' ? '-gnu' : process.platform === 'win32' ? '-msvc' : '';
	const name = `chromadb-js-bindings-${process.platform}-${process.arch}${libc}`;
	try {
		const folder = dirname(load.resolve(`${name}/package.json`));
		const file = readdirSync(folder).find((entry) => entry.endsWith('.node'));
		if (file !== undefined) return join(folder, file);
	} catch {
		// Said below, with what to do.
	}
	throw new UserError(
		`No Chroma server is bundled for ${process.platform}-${process.arch}. Start one yourself and set CHROMA_DB_IMPL=http with CHROMA_HTTP_URL, or name its command in codelearn.chroma.command.`,
	);
}

function cannotLoad(file: string, cause: unknown): UserError {
	return new UserError(
		`The bundled Chroma server ${file} cannot be loaded: ${messageOf(cause)}. Start a server yourself and set CHROMA_DB_IMPL=http with CHROMA_HTTP_URL, or name its command in codelearn.chroma.command.`,
		1,
		{ cause },
	);
}
