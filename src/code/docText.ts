/** The words of a comment or docstring without its marks. */
export function docText(raw: string): string {
	return raw
		.replace(/^[rRbBuUfF]{0,2}("""|'''|"|')([\s\S]*)\1$/, '$2')
		.split('\n')
		.map((line) => line.replace(opening, '').replace(closing, '').trim())
		.join('\n')
		.trim();
}

const opening = /^\s*(\/\*\*?!?|\/\/[/!]?|\*(?!\/)|#+!?|--+(\[\[)?|<!--|;+)/;
const closing = /(\*+\/|-->|\]\])\s*$/;
