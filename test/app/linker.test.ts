import assert from 'node:assert/strict';
import { renameSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeList } from '../../src/core/record';
import type { TurnEdit } from '../../src/core/turn';
import { AppHarness, snippetEdit, turnOf, wholeEdit } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

const file = 'src/basket.ts';
const method = (name: string, body: string) => `\t${name}(): number {\n\t\tlet result = 0;\n${body}\n\t\treturn result;\n\t}\n`;
const classOf = (...methods: string[]) => `export class Basket {\n\tprivate readonly items: number[] = [];\n\n${methods.join('\n')}}\n`;
const sum = method('sum', '\t\tfor (const item of this.items) result += item;');
const wrongSum = method('sum', '\t\tfor (const item of this.items) result -= item;');
const largest = method('largest', '\t\tfor (const item of this.items) result = Math.max(result, item);');
const wrongLargest = method('largest', '\t\tfor (const item of this.items) result = Math.min(result, item);');
const count = method('count', '\t\tresult = this.items.length;\n\t\tconsole.log(result);');
const helper = 'export function helper(text: string): string {\n\tconst trimmed = text.trim();\n\treturn trimmed.toUpperCase();\n}\n';

describe('links between turns and chunks', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'README.md': '# A basket\n\nIt holds prices.\n', [file]: classOf(sum, largest, count) });
	});
	afterEach(() => app.close());

	const capture = async (...edits: TurnEdit[]) => {
		await app.capture(repo.root, turnOf(repo, { edits: edits.map((edit) => ({ ...edit, file_path: join(repo.root, edit.file_path) })) }));
		const { turns } = await app.call('listTurns', { limit: 1 }, repo.root);
		return turns[0]?.id ?? '';
	};
	/** Links of a turn, once the graph, the turn's row and the chunks' rows agree about them. */
	const links = async (turnId: string): Promise<string[]> => {
		await app.app.outbox.flush();
		const code = await app.rows(repo.root, 'code');
		const turn = (await app.rows(repo.root, 'turns')).rows.get(turnId);
		const fromTurn = decodeList(String(turn?.metadata['related_code_chunks'] ?? '')).sort();
		const fromChunks = [...code.rows].filter(([, { metadata }]) => decodeList(String(metadata['related_chat_ids'] ?? '')).includes(turnId)).map(([id]) => id);
		assert.deepEqual(fromTurn, fromChunks.sort(), 'the two sides of the rows differ');
		assert.deepEqual(fromTurn, app.ports.derived.linksFrom(turnId, 'changed').sort(), 'rows and graph differ');
		return (await app.linked(turnId, repo.root)).map((link) => link.replace(`${file}#`, ''));
	};

	interface Scenario {
		readonly name: string;
		readonly edits: () => TurnEdit[];
		readonly linked: readonly string[];
		/** What stands in the file afterwards. */
		readonly now?: string;
	}
	const scenarios: Scenario[] = [
		{
			name: 'a change in one method of a class',
			edits: () => [wholeEdit(file, classOf(wrongSum, largest, count), classOf(sum, largest, count))],
			linked: ['Basket.sum'],
		},
		{
			name: 'changes in two methods',
			edits: () => [wholeEdit(file, classOf(wrongSum, wrongLargest, count), classOf(sum, largest, count))],
			linked: ['Basket.largest', 'Basket.sum'],
		},
		{ name: 'a method added between others', edits: () => [wholeEdit(file, classOf(sum, count), classOf(sum, largest, count))], linked: ['Basket.largest'] },
		{
			name: 'lines taken out of a method',
			edits: () => [
				wholeEdit(file, classOf(sum, largest, count.replace('this.items.length;', 'this.items.length;\n\t\tdebugger;')), classOf(sum, largest, count)),
			],
			linked: ['Basket.count'],
		},
		{
			name: 'a method taken out',
			edits: () => [wholeEdit(file, classOf(sum, method('gone', '\t\tresult = 42;'), largest, count), classOf(sum, largest, count))],
			linked: [],
		},
		{
			name: 'a new file',
			edits: () => [wholeEdit(file, null, classOf(sum, largest, count))],
			linked: ['Basket', 'Basket.count', 'Basket.largest', 'Basket.sum'],
		},
		{ name: 'a snippet', edits: () => [snippetEdit(file, 'result = Math.min(result, item);', 'result = Math.max(result, item);')], linked: ['Basket.largest'] },
		{
			name: 'a snippet over two methods',
			edits: () => [snippetEdit(file, `${wrongSum}\n${wrongLargest}`, `${sum}\n${largest}`)],
			linked: ['Basket.largest', 'Basket.sum'],
		},
		{ name: 'a snippet that stands in two methods', edits: () => [snippetEdit(file, '\t\treturn 1;', '\t\tlet result = 0;')], linked: [] },
		{
			name: 'equal lines in two functions, where the whole file tells which',
			edits: () => [wholeEdit(file, classOf(sum, largest, count.replace('let result = 0;', 'let result = 1;')), classOf(sum, largest, count))],
			linked: ['Basket.count'],
		},
		{
			name: 'a rejected edit',
			edits: () => [{ ...wholeEdit(file, classOf(wrongSum, largest, count), classOf(sum, largest, count)), state: 'rejected' }],
			linked: [],
		},
		{
			name: 'layout at line ends',
			edits: () => [wholeEdit(file, classOf(sum, largest, count).replaceAll('\n', ' \r\n'), classOf(sum, largest, count))],
			linked: [],
		},
	];
	for (const { name, edits, linked } of scenarios) {
		it(`${name}: turn first`, async () => {
			const id = await capture(...edits());
			await app.index(repo);
			assert.deepEqual(await links(id), linked);
		});
		it(`${name}: index first`, async () => {
			await app.index(repo);
			assert.deepEqual(await links(await capture(...edits())), linked);
		});
	}

	const fixSum = () => capture(wholeEdit(file, classOf(wrongSum, largest, count), classOf(sum, largest, count)));
	const snippetSum = () => capture(snippetEdit(file, 'result -= item;', 'result += item;'));

	for (const [how, fix] of [
		['a whole file', fixSum],
		['a snippet', snippetSum],
	] as const) {
		describe(`of ${how} hold`, () => {
			let id: string;
			beforeEach(async () => {
				await app.index(repo);
				id = await fix();
				assert.deepEqual(await links(id), ['Basket.sum']);
			});

			it('after the file was renamed', async () => {
				repo.git('mv', file, 'src/cart.ts');
				await app.index(repo, 'changed');
				assert.deepEqual(await links(id), ['src/cart.ts#Basket.sum']);
				repo.git('mv', 'src/cart.ts', file);
				await app.index(repo, 'changed');
				assert.deepEqual(await links(id), ['Basket.sum']);
			});

			it('after the file was renamed without git and indexed on save', async () => {
				renameSync(join(repo.root, file), join(repo.root, 'src/cart.ts'));
				await app.indexPaths(repo, 'src/cart.ts', file);
				assert.deepEqual(await links(id), ['src/cart.ts#Basket.sum']);
			});

			it('after the function was edited again', async () => {
				repo.write(file, classOf(method('sum', '\t\tresult = this.items.reduce((one, other) => one + other, 0);'), largest, count));
				await app.index(repo, 'changed');
				assert.deepEqual(await links(id), ['Basket.sum']);
			});

			it('after the function was renamed', async () => {
				repo.write(file, classOf(sum.replace('sum()', 'total()'), largest, count));
				await app.index(repo, 'changed');
				assert.deepEqual(await links(id), ['Basket.total']);
			});

			it('after code came in above', async () => {
				repo.write(file, `// one\n// two\n${classOf(count, sum, largest)}`);
				await app.index(repo, 'changed');
				assert.deepEqual(await links(id), ['Basket.sum']);
			});

			it('and end with the function', async () => {
				repo.write(file, classOf(largest, count));
				await app.index(repo, 'changed');
				assert.deepEqual(await links(id), []);
			});
		});
	}

	it('follow a function that moves to another file', async () => {
		repo.write('src/text.ts', `${helper}\n${helper.replaceAll('helper', 'other').replace('toUpperCase', 'toLowerCase')}`);
		await app.index(repo);
		const id = await capture(
			wholeEdit(
				'src/text.ts',
				helper.replaceAll('helper', 'other').replace('toUpperCase', 'toLowerCase'),
				`${helper}\n${helper.replaceAll('helper', 'other').replace('toUpperCase', 'toLowerCase')}`,
			),
		);
		assert.deepEqual(await links(id), ['src/text.ts#helper']);
		repo.write('src/text.ts', helper.replaceAll('helper', 'other').replace('toUpperCase', 'toLowerCase'));
		repo.write('src/moved.ts', helper);
		await app.index(repo, 'changed');
		assert.deepEqual(await links(id), ['src/moved.ts#helper']);
	});

	it('survive the loss of the code index, moves and all', async () => {
		await app.index(repo);
		const id = await fixSum();
		repo.git('mv', file, 'src/cart.ts');
		repo.commit('rename');
		await app.index(repo, 'changed');
		await app.restart(() => {
			rmSync(app.paths.code, { recursive: true });
			mkdirSync(app.paths.code);
		});
		await app.index(repo);
		assert.deepEqual(await links(id), ['src/cart.ts#Basket.sum']);
	});

	it('are made after an indexing that broke off', async () => {
		const id = await fixSum();
		app.vectors.failOnce('updateMetadata');
		await assert.rejects(app.index(repo));
		await app.restart();
		await app.index(repo, 'changed');
		assert.deepEqual(await links(id), ['Basket.sum']);
	});

	it('of one checkout are not undone by another', async () => {
		await app.index(repo);
		const tree = app.outside('tree');
		repo.git('worktree', 'add', '--quiet', '-b', 'other', tree);
		const id = await fixSum();
		writeFileSync(join(tree, file), classOf(largest, count));
		await app.index(tree);
		assert.deepEqual(await links(id), ['Basket.sum']);
	});

	it('change with the turn: an edit that turns out to be taken back has none', async () => {
		await app.index(repo);
		const turn = turnOf(repo, {
			edits: [{ ...wholeEdit(join(repo.root, file), classOf(wrongSum, largest, count), classOf(sum, largest, count)), tool_id: 'x' }],
		});
		await app.capture(repo.root, turn);
		const { turns } = await app.call('listTurns', {}, repo.root);
		const id = turns[0]?.id ?? '';
		assert.deepEqual(await links(id), ['Basket.sum']);
		await app.capture(repo.root, { ...turn, edits: (turn.edits ?? []).map((edit) => ({ ...edit, state: 'undone' as const })) });
		assert.deepEqual(await links(id), []);
	});

	it('are shown for a file of this repository, named from the folder or the top', async () => {
		await app.index(repo);
		const id = await fixSum();
		const other = app.repository({ [file]: classOf(sum, largest, count) });
		await app.index(other);
		for (const [of, folder] of [
			[file, repo.root],
			['basket.ts', join(repo.root, 'src')],
			[join(repo.root, file), repo.root],
		] as const) {
			const { links: found } = await app.call('links', { of }, folder);
			assert.deepEqual(
				found.map((link) => [link.from.id, link.to.label, link.kind]),
				[[id, 'Basket.sum', 'changed']],
			);
		}
		assert.deepEqual((await app.call('links', { of: file }, other.root)).links, []);
		const all = await app.call('links', {}, repo.root);
		assert.equal(all.links.length, 1);
		const chunk = all.links[0]?.to.id ?? '';
		assert.equal((await app.call('links', { of: chunk }, repo.root)).links[0]?.from.id, id);
	});
});
