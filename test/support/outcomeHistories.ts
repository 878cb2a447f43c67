import type { GitRepository } from './gitRepository';

/** A task as a turn did it, and what people may make of it later. Texts are whole files. */
export interface Task {
	readonly path: string;
	readonly before: string;
	/** As the turn left it. */
	readonly after: string;
	readonly reformatted: string;
	/** The same code elsewhere in its file, or what is left of the file when the code went to `target`. */
	readonly moved: string;
	readonly target?: { readonly path: string; readonly text: string };
	readonly partly: string;
	readonly rewritten: string;
}

const header = (name: string) => `// ${name}\nexport const limit${name} = 100;\n`;

function typescript(name: string, verb: string): Task {
	const head = header(name);
	const other = `export function size${name}(list: readonly string[]): number {\n\treturn list.length;\n}\n`;
	const code = `export function ${verb}${name}(items: readonly string[], prefix: string): string[] {
	const found: string[] = [];
	for (const item of items) {
		const clean = item.trim().toLowerCase();
		if (!clean.startsWith(prefix)) continue;
		found.push(clean.slice(prefix.length));
	}
	if (found.length > limit${name}) throw new RangeError('too many in ${name}');
	return found.sort();
}
`;
	const laidOut = `export function ${verb}${name}(
  items: readonly string[],
  prefix: string,
): string[] {
  const found: string[] = []
  for (const item of items) {
    const clean = item
      .trim()
      .toLowerCase()
    if (!clean.startsWith(prefix)) continue
    found.push(
      clean.slice(prefix.length),
    )
  }
  if (found.length > limit${name})
    throw new RangeError("too many in ${name}")
  return found.sort()
}
`;
	const partly = code
		.replace('\tconst found: string[] = [];', '\tconst seen = new Set<string>();')
		.replace(
			'\t\tfound.push(clean.slice(prefix.length));',
			'\t\tif (seen.size % 7 === 3) console.warn(`half way: ${seen.size}`);\n\t\tseen.add(clean.replace(prefix, ""));',
		)
		.replace('\treturn found.sort();', '\treturn [...seen].toSorted((a, b) => b.localeCompare(a));');
	const rewritten = `export function ${verb}${name}(items: readonly string[], prefix: string): string[] {
	const trie = Trie.from(items, { fold: true });
	const node = trie.descend([...prefix]);
	return node === null ? [] : [...node.walkSuffixes({ order: 'alphabetical' })].slice(0, limit${name});
}
`;
	return {
		path: `src/${verb}${name}.ts`,
		before: `${head}\n${other}`,
		after: `${head}\n${other}\n${code}`,
		reformatted: `${head}\n${other}\n${laidOut}`,
		moved: `${head}\n${code}\n${other}`,
		partly: `${head}\n${other}\n${partly}`,
		rewritten: `${head}\n${other}\n${rewritten}`,
	};
}

function python(name: string, verb: string): Task {
	const head = `"""${name}"""\nLIMIT_${name.toUpperCase()} = 100\n`;
	const code = `def ${verb}_${name}(rows, field):
    totals = {}
    for row in rows:
        key = row.get(field, "unknown")
        totals[key] = totals.get(key, 0) + row["amount"]
    ordered = sorted(totals.items(), key=lambda pair: pair[1])
    return ordered[:LIMIT_${name.toUpperCase()}]
`;
	const laidOut = `def ${verb}_${name}(
    rows,
    field,
):
    totals = {}
    for row in rows:
        key = row.get(
            field, 'unknown'
        )
        totals[key] = (
            totals.get(key, 0)
            + row['amount']
        )
    ordered = sorted(
        totals.items(),
        key=lambda pair: pair[1],
    )
    return ordered[:LIMIT_${name.toUpperCase()}]
`;
	const partly = code
		.replace(
			'        key = row.get(field, "unknown")\n',
			'        if field not in row:\n            logging.debug("skipped %s", row)\n            continue\n        key = str(row[field]).casefold()\n',
		)
		.replace('    ordered = sorted(totals.items(), key=lambda pair: pair[1])\n', '    ordered = heapq.nlargest(25, totals, key=totals.__getitem__)\n');
	const rewritten = `def ${verb}_${name}(rows, field):
    frame = pandas.DataFrame(rows).fillna({field: "none"})
    grouped = frame.groupby(field, observed=True)["amount"]
    return list(grouped.agg("sum").nsmallest(50).to_dict().items())
`;
	return {
		path: `tools/${verb}_${name}.py`,
		before: head,
		after: `${head}\n\n${code}`,
		reformatted: `${head}\n\n${laidOut}`,
		moved: head,
		target: { path: `tools/shared_${name}.py`, text: `from limits import LIMIT_${name.toUpperCase()}\n\n\n${code}` },
		partly: `${head}\n\n${partly}`,
		rewritten: `${head}\n\n${rewritten}`,
	};
}

export const tasks: readonly Task[] = [
	typescript('Words', 'filter'),
	typescript('Names', 'collect'),
	typescript('Paths', 'strip'),
	typescript('Tags', 'pick'),
	typescript('Users', 'select'),
	python('orders', 'sum'),
	python('visits', 'count'),
	python('clicks', 'tally'),
	python('refunds', 'group'),
	python('stock', 'total'),
];

export const fates = ['kept', 'reformatted', 'moved', 'partly rewritten', 'rewritten', 'reverted'] as const;
export type FateName = (typeof fates)[number];

/** What people do after the turn's work was committed. Each fate is one more commit, with work of others around it. */
export function play(repo: GitRepository, task: Task, fate: FateName): void {
	repo.commit('the work of the turn');
	repo.write('notes/other.md', `# ${fate}\n`);
	repo.commit('something else');
	switch (fate) {
		case 'kept':
			break;
		case 'reformatted':
			repo.write(task.path, task.reformatted);
			break;
		case 'moved':
			repo.write(task.path, task.moved);
			if (task.target !== undefined) repo.write(task.target.path, task.target.text);
			break;
		case 'partly rewritten':
			repo.write(task.path, task.partly);
			break;
		case 'rewritten':
			repo.write(task.path, task.rewritten);
			break;
		case 'reverted':
			repo.git('revert', '--no-edit', 'HEAD~1');
			return;
	}
	repo.commit(`afterwards: ${fate}`);
}
