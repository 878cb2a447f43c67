import type { FileFate, TurnFate } from '../../core/outcome';
import { messageOf } from '../../core/errors';
import type { Log } from '../../core/ports';

/** What was asked less than this long ago is not asked again. */
const freshMs = 30_000;

type Ask = (folder: string, id: string) => Promise<TurnFate>;

interface Known {
	readonly at: number;
	readonly answer: Promise<TurnFate | undefined>;
	fate?: TurnFate | undefined;
}

/** What became of turns, asked one turn after the other, because each looks at the working tree. */
export class Fates {
	private readonly known = new Map<string, Known>();
	private readonly wanted = new Map<string, () => void>();
	private running = false;

	constructor(
		private readonly ask: Ask,
		private readonly log: Log,
	) {}

	/** What is known without asking. */
	current(id: string): TurnFate | undefined {
		return this.known.get(id)?.fate;
	}

	/** Asks, unless that was just done. undefined when it cannot be told. */
	of(folder: string, id: string): Promise<TurnFate | undefined> {
		const known = this.known.get(id);
		if (known !== undefined && Date.now() - known.at < freshMs) return known.answer;
		const answer = this.ask(folder, id).catch((cause: unknown) => {
			this.log.debug(`what became of turn ${id} could not be told: ${messageOf(cause)}`);
			return undefined;
		});
		// What was known before is shown until the answer is there.
		const entry: Known = { at: Date.now(), answer, ...(known?.fate !== undefined && { fate: known.fate }) };
		this.known.set(id, entry);
		void answer.then((fate) => (entry.fate = fate));
		return answer;
	}

	/** Asks when it is this turn's turn; `onKnown` is called if the answer is another one than before. `key` names what shows it. */
	want(key: string, folder: string, id: string, onKnown: () => void): void {
		this.wanted.set(key, () => {
			const before = this.current(id);
			return void this.of(folder, id).then((fate) => {
				this.running = false;
				if (JSON.stringify(fate?.files) !== JSON.stringify(before?.files)) onKnown();
				this.next();
			});
		});
		this.next();
	}

	/** Nothing that waits is asked any more. */
	drop(): void {
		this.wanted.clear();
	}

	private next(): void {
		const [first] = this.wanted;
		if (this.running || first === undefined) return;
		const [key, start] = first;
		this.wanted.delete(key);
		this.running = true;
		start();
	}
}

/** What became of a turn's lines in a file, by its path in the turn or where it is now. */
export function fateIn(fate: TurnFate | undefined, path: string): FileFate | undefined {
	return fate?.files.find((file) => file.file_path === path) ?? fate?.files.find((file) => file.now_path === path);
}
