import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Fills `folder` with a small TypeScript and Python repository of four commits, and `home` with the Claude Code transcript of the two
 * turns that made the last two of them. The same on every call but for the session's id. Returns what a test may look for.
 */
export function sampleWorkspace({ folder, home, env = process.env }) {
	const git = (...args) => execFileSync('git', ['-C', folder, ...args], { env, stdio: 'pipe' });
	mkdirSync(folder, { recursive: true });
	git('init', '--quiet', '--initial-branch=main');
	git('config', 'user.name', 'Sam Sample');
	git('config', 'user.email', 'sam@example.com');
	for (const [index, { message, files }] of commits.entries()) {
		for (const [name, text] of Object.entries(files)) write(path.join(folder, name), text);
		const date = `2026-01-0${index + 5}T09:00:00Z`;
		git('add', '--all');
		execFileSync('git', ['-C', folder, 'commit', '--quiet', '-m', message], {
			env: { ...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
			stdio: 'pipe',
		});
	}
	const session = randomUUID();
	const project = path.join(home, '.claude/projects', folder.replaceAll(/[^a-zA-Z0-9-]/g, '-'));
	const transcript = path.join(project, `${session}.jsonl`);
	write(transcript, transcriptLines(folder, session));
	return { folder, transcript, session, prompts: turns.map(({ prompt }) => prompt) };
}

const priceBefore = `/** Reads a price as people write it. */
export function parsePrice(text: string): number {
	return Number(text.replace('€', '').trim());
}

/** Writes a price in euros. */
export function formatPrice(price: number): string {
	return price.toFixed(2) + ' €';
}
`;
const parseOld = "\treturn Number(text.replace('€', '').trim());";
const parseNew = `\tconst plain = text.replace('€', '').trim();
\tconst german = plain.includes(',') ? plain.replaceAll('.', '').replace(',', '.') : plain;
\treturn Number(german);`;
const priceAfter = priceBefore.replace(parseOld, parseNew);

const reportBefore = `"""Reports about orders."""
import csv


def load_orders(path):
    """Reads orders from a file with the columns customer and amount."""
    with open(path, newline="") as source:
        return list(csv.DictReader(source))
`;
const loadOld = '        return list(csv.DictReader(source))\n';
const loadNew = `${loadOld}

def total_by_customer(orders):
    """Adds up the amounts of each customer."""
    totals = {}
    for order in orders:
        totals[order["customer"]] = totals.get(order["customer"], 0.0) + float(order["amount"])
    return totals
`;
const reportAfter = reportBefore.replace(loadOld, loadNew);

const cart = `import { formatPrice, parsePrice } from './price';

export interface Item {
	readonly name: string;
	readonly price: number;
}

/** What somebody is about to buy. */
export class Cart {
	private readonly items: Item[] = [];

	/** Adds an item whose price is still text. */
	add(name: string, price: string): void {
		this.items.push({ name, price: parsePrice(price) });
	}

	total(): number {
		return this.items.reduce((sum, item) => sum + item.price, 0);
	}

	receipt(): string {
		return [...this.items.map((item) => item.name + ': ' + formatPrice(item.price)), 'Total: ' + formatPrice(this.total())].join('\\n');
	}
}
`;

const commits = [
	{
		message: 'Start with prices',
		files: {
			'README.md': '# Shop\n\nA shop in two languages.\n',
			'.gitignore': 'node_modules/\n',
			'src/price.ts': priceBefore,
			'package.json': '{ "name": "shop", "private": true }\n',
		},
	},
	{ message: 'Add the cart and the order report', files: { 'src/cart.ts': cart, 'tools/report.py': reportBefore } },
	{ message: 'Read prices with a decimal comma', files: { 'src/price.ts': priceAfter } },
	{ message: 'Add totals by customer', files: { 'tools/report.py': reportAfter } },
];

const turns = [
	{
		at: '2026-01-07T08:50:00',
		prompt: "parsePrice('1.234,50 €') gives NaN. Please make src/price.ts read prices with a decimal comma.",
		edit: { file: 'src/price.ts', before: priceBefore, old: parseOld, new: parseNew },
		answer: 'Fixed: parsePrice in src/price.ts now reads a decimal comma and drops the points between thousands.',
	},
	{
		at: '2026-01-08T08:50:00',
		prompt: 'Add a function total_by_customer to tools/report.py that adds up the amounts of each customer.',
		edit: { file: 'tools/report.py', before: reportBefore, old: loadOld, new: loadNew },
		answer: 'Added total_by_customer to tools/report.py. It returns the sum of the amounts of each customer.',
	},
];

/** Lines as Claude Code writes them: each record points to the one before it; a tool's result also carries the edit's own record. */
function transcriptLines(folder, session) {
	const lines = [];
	let parentUuid = null;
	const add = (at, second, record) => {
		const uuid = randomUUID();
		const frame = { isSidechain: false, userType: 'external', cwd: folder, sessionId: session, version: '2.1.330', gitBranch: 'main' };
		lines.push(JSON.stringify({ parentUuid, ...frame, ...record, uuid, timestamp: `${at}.${String(second).padStart(3, '0')}Z` }));
		parentUuid = uuid;
	};
	for (const [index, turn] of turns.entries()) addTurn(add, folder, turn, index);
	return lines.join('\n') + '\n';
}

function addTurn(add, folder, { at, prompt, edit, answer }, index) {
	const file = path.join(folder, edit.file);
	const promptId = randomUUID();
	const toolId = `toolu_sample${index}`;
	const assistant = (part, content, stop_reason) => ({
		type: 'assistant',
		message: {
			id: `msg_sample${index}${part}`,
			type: 'message',
			role: 'assistant',
			model: 'claude-opus-5-5',
			content,
			stop_reason,
			usage: { input_tokens: 100, output_tokens: 20 },
		},
	});
	const input = { file_path: file, old_string: edit.old, new_string: edit.new, replace_all: false };
	const done = { tool_use_id: toolId, type: 'tool_result', content: `The file ${file} has been updated successfully.` };
	const record = {
		filePath: file,
		oldString: edit.old,
		newString: edit.new,
		originalFile: edit.before,
		structuredPatch: patch(edit),
		userModified: false,
		replaceAll: false,
	};
	add(at, 0, { type: 'user', promptId, message: { role: 'user', content: prompt } });
	add(at, 200, assistant('a', [{ type: 'tool_use', id: toolId, name: 'Edit', input }], 'tool_use'));
	add(at, 400, { type: 'user', promptId, message: { role: 'user', content: [done] }, toolUseResult: record });
	add(at, 600, assistant('b', [{ type: 'text', text: answer }], 'end_turn'));
}

/** One hunk without context around the replaced lines. */
function patch({ before, old, new: replacement }) {
	const removed = lineList(old);
	const added = lineList(replacement);
	const start = before.slice(0, before.indexOf(old)).split('\n').length;
	const lines = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
	return [{ oldStart: start, oldLines: removed.length, newStart: start, newLines: added.length, lines }];
}

function lineList(text) {
	return text.replace(/\n$/, '').split('\n');
}

function write(file, text) {
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, text);
}
