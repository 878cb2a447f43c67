/** A failure that the user can do something about: the message says what failed, on what, and what to do. */
export class UserError extends Error {
	override readonly name: string = 'UserError';
	constructor(
		message: string,
		/** 1 failed or refused, 2 wrong use, 3 a gate found violations. */
		readonly exitCode: 1 | 2 | 3 = 1,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}

/** Work that was stopped on request; not a failure. */
export class Cancelled extends Error {
	override readonly name = 'Cancelled';
	constructor() {
		super('Cancelled.');
	}
}

/** The text of anything thrown, for a message or a log. */
export function messageOf(cause: unknown): string {
	return cause instanceof Error ? cause.message : String(cause);
}
