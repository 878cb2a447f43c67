import { FileJournal } from '../../src/store/journal/fileJournal';
import { BlobStore } from '../../src/store/journal/blobStore';

/** Rewrites the closed segments of a journal again and again, without the records whose revision is 1, and says when it begins. */
const [folder = '', blobs = ''] = process.argv.slice(2);

void (async () => {
	const journal = new FileJournal(folder, 'rewriter', new BlobStore(blobs));
	process.stdout.write('begin\n');
	for (const segment of journal.closedSegments()) {
		await journal.rewrite(segment, (record) => record === undefined || record.revision > 1);
		await journal.sweep();
	}
	process.stdout.write('end\n');
})();
