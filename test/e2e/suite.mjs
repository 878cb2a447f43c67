// node test/e2e/suite.mjs: runs test/host inside a real VS Code extension host.
import path from 'node:path';
import { runHostSuite } from './hostSuite.mjs';

process.exitCode = await runHostSuite({ name: 'host', folder: path.resolve(import.meta.dirname, '../host') });
