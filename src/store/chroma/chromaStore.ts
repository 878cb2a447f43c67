import { AdminClient, ChromaClient, ChromaForbiddenError, ChromaNotFoundError, ChromaUnauthorizedError, ChromaUniqueError } from 'chromadb';
import type { Collection } from 'chromadb';
import { UserError, messageOf } from '../../core/errors';
import type { VectorCollection, VectorStore } from '../../core/ports';
import { ChromaCollection } from './chromaCollection';
import { Retrying } from './retrying';

/** Where a server is reached. */
export interface Endpoint {
	readonly host: string;
	readonly port: number;
	readonly ssl: boolean;
	readonly headers: Readonly<Record<string, string>>;
	readonly tenant: string;
	/** For messages: a directory or a URL without its headers. */
	readonly label: string;
}

export interface ChromaStoreOptions {
	/** Finds the server, starting it where it is ours. Called again after a lost connection. */
	readonly endpoint: () => Promise<Endpoint>;
	/** The model that made the vectors; collections made by another one are refused. */
	readonly model: () => Promise<{ name: string; dimensions: number }>;
	/** Milliseconds before the first retry; tests shorten it. */
	readonly retryDelay?: number;
}

/** Metadata of our collections; chroma-mcp-server's have none, which means all-MiniLM-L6-v2. */
const unnamedModel = { name: 'all-MiniLM-L6-v2', dimensions: 384 };

/** Chroma databases and collections over HTTP, embedded or the team's. */
export class ChromaStore implements VectorStore {
	private clients = new Map<string, ChromaClient>();
	private endpoint: Endpoint | undefined;
	private label = 'The Chroma server';
	/** Opened and checked once; a handle opens itself again when its server is gone. */
	private readonly opened = new Map<string, Promise<VectorCollection>>();
	private readonly retrying: Retrying;

	constructor(private readonly options: ChromaStoreOptions) {
		this.retrying = new Retrying(
			() => this.forget(),
			options.retryDelay ?? 300,
			(cause) => this.explained(cause),
		);
	}

	collection(database: string, name: string): Promise<VectorCollection> {
		const key = `${database}/${name}`;
		let opened = this.opened.get(key);
		if (opened === undefined) {
			opened = this.openChecked(database, name);
			this.opened.set(key, opened);
			opened.catch(() => this.opened.delete(key));
		}
		return opened;
	}

	private async openChecked(database: string, name: string): Promise<VectorCollection> {
		const open = () => this.open(database, name);
		const first = await this.retrying.run(open, `open ${name}`);
		await this.refuseOtherModel(first, name);
		return new ChromaCollection(open, this.retrying, name);
	}

	async ensureCollection(database: string, name: string): Promise<{ created: boolean }> {
		const names = await this.collectionNames(database);
		// Opened anew: somebody may have dropped what was opened before.
		this.opened.delete(`${database}/${name}`);
		await this.collection(database, name);
		return { created: !names.includes(name) };
	}

	async collectionNames(database: string): Promise<string[]> {
		return this.retrying.run(async () => {
			try {
				const client = await this.client(database);
				const names: string[] = [];
				for (let offset = 0; ; offset += 100) {
					const page = await client.listCollections({ limit: 100, offset });
					names.push(...page.map((collection) => collection.name));
					if (page.length < 100) return names;
				}
			} catch (cause) {
				if (cause instanceof ChromaNotFoundError) return [];
				throw cause;
			}
		}, 'list collections');
	}

	close(): Promise<void> {
		this.forget();
		return Promise.resolve();
	}

	/** After a lost connection the server may be back on another port. */
	private forget() {
		this.clients = new Map();
		this.endpoint = undefined;
	}

	private async open(database: string, name: string): Promise<Collection> {
		const { name: model, dimensions } = await this.options.model();
		const client = await this.client(database);
		const args = {
			name,
			embeddingFunction: null,
			configuration: { hnsw: { space: 'cosine' as const } },
			metadata: { embedding_model: model, embedding_dimensions: dimensions, schema_version: 1 },
		};
		try {
			return await client.getOrCreateCollection(args);
		} catch (cause) {
			if (!(cause instanceof ChromaNotFoundError) && !/database.*not found|not exist/i.test(messageOf(cause))) throw cause;
			await this.createDatabase(database);
			return client.getOrCreateCollection(args);
		}
	}

	private async refuseOtherModel(collection: Collection, name: string) {
		const { name: model, dimensions } = await this.options.model();
		const made = collection.metadata?.['embedding_model'];
		const madeModel = typeof made === 'string' ? made : unnamedModel.name;
		const madeDimensions = Number(collection.metadata?.['embedding_dimensions'] ?? (typeof made === 'string' ? dimensions : unnamedModel.dimensions));
		if (madeModel === model && madeDimensions === dimensions) return;
		throw new UserError(
			`The collection ${name} was made with the embedding model ${madeModel} (${madeDimensions} numbers), but ${model} (${dimensions}) is set. Vectors of two models cannot be compared. ` +
				`Set EMBEDDING_MODEL_PROVIDER and EMBEDDING_MODEL_NAME back, or use another CHROMA_DATABASE (or CHROMA_DB_PATH) and index again. Nothing was changed.`,
		);
	}

	private async client(database: string): Promise<ChromaClient> {
		const { host, port, ssl, headers, tenant } = await this.reach();
		let client = this.clients.get(database);
		if (client === undefined) this.clients.set(database, (client = new ChromaClient({ host, port, ssl, tenant, database, headers: { ...headers } })));
		return client;
	}

	private async reach(): Promise<Endpoint> {
		this.endpoint ??= await this.options.endpoint();
		this.label = this.endpoint.label;
		return this.endpoint;
	}

	private async createDatabase(name: string) {
		const { host, port, ssl, headers, tenant } = await this.reach();
		try {
			await new AdminClient({ host, port, ssl, headers: { ...headers } }).createDatabase({ name, tenant });
		} catch (cause) {
			if (!(cause instanceof ChromaUniqueError) && !/already exists/i.test(messageOf(cause))) throw cause;
		}
	}

	private explained(cause: unknown): unknown {
		if (cause instanceof ChromaUnauthorizedError || cause instanceof ChromaForbiddenError || /\b(401|403)\b/.test(messageOf(cause)))
			return new UserError(`${this.label} refused access. Check CHROMA_HTTP_HEADERS (for example "Authorization: Bearer …").`, 1, { cause });
		return cause;
	}
}
