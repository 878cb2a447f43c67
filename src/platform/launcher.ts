import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataPaths } from './dataPaths';
import { packageRoot } from './packageRoot';

/**
 * Writes the stable command that hooks and other assistants' settings point to: it outlives the
 * versioned folder of an extension, and finds a runtime by itself. Returns its path.
 */
export function writeLauncher(paths: DataPaths): string {
	const file = join(paths.bin, 'chroma-client');
	const entry = join(packageRoot(), 'dist', 'cli.cjs');
	const lines = [
		'#!/bin/sh',
		'# Written by Codelearn; made again whenever it starts.',
		`entry=${quoted(entry)}`,
		`home=${quoted(paths.root)}`,
		'[ -f "$entry" ] || exit 0',
		'export ELECTRON_RUN_AS_NODE=1 CODELEARN_HOME="$home"',
		`for runtime in ${quoted(process.execPath)} node nodejs code cursor codium; do`,
		'\tif command -v "$runtime" >/dev/null 2>&1; then exec "$runtime" "$entry" "$@"; fi',
		'done',
		'exit 0',
	];
	writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o755 });
	if (process.platform === 'win32')
		writeFileSync(`${file}.cmd`, `@echo off\r\nset ELECTRON_RUN_AS_NODE=1\r\nset CODELEARN_HOME=${paths.root}\r\n"${process.execPath}" "${entry}" %*\r\n`);
	return file;
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
