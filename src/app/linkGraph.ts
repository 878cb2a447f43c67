import { resolve } from 'node:path';
import type { CallContext, Link, LinkEnd } from '../core/api';
import type { Place } from '../platform/repositories';
import { withinTree } from '../platform/repositories';
import { currentChunk } from './linker';
import type { AppPorts } from './ports';
import { realPath } from './realPath';
import type { Stores } from './stores';
import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';

/** Reads the graph of turns, chunks and learnings. */
export class LinkGraph {
	/** Code index that was used last for a repository: chunk ids are looked up there. */
	private readonly indexes = new Map<string, CodeIndexDb>();

	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
	) {}

	/** Lets chunk ids of the call's repository be resolved. */
	async prepare(context: CallContext): Promise<Place | undefined> {
		const place = context.folder === '' ? undefined : await this.ports.repositories.at(context.folder);
		if (place !== undefined) this.indexes.set(place.repo_id, this.stores.codeIndex(place.checkout_id, this.stores.of(context)));
		return place;
	}

	/** Links of one turn, chunk or learning; or of a file's chunks, named by its path in the place or from the folder. */
	around(id: string, place?: Place, folder = ''): Link[] {
		const links = [...this.fromTurn(id), ...this.toChunk(id), ...this.ofLearning(id)];
		return links.length > 0 || place === undefined ? links : this.ofFile(id, place, folder);
	}

	/** Links of the repository, newest turn first. */
	all(repoId: string | undefined, limit: number): Link[] {
		const rows = this.ports.derived.sql.all(
			'select l.from_id from links l join turns t on t.id=l.from_id where l.repo_id=? group by l.from_id order by max(t.started_at) desc limit ?',
			repoId ?? '',
			limit,
		);
		return rows.flatMap((row) => this.fromTurn(String(row['from_id']))).slice(0, limit);
	}

	contentHashes(chunkIds: readonly string[]): string[] {
		return chunkIds.flatMap((id) => this.chunk(id)?.content_hash ?? []);
	}

	private fromTurn(id: string): Link[] {
		const turn = this.turnEnd(id);
		if (turn === undefined) return [];
		const changed = this.ports.derived.linksFrom(id, 'changed').map((chunk): Link => ({ from: turn, to: this.chunkEnd(chunk), kind: 'changed' }));
		const learning = this.ports.derived.facts(id).learning_id;
		const end = learning === undefined ? undefined : this.learningEnd(learning);
		return end === undefined ? changed : [...changed, { from: turn, to: end, kind: 'promoted' }];
	}

	private toChunk(id: string): Link[] {
		return this.ports.derived.linksTo(id, 'changed').flatMap((turnId): Link[] => {
			const turn = this.turnEnd(turnId);
			return turn === undefined ? [] : [{ from: turn, to: this.chunkEnd(id), kind: 'changed' }];
		});
	}

	private ofLearning(id: string): Link[] {
		const learning = this.ports.derived.learning(id);
		const end = this.learningEnd(id);
		if (learning === undefined || end === undefined) return [];
		const source = learning.source_chat_id === undefined ? undefined : this.turnEnd(learning.source_chat_id);
		const example = learning.example_code_reference === '' ? [] : [{ from: end, to: this.chunkEnd(learning.example_code_reference), kind: 'cites' as const }];
		return [...(source === undefined ? [] : [{ from: source, to: end, kind: 'promoted' as const }]), ...example];
	}

	private ofFile(given: string, { repo_id, tree }: Place, folder: string): Link[] {
		const index = this.indexes.get(repo_id);
		if (index === undefined) return [];
		const path = index.file(given) === undefined ? withinTree(tree.root, realPath(resolve(folder, given))) : given;
		return path === undefined ? [] : index.chunksOf(path).flatMap((chunk) => this.toChunk(chunk.id));
	}

	private turnEnd(id: string): LinkEnd | undefined {
		const turn = this.ports.derived.turn(id);
		return turn === undefined ? undefined : { type: 'turn', id, label: turn.prompt_summary };
	}

	private learningEnd(id: string): LinkEnd | undefined {
		const learning = this.ports.derived.learning(id);
		return learning === undefined ? undefined : { type: 'learning', id, label: learning.description };
	}

	private chunkEnd(id: string): LinkEnd {
		const chunk = this.chunk(id);
		if (chunk === undefined) return { type: 'chunk', id, label: `${id} (not in the index now)` };
		return {
			type: 'chunk',
			id: chunk.id,
			label: chunk.symbol === '' ? `${chunk.path}:${chunk.start_line}` : chunk.symbol,
			file_path: chunk.path,
			start_line: chunk.start_line,
			end_line: chunk.end_line,
		};
	}

	private chunk(id: string): StoredChunk | undefined {
		for (const index of this.indexes.values()) {
			const chunk = currentChunk(index, id);
			if (chunk !== undefined) return chunk;
		}
		return undefined;
	}
}
