// node scripts/vscode.mjs: builds and installs the extension into a VS Code of its own and opens it on a sample workspace, until Ctrl-C.
import { makeEditorHome } from './editorHome.mjs';
import { packageExtension } from './package.mjs';
import { sampleWorkspace } from './sampleWorkspace.mjs';
import { ensureTestTools } from './testTools.mjs';
import { installExtension, startVscodeServer } from './vscodeServer.mjs';

const tools = await ensureTestTools();
const [vsix] = await packageExtension();
const home = makeEditorHome();
sampleWorkspace({ folder: home.workspace, home: home.home, env: home.env });
await installExtension(tools, home, vsix);
const server = await startVscodeServer(tools, home);
console.log(`Open ${server.url}/?folder=${encodeURIComponent(home.workspace)}\nCtrl-C stops it and removes its home, ${home.root}.`);
setInterval(() => undefined, 1 << 30); // until a signal, on which server and home are taken down
