// Who may import whom. Read by eslint.config.mjs and test/architecture.test.ts; shown in ARCHITECTURE.md.
// `may`: the layers a file of this layer may import besides its own. `packages`: the npm packages it may import
// ('node:*' stands for Node's own modules). The most specific folder wins. `vscode` is allowed only where it is named.
export const layers = {
	core: { folder: 'src/core', may: [], packages: ['zod'] },
	code: { folder: 'src/code', may: ['core'], packages: ['web-tree-sitter', 'node:*'] },
	store: { folder: 'src/store', may: ['core', 'platform'], packages: ['chromadb', '@photostructure/sqlite', 'zod', 'proper-lockfile', 'p-retry', 'node:*'] },
	embed: { folder: 'src/embed', may: ['core'], packages: ['onnxruntime-node', 'onnxruntime-web', 'p-retry', 'node:*'] },
	platform: { folder: 'src/platform', may: ['core'], packages: ['zod', 'simple-git', 'env-paths', 'proper-lockfile', 'write-file-atomic', 'node:*'] },
	capture: { folder: 'src/capture', may: ['core'], packages: [] },
	captureChat: { folder: 'src/capture/chat', may: ['core', 'capture'], packages: ['zod', 'node:*'] },
	captureHooks: { folder: 'src/capture/hooks', may: ['core', 'capture', 'captureChat'], packages: ['zod'] },
	captureGit: { folder: 'src/capture/git', may: ['core', 'capture'], packages: ['node:*'] },
	captureEditor: { folder: 'src/capture/editor', may: ['core', 'capture'], packages: ['vscode', 'node:*'] },
	enrich: { folder: 'src/enrich', may: ['core'], packages: ['diff', '@secretlint/core', '@secretlint/secretlint-rule-preset-recommend'] },
	review: { folder: 'src/review', may: ['core'], packages: [] },
	attribute: { folder: 'src/attribute', may: ['core'], packages: [] },
	retrieve: { folder: 'src/retrieve', may: ['core'], packages: [] },
	app: {
		folder: 'src/app',
		may: ['core', 'code', 'store', 'embed', 'platform', 'capture', 'captureChat', 'captureGit', 'captureHooks', 'enrich', 'review', 'attribute', 'retrieve'],
		packages: ['zod', 'node:*'],
	},
	daemon: { folder: 'src/daemon', may: ['core', 'app', 'platform'], packages: ['zod', 'node:*'] },
	cli: { folder: 'src/cli', may: ['core', 'app'], packages: ['commander', 'picocolors', 'zod', 'node:*'] },
	mcpBridge: { folder: 'src/mcpBridge', may: ['core', 'app'], packages: ['@modelcontextprotocol/sdk', 'zod', 'node:*'] },
	vscode: { folder: 'src/vscode', may: ['core', 'app'], packages: ['vscode', 'node:*'] },
	commands: { folder: 'src/commands', may: ['core', 'app', 'vscode'], packages: ['vscode', 'zod'] },
	views: { folder: 'src/views', may: ['core', 'app', 'vscode'], packages: ['vscode', 'diff2html', 'zod', 'node:*'] },
	webview: { folder: 'src/views/webview', may: ['core', 'views'], packages: [] },
	entry: { folder: 'src/extension.ts', may: ['core', 'app', 'captureEditor', 'vscode', 'commands', 'views'], packages: ['vscode'] },
};
