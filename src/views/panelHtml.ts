export interface PanelParts {
	readonly title: string;
	/** Where the editor serves local files from; allowed for styles alone. */
	readonly cspSource: string;
	/** Fresh for each page; only the script that carries it may run. */
	readonly nonce: string;
	readonly scriptUri: string;
	readonly styleUris: readonly string[];
}

/** The empty page of a panel. Its script fills it with what the extension sends. Nothing is loaded from the network. */
export function panelHtml({ title, cspSource, nonce, scriptUri, styleUris }: PanelParts): string {
	const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
${styleUris.map((uri) => `<link rel="stylesheet" href="${attribute(uri)}">`).join('\n')}
<title>${attribute(title)}</title>
</head>
<body>
<main id="content" aria-live="polite" aria-busy="true"></main>
<script nonce="${attribute(nonce)}" src="${attribute(scriptUri)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
