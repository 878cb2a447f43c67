/** Runs one step of a chore and prints its name, how it ended and how long it took. Returns `{ value }` with the step's result, or undefined when it threw. */
export async function step(name, work) {
	console.log(`\n▶ ${name}`);
	const start = performance.now();
	const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
	try {
		const value = await work();
		console.log(`✔ ${name} (${seconds()})`);
		return { value };
	} catch (cause) {
		console.error(`✖ ${name} (${seconds()}): ${cause.message}`);
		return undefined;
	}
}
