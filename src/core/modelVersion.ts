/**
 * The active model with the adapter it runs with: `model+adapter`. Without an adapter it is the model; undefined when not even that is known.
 */
export function modelVersion(model: string | undefined, adapter: string | undefined): string | undefined {
	if (model === undefined || model === '') return undefined;
	return adapter === undefined || adapter === '' ? model : `${model}+${adapter}`;
}
