import { FileJournal } from '../../src/store/journal/fileJournal';
import { BlobStore } from '../../src/store/journal/blobStore';
import { noteRecord } from './records';

/** Appends records to a journal, one by one or a few at once, and prints the ids of those that were acknowledged. */
const [folder = '', blobs = '', writer = '', count = '0', group = '1'] = process.argv.slice(2);

void (async () => {
	const journal = new FileJournal(folder, writer, new BlobStore(blobs));
	for (let start = 0; start < Number(count); start += Number(group)) {
		const records = Array.from({ length: Number(group) }, (_, index) => noteRecord(`${writer}-${start + index}`, writer, start + index));
		await journal.append(records);
		process.stdout.write(records.map((record) => `${record.id}\n`).join(''));
		// Lets the output go: an endless loop would keep it in this process.
		if (start % 4 === 0) await new Promise((next) => setImmediate(next));
	}
	journal.close();
})();
