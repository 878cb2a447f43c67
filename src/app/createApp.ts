import type { z } from 'zod';
import type { Api, CallContext, CallOptions, OperationName, Output } from '../core/api';
import { api } from '../core/api';
import { UserError } from '../core/errors';
import { allCollections } from '../core/record';
import { AfterWrite } from './afterWrite';
import { Analysis } from './analysis';
import { appStatus } from './appStatus';
import { Attribution } from './attribution';
import { AuthorshipNotes } from './authorshipNotes';
import { keepAttachmentWish } from './attachmentChoice';
import { CaptureHealth } from './captureHealth';
import { CaptureMeter } from './captureMeter';
import { ClaimImport } from './claimImport';
import { CodeIndexer } from './codeIndexer';
import { Compactor } from './compactor';
import { Fates } from './fates';
import { Fingerprints } from './fingerprints';
import { Ingest } from './ingest';
import { JournalRedaction } from './journalRedaction';
import { Ledger } from './ledger';
import { LinkGraph } from './linkGraph';
import { Linker } from './linker';
import { manualTurn } from './manualTurn';
import { Outbox } from './outbox';
import type { AppPorts } from './ports';
import { purgeRows } from './purgeRows';
import { Purger } from './purger';
import { Rebuilder } from './rebuilder';
import { Retention } from './retention';
import { RevisionAuthors } from './revisionAuthors';
import { Search } from './search';
import { ShellEdits } from './shellEdits';
import { Spool } from './spool';
import { TurnStats } from './stats';
import { Stores } from './stores';
import { TranscriptWatch } from './transcriptWatch';
import { Traces } from './traces';
import { Transcripts } from './transcripts';
import { TurnDesk } from './turnDesk';
import { WhyLine } from './whyLine';

type Handlers = { readonly [K in OperationName]: (context: CallContext, input: z.output<Api[K]['input']>, options: CallOptions) => Promise<Output<K>> };

/** The app as the process that holds the ingest lease runs it. */
export interface LocalApp {
	/** Runs one operation for one caller. Input is checked here; the answer is what the operation's schema says. */
	call(operation: OperationName, input: unknown, context: CallContext, options?: CallOptions): Promise<unknown>;
	/** Folds what the journal holds and sends what waits. */
	start(): Promise<void>;
	readonly stores: Stores;
	readonly ledger: Ledger;
	readonly outbox: Outbox;
	readonly retention: Retention;
	close(): Promise<void>;
}

/** The composition root: read from top to bottom it is the architecture. */
export function createApp(ports: AppPorts): LocalApp {
	const stores = new Stores(ports);
	const ledger = new Ledger(ports);
	const outbox = new Outbox(ports, stores);
	const ingest = new Ingest(ports, ledger);
	const linker = new Linker(ports);
	const indexer = new CodeIndexer(ports, stores, ledger, linker);
	const graph = new LinkGraph(ports, stores);
	const desk = new TurnDesk(ports, ledger, graph);
	const prints = new Fingerprints(ports);
	const attribution = new Attribution(prints);
	const whyLine = new WhyLine(ports, stores, attribution);
	const fates = new Fates(ports, stores, prints, attribution);
	const analysis = new Analysis(ports, ledger, prints, fates);
	const revisions = new RevisionAuthors(ports, stores, attribution, prints);
	const claims = new ClaimImport(ports, ingest);
	const traces = new Traces(ports, revisions, claims);
	const notes = new AuthorshipNotes(ports, revisions, claims);
	const health = new CaptureHealth(ports);
	const meter = new CaptureMeter(ports, health);
	const transcripts = new Transcripts(ports, ingest, health);
	const search = new Search(ports, stores);
	const after = new AfterWrite(ports, stores, linker, outbox);
	const settle = (since: number) => after.settleAlone(changedSince(ports, since));
	const shellEdits = new ShellEdits(ports, ingest, settle);
	const spool = new Spool(ports, ingest, transcripts, shellEdits, settle, health);
	const watch = new TranscriptWatch(ports, transcripts, settle);
	const compactor = new Compactor(ports);
	const purger = new Purger(ports, ledger);
	const retention = new Retention(ports, purger, compactor, () => outbox.schedule());
	const redaction = new JournalRedaction(ports, ledger, (ids) => compactor.dropReplaced(ids));
	const rebuilder = new Rebuilder(ports, stores, ledger, outbox, linker);
	const stats = new TurnStats(ports);

	/** What an import has kept is settled, also when it was stopped on the way. */
	const settled = async <T>(context: CallContext, work: () => Promise<T>): Promise<T> => {
		const before = ports.derived.version();
		try {
			return await work();
		} finally {
			const changed = changedSince(ports, before);
			if (changed.length > 0) await after.settle(context, changed);
		}
	};

	const handlers: Handlers = {
		status: async (context) => {
			await after.bind(context);
			return appStatus(ports, stores, outbox);
		},
		setupCollections: async (context) => {
			const { place, handle } = await after.bind(context);
			const database = handle.databaseOf(place?.repo_id);
			const collections = [];
			for (const name of allCollections) collections.push({ name, ...(await handle.vectors.ensureCollection(database, name)) });
			return { database, collections };
		},
		index: async (context, input, options) => {
			await after.bind(context);
			const report = await indexer.index(context, input, options);
			ledger.changed();
			outbox.schedule();
			return report;
		},
		explainIndex: (context, { path }) => indexer.explain(context, path),
		indexState: async (context) => {
			const { place, handle } = await after.bind(context);
			if (place === undefined) return { files: 0, chunks: 0, commit_sha: '', last_indexed_utc: '' };
			const index = stores.codeIndex(place.checkout_id, handle);
			return { repo_id: place.repo_id, ...index.counts(), commit_sha: index.meta('commit_sha'), last_indexed_utc: index.meta('last_indexed_utc') };
		},
		query: async (context, input) => {
			await after.bind(context);
			return search.query(context, input);
		},
		getDocuments: async (context, { collection, ids }) => {
			const { place, handle } = await after.bind(context);
			const rows = await (await handle.collection(place?.repo_id, collection)).get(ids);
			const found = new Map(rows.map((row) => [row.id, row]));
			return {
				documents: ids.flatMap((id) => {
					const row = found.get(id);
					return row === undefined ? [] : [{ id, document: row.document, metadata: row.metadata }];
				}),
				missing: ids.filter((id) => !found.has(id)),
			};
		},
		logChat: async (context, input) => {
			const { overrides, observation } = manualTurn(input, context, ports.clock.now());
			const [taken] = await ingest.turns([observation], overrides);
			if (taken === undefined || taken.outcome === 'left out')
				throw new UserError(
					taken === undefined || taken.id === ''
						? 'Capture is off in this folder, so the turn was not kept. Switch it on in the editor first.'
						: `The turn ${taken.id} was purged, so it was not kept again. Give another --turn-key.`,
				);
			const { id, outcome, redactions } = taken;
			await after.settle(context, [id]);
			return { turn_id: id, revision: ports.derived.record('turn', id)?.revision ?? 1, outcome, redactions };
		},
		capture: async (context, { turns }) => {
			const taken = await ingest.turns(turns);
			const changed = taken.filter(({ outcome }) => outcome === 'new' || outcome === 'extended').map(({ id }) => id);
			await after.settle(context, changed);
			return {
				new: taken.filter(({ outcome }) => outcome === 'new').length,
				extended: taken.filter(({ outcome }) => outcome === 'extended').length,
				unchanged: taken.length - changed.length,
			};
		},
		captureEdits: (_context, input) => ingest.edits(input),
		captureStatus: (_context, input) => meter.status(input),
		captureChecks: async (context, input) => {
			const before = ports.derived.version();
			const report = await ingest.checks(input);
			if (report.attached > 0) await after.settle(context, changedSince(ports, before));
			return report;
		},
		findTranscripts: async (context, input) => ({ transcripts: await transcripts.find(context.folder, input) }),
		importTranscripts: (context, input, options) => settled(context, () => transcripts.import(context.folder, input, options)),
		readTranscripts: (_context, input) => transcripts.read(input),
		listTurns: (context, input) => desk.list(context, input),
		getTurn: async (context, { id }) => {
			await graph.prepare(context);
			return desk.get(id);
		},
		setReview: async (context, { id, review }) => {
			const facts = await desk.setReview(id, review);
			await after.settle(context, []);
			return facts;
		},
		promote: async (context, input) => {
			await graph.prepare(context);
			const learning = await desk.promote(context, input);
			await after.settle(context, []);
			return learning;
		},
		listLearnings: async (context, { everywhere }) => ({ learnings: await desk.learnings(context, everywhere) }),
		links: async (context, { of, limit }) => {
			const place = await graph.prepare(context);
			return { links: of === '' ? graph.all(place?.repo_id, limit) : graph.around(of, place, context.folder).slice(0, limit) };
		},
		why: (context, input, options) => whyLine.why(context, input, options),
		analyze: async (context, input, options) => {
			const report = await analysis.run(context, input, options);
			if (report.changed > 0) outbox.schedule();
			return report;
		},
		fate: (context, { id }, options) => fates.of(context, id, options),
		authors: (context, input, options) => whyLine.authors(context, input, options),
		stats: (context, input, options) => stats.of(context, input, options),
		exportTrace: (context, input, options) => traces.export(context, input, options),
		importTrace: (context, input, options) => settled(context, () => traces.import(context, input, options)),
		importNotes: (context, input, options) => settled(context, () => notes.import(context, input, options)),
		exportNotes: (context, input, options) => notes.export(context, input, options),
		rebuild: async (context) => {
			const { place, handle } = await after.bind(context);
			return rebuilder.rebuild(place, handle);
		},
		purge: async (context, input) => {
			// What hooks have left would come in after the purge otherwise.
			if (!input.dry_run) await spool.read();
			const done = await purger.purge(context, input);
			return input.dry_run ? done : { ...done, store_done: await purgeRows(ports, stores, outbox, after, context) };
		},
		redactJournal: async (context, { dry_run }) => {
			const done = await redaction.redact(dry_run);
			return dry_run || done.changed.length === 0 ? done : { ...done, store_done: await purgeRows(ports, stores, outbox, after, context) };
		},
		changes: (_context, { since, wait_ms }, { signal }) => nextVersion(ports, ledger, since, wait_ms, signal),
	};
	return {
		stores,
		ledger,
		outbox,
		retention,
		call: (operation, input, context, options = {}) => run(ports, handlers, operation, input, context, options),
		start: async () => {
			await ledger.catchUp();
			outbox.schedule();
			await spool.start();
			watch.start();
			retention.start();
			prints.start(ledger);
		},
		close: async () => {
			await watch.close();
			await spool.close();
			await shellEdits.close();
			await retention.close();
			await prints.close();
			await outbox.close();
			await stores.close();
			health.close();
			await ports.chunker.close();
			ports.derived.close();
			ports.journal.close();
		},
	};
}

async function run(
	ports: AppPorts,
	handlers: Handlers,
	operation: OperationName,
	input: unknown,
	context: CallContext,
	options: CallOptions,
): Promise<unknown> {
	const parsed = api[operation].input.safeParse(input);
	if (!parsed.success) throw new UserError(`${operation}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`, 2);
	ports.privacy.use(context);
	if (context.attachments !== undefined) keepAttachmentWish(context.folder, 'environment', context.attachments, ports.paths);
	// The table's type ties each handler to its own input; a name known only at run time loses that tie.
	const answer: unknown = await Reflect.apply(handlers[operation], undefined, [context, parsed.data, options]);
	return answer;
}

function changedSince(ports: AppPorts, version: number): string[] {
	return ports.derived.sql.all('select id from turns where changed>? and has_turn=1', version).map((row) => String(row['id']));
}

function nextVersion(ports: AppPorts, ledger: Ledger, since: number, waitMs: number, signal: AbortSignal | undefined): Promise<{ version: number }> {
	const version = ports.derived.version();
	// A smaller one is that of a database which was made anew since.
	if (version !== since || waitMs === 0) return Promise.resolve({ version });
	return new Promise((resolve) => {
		const finish = () => {
			clearTimeout(timer);
			stop();
			signal?.removeEventListener('abort', finish);
			resolve({ version: ports.derived.version() });
		};
		const timer = setTimeout(finish, waitMs);
		const stop = ledger.onChange(finish);
		signal?.addEventListener('abort', finish, { once: true });
	});
}
