import { EventEmitter, type Disposable, type Memento, type Uri } from 'vscode';

/** How the view of links is laid out: file, symbol, turns; or session, turns, files. */
export type LinksArrangement = 'files' | 'sessions';

const key = 'codelearn.links.arrangement';

/** What commands may ask of the view of links. The layout is remembered for the workspace. */
export class LinksControl implements Disposable {
	private readonly changed = new EventEmitter<LinksArrangement>();
	readonly onDidArrange = this.changed.event;
	/** Shows the turns of a file; false when none is known to have changed it. Set by the view. */
	reveal: (file: Uri) => Promise<boolean> = () => Promise.resolve(false);

	constructor(private readonly workspace: Memento) {}

	get arrangement(): LinksArrangement {
		return this.workspace.get<string>(key) === 'sessions' ? 'sessions' : 'files';
	}

	async arrange(arrangement: LinksArrangement): Promise<void> {
		if (arrangement === this.arrangement) return;
		await this.workspace.update(key, arrangement);
		this.changed.fire(arrangement);
	}

	dispose(): void {
		this.changed.dispose();
	}
}
