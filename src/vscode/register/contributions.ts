import type { Log } from '../../core/ports';

/** Something that was started and can be ended. */
export interface Started {
	dispose(): unknown;
}

/** One part of the extension that stands by itself. */
export interface Contribution {
	readonly name: string;
	start(): Started;
}

/** Starts each part; one that throws is logged and does not stop the rest. */
export function startAll(contributions: readonly Contribution[], log: Log): Started {
	const started: Started[] = [];
	for (const contribution of contributions) {
		try {
			started.push(contribution.start());
		} catch (cause) {
			log.error(`${contribution.name} did not start`, cause);
		}
	}
	return {
		dispose: () => {
			for (const part of started.reverse()) disposed(part, log);
		},
	};
}

function disposed(part: Started, log: Log): void {
	try {
		part.dispose();
	} catch (cause) {
		log.error('a part did not end cleanly', cause);
	}
}
