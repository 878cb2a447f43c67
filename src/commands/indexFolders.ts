import type { IndexReport } from '../core/api';
import { UserError } from '../core/errors';
import type { Host } from '../vscode/host';
import { withProgress } from './withProgress';

/** Indexes every open folder and says what was done. Each file that was left out is explained in the output. */
export async function indexFolders(host: Host, mode: 'all' | 'changed'): Promise<string> {
	const folders = host.folders().filter(({ path }) => path !== '');
	if (folders.length === 0) throw new UserError('No folder is open. Open one with File > Open Folder.');
	const reports: IndexReport[] = [];
	for (const { name, app } of folders) {
		const report = await withProgress(`Indexing ${name}`, (options) => app.index({ mode }, options));
		for (const { reason, count, example } of report.skipped) host.log.info(`${name}: ${count} files left out: ${reason} (${example})`);
		for (const note of report.notes) host.log.info(`${name}: ${note}`);
		reports.push(report);
	}
	return summaryOf(reports, mode);
}

export function summaryOf(reports: readonly IndexReport[], mode: 'all' | 'changed'): string {
	const sum = (field: 'files_seen' | 'files_indexed' | 'files_unchanged' | 'files_removed' | 'files_skipped' | 'chunks'): number =>
		reports.reduce((total, report) => total + report[field], 0);
	if (mode === 'all' && sum('files_seen') === 0) return 'nothing was indexed: no files were found.';
	if (sum('files_indexed') + sum('files_removed') === 0) return 'the index is up to date.';
	const others = [
		[sum('files_unchanged'), 'unchanged'],
		[sum('files_removed'), 'removed'],
		[sum('files_skipped'), 'left out'],
	] as const;
	const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
	return `${sum('files_indexed')} files indexed in ${sum('chunks')} chunks${rest.join('')}.`;
}
