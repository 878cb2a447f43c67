import type { TurnObservationInput } from '../core/turn';

/** What a source noticed. */
export type CaptureEvent =
	| { readonly type: 'turn'; readonly turn: TurnObservationInput }
	/** A record it did not understand; counted per kind, so that drift of a format is seen. */
	| { readonly type: 'unknown'; readonly source: string; readonly what: string }
	/** What was told so far will not change: a later reading may begin here. */
	| { readonly type: 'mark'; readonly mark: ReadMark };

/** A place in a file that only grows, from which a reading can go on. */
export interface ReadMark {
	/** Bytes from the start of the file. */
	readonly offset: number;
	/** What the source must know of the part before (session, folder, model); JSON, in a form of the source's own. */
	readonly carry: unknown;
}

export interface ReadOptions {
	readonly signal?: AbortSignal | undefined;
	/** A mark that an earlier reading of the same, since then only longer file has given. Sources that give no marks ignore it. */
	readonly from?: ReadMark | undefined;
	/** Of a file that holds several sessions, only this one. */
	readonly session_id?: string | undefined;
}

/** A transcript a source found on this machine. */
export interface TranscriptRef {
	/** Absolute path of the file. */
	readonly path: string;
	readonly source: string;
	readonly session_id: string;
	/** Folder the assistant worked in, where the file or its place tells it. */
	readonly cwd?: string;
	readonly bytes: number;
	readonly modified: string;
	/** True when the file holds other sessions too: each is then read by itself, by its `session_id`. */
	readonly shared?: boolean;
	/** State of the files that are read together with it, as its source's `beside` tells it. */
	readonly beside?: string;
}

/**
 * An assistant whose transcripts lie in files.
 *
 * A source only reports. It never filters by content, redacts, joins or stores, so that those rules
 * exist once, downstream, and hold for every source. It may report a turn twice (after a restart,
 * say) but must not lose one. A record it does not know is reported as `unknown` and skipped.
 */
export interface TranscriptSource {
	/** claude-code, vscode-copilot, … Same word as the turn's `assistant`. */
	readonly name: string;
	/** Version of the assistant whose format was last checked; where it was made from documents alone, their month. */
	readonly verifiedVersion: string;
	/** Raised when the reader learns to see more of what is there already, so that transcripts are read once more; 1 when left out. */
	readonly readerVersion?: number;
	/** False for formats that were built from documents alone. */
	readonly seenLive: boolean;
	/** True when it knows less than another source of the same name, and is read only for sessions that the other has not. */
	readonly backfill?: boolean;
	/** Finds transcripts under the source's usual places (overridable); `env` is the process environment. */
	find(places: SourcePlaces): Promise<TranscriptRef[]>;
	/** True when the file looks like this source's format; reads a few kilobytes at most. */
	recognises(path: string, head: string): boolean;
	/** Further files of a session that lie beside its own, as those of sub-agents. */
	further?(path: string, session_id: string): Promise<string[]>;
	/** Stands for what a reading draws on besides the transcript itself; another word means that a reading may tell more, though the transcript has not changed. */
	beside?(path: string): Promise<string>;
	/** Reads a transcript and yields its events, turns in order. A half-written last line is ignored. */
	read(path: string, options?: ReadOptions): AsyncGenerator<CaptureEvent>;
}

/** Where to look; every place can be overridden by the environment. */
export interface SourcePlaces {
	readonly home: string;
	readonly platform: NodeJS.Platform;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Folders that are worked in, for assistants that keep their transcripts there. */
	readonly folders?: readonly string[];
}
