import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resetVscode, vscodeDouble } from '../support/vscodeDouble';
import { CaptureControl } from '../../src/vscode/captureControl';
import { keepChatFolder } from '../../src/vscode/chatFolder';
import { folderOfStorage } from '../../src/capture/chat/vscodeChat';
import { memento } from '../support/memento';
import { silentLog } from '../support/silentLog';
import { temporaryFolder } from '../support/temporaryFolder';

describe('the folder of a window’s chats', () => {
	const { Uri } = vscodeDouble;
	let folder: ReturnType<typeof temporaryFolder>;
	let storage: string;
	let capture: CaptureControl;
	let warnings: string[];
	beforeEach(async () => {
		resetVscode();
		folder = temporaryFolder('chat-folder');
		storage = join(folder.path, 'codelearn.codelearn');
		vscodeDouble.workspace.workspaceFolders = [{ uri: Uri.file('/home/dev/shop') }];
		capture = new CaptureControl(memento(), memento(), () => true);
		await capture.allow();
		warnings = [];
	});
	afterEach(() => folder.remove());

	const file = () => join(storage, 'workspace.json');
	const keep = (where = storage) => keepChatFolder({ fsPath: where }, capture, { ...silentLog, warn: (text: string) => warnings.push(text) });

	it('is kept where the reader of chats looks for it', async () => {
		keep();
		assert.equal(await folderOfStorage(folder.path), '/home/dev/shop');
	});

	it('is kept once capture is on', async () => {
		await capture.pause();
		keep();
		assert.equal(existsSync(storage), false);
		await capture.allow();
		assert.deepEqual(JSON.parse(readFileSync(file(), 'utf8')), { folder: 'file:///home/dev/shop' });
	});

	it('is not kept after the extension ended', async () => {
		await capture.pause();
		keep().dispose();
		await capture.allow();
		assert.equal(existsSync(storage), false);
	});

	it('is left to the editor where it keeps it itself', () => {
		writeFileSync(join(folder.path, 'workspace.json'), '{}');
		keep();
		assert.equal(existsSync(storage), false);
	});

	it('is not written again', () => {
		mkdirSync(storage);
		writeFileSync(file(), 'as it was');
		keep();
		assert.equal(readFileSync(file(), 'utf8'), 'as it was');
	});

	it('is not known of a window without a folder or with several, or without storage', () => {
		vscodeDouble.workspace.workspaceFolders = undefined;
		keep();
		vscodeDouble.workspace.workspaceFolders = ['/a', '/b'].map((path) => ({ uri: Uri.file(path) }));
		keep();
		vscodeDouble.workspace.workspaceFolders = [{ uri: Uri.file('/a') }];
		keepChatFolder(undefined, capture, silentLog);
		assert.equal(existsSync(storage), false);
	});

	it('that cannot be kept is a warning, not a failure', () => {
		writeFileSync(join(folder.path, 'taken'), '');
		keep(join(folder.path, 'taken'));
		assert.match(warnings.join(), /could not be kept/);
	});
});
