import { InvalidArgumentError } from 'commander';

/** Parser of an option that takes a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!Number.isInteger(value) || value < least || value > most) throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
		return value;
	};
}
