/** Whose models begin like this. Identifiers are `provider/model`, as models.dev has them. */
const providers: readonly (readonly [start: RegExp, provider: string])[] = [
	[/^claude-/, 'anthropic'],
	[/^(gpt-|o[1-9]|codex-)/, 'openai'],
	[/^gemini-/, 'google'],
];

/** A model whose provider is not known goes by its own name. Longer names than the specification allows are left out. */
export function modelIdOf(model: string | undefined): string | undefined {
	if (model === undefined || model === '') return undefined;
	const provider = model.includes('/') ? undefined : providers.find(([start]) => start.test(model))?.[1];
	const id = provider === undefined ? model : `${provider}/${model}`;
	return id.length > 250 ? undefined : id;
}

/** The model as assistants name it. */
export function modelOf(id: string | undefined): string | undefined {
	const [, provider, model] = /^([^/]+)\/([^/]+)$/.exec(id ?? '') ?? [];
	return model !== undefined && modelIdOf(model) === id && provider !== undefined ? model : id;
}
