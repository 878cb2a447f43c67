import { mkdirSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { languageOf } from './layouts';
import type { Deed } from './people';
import type { World } from './world';

/** Does it on a clean tree; what git refuses or cannot join is left as it was. */
function clean(work: (world: World, commits: number) => void, needed = 1): Deed {
	return (world) => {
		world.commit();
		const commits = Number(world.git('rev-list', '--count', '--first-parent', 'HEAD'));
		if (commits <= needed) return;
		try {
			work(world, commits);
		} catch (cause) {
			world.done.push(`  refused: ${String(cause).split('\n').slice(0, 3).join(' ')}`);
			giveUp(world);
		}
	};
}

function giveUp(world: World) {
	for (const operation of ['rebase', 'merge', 'cherry-pick', 'revert'])
		try {
			world.git(operation, '--abort');
		} catch {
			// It was another operation.
		}
	world.git('reset', '--quiet', '--hard');
}

function side(world: World): string {
	return world.random.pick(['-Xtheirs', '-Xours']);
}

/** Leaves a new branch that began some commits ago and has one or two of its own; returns its name. The tree is where it was. */
function branchOff(world: World, commits: number): string {
	const name = `branch${world.next()}`;
	const back = world.git('rev-parse', '--abbrev-ref', 'HEAD').trim();
	world.git('checkout', '--quiet', '-b', name, `HEAD~${world.random.below(Math.min(commits, 3))}`);
	for (let left = 1 + world.random.below(2); left > 0; left--) {
		const path = world.anyFile() ?? world.newPath();
		world.put(path, [...(world.exists(path) ? world.lines(path) : []), ...world.newLines(path)]);
		world.commit();
	}
	world.git('checkout', '--quiet', back);
	return name;
}

/** Commits to go back that lie on this line of history. */
function some(world: World, commits: number, most = 4): number {
	return 1 + world.random.below(Math.min(commits - 1, most));
}

function interactive(world: World, commits: number, script: string): void {
	world.gitWith({ GIT_SEQUENCE_EDITOR: `sed -i '${script}'` }, 'rebase', '--quiet', '-i', side(world), `HEAD~${some(world, commits)}`);
}

/** What is done with git. */
export const gitMoves: Readonly<Record<string, readonly [number, Deed]>> = {
	commit: [4, (world) => world.commit()],
	amend: [1, clean((world) => world.git('commit', '--quiet', '--amend', '--allow-empty', '--message', 'amended'))],
	rebase: [
		1,
		clean((world, commits) => {
			const other = branchOff(world, commits);
			world.git('rebase', '--quiet', side(world), other);
		}),
	],
	squash: [0.7, clean((world, commits) => interactive(world, commits, '2,$s/^pick/squash/'))],
	reorder: [0.7, clean((world, commits) => interactive(world, commits, '1{h;d};2{G}'), 2)],
	drop: [0.7, clean((world, commits) => interactive(world, commits, '1s/^pick/drop/'))],
	editCommit: [
		0.7,
		clean((world, commits) => {
			interactive(world, commits, '1s/^pick/edit/');
			const path = world.anyFile();
			if (path !== undefined) world.put(path, [...world.lines(path), ...world.newLines(path)]);
			world.commit('--amend');
			world.git('rebase', '--continue');
		}),
	],
	cherryPick: [
		1,
		clean((world, commits) => {
			const other = branchOff(world, commits);
			world.git('cherry-pick', '--allow-empty', '--keep-redundant-commits', side(world), other);
		}),
	],
	merge: [1, clean((world, commits) => world.git('merge', '--quiet', '--no-edit', side(world), branchOff(world, commits)))],
	squashMerge: [
		0.7,
		clean((world, commits) => {
			world.git('merge', '--quiet', '--squash', side(world), branchOff(world, commits));
			world.commit();
		}),
	],
	/** What cannot be joined stands twice, with git's marks, until somebody tidies up. */
	conflict: [
		0.7,
		clean((world, commits) => {
			const other = branchOff(world, commits);
			try {
				world.git('merge', '--quiet', '--no-edit', other);
			} catch {
				for (const path of world.files())
					world.put(
						path,
						world.lines(path).filter((line) => !/^(<{7}|={7}|>{7})/.test(line)),
					);
				world.commit();
			}
		}),
	],
	revert: [1, clean((world, commits) => world.git('revert', '--no-edit', '-m1', side(world), `HEAD~${some(world, commits) - 1}`))],
	stash: [
		0.7,
		(world) => {
			if (world.git('rev-list', '--all', '--max-count=1') === '') return;
			world.git('stash', 'push', '--quiet', '--include-untracked');
			if (world.git('stash', 'list') === '') return;
			if (world.random.chance(0.4)) {
				const path = world.newPath();
				world.put(path, world.newLines(path));
			}
			world.git('stash', 'pop', '--quiet');
		},
	],
	move: [
		1,
		clean((world) => {
			const path = world.anyFile();
			if (path === undefined) return;
			const name = `src/moved${world.next()}.${languageOf(path)}`;
			mkdirSync(dirname(join(world.root, name)), { recursive: true });
			world.git('mv', path, name);
			if (world.random.chance(0.5)) world.formerly.set(name, [path, ...(world.formerly.get(path) ?? [])]);
		}),
	],
	away: [
		1,
		clean((world, commits) => {
			const other = branchOff(world, commits);
			world.git('checkout', '--quiet', other);
		}),
	],
	back: [1, clean((world) => world.git('checkout', '--quiet', 'main'))],
	reset: [0.7, clean((world, commits) => world.git('reset', '--quiet', '--hard', `HEAD~${some(world, commits, 2)}`))],
	/** As filter-branch or filter-repo do: other paths in all commits. */
	filter: [
		0.3,
		clean((world) => {
			const stream = world.git('fast-export', '--all', '--no-data');
			const paths = stream.replaceAll(/^([MD] .*?)"?\b(src|lib)\//gm, (_all, head: string, folder: string) => `${head}${folder === 'src' ? 'app' : 'src'}/`);
			execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: world.root, input: paths });
			world.git('reset', '--quiet', '--hard');
			world.git('clean', '-fdq');
			world.formerly.clear();
		}),
	],
};

/** Trees beside the first one, in which the same lines stand. */
export const trees: readonly ((world: World, folder: string) => void)[] = [
	(world, folder) => world.git('clone', '--quiet', world.root, folder),
	(world, folder) => world.git('worktree', 'add', '--quiet', '--detach', folder),
	(world, folder) => world.copyTo(folder),
];

export function dropTree(world: World, folder: string): void {
	rmSync(folder, { recursive: true, force: true });
	world.git('worktree', 'prune');
}
