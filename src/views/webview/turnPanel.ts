import type { FromPanel, PanelTurn, ToPanel } from '../review/messages';

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void };

const editor = acquireVsCodeApi();
const content = document.getElementById('content');

window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
	if (content === null) return;
	const focused = document.activeElement?.id;
	content.replaceChildren(...(event.data.type === 'turn' ? turnParts(event.data.turn) : [paragraph('failure', event.data.message)]));
	content.setAttribute('aria-busy', 'false');
	// A snapshot replaces the page: whoever works by keyboard stays on the button they pressed, or where it was.
	if (focused !== undefined && focused !== '') (document.getElementById(focused) ?? content).focus();
});
editor.postMessage({ type: 'ready' });

function turnParts(turn: PanelTurn): Node[] {
	return [
		actions(turn),
		factList(turn.facts),
		...section('Prompt', [block(turn.prompt)]),
		...(turn.response === '' ? [] : section('Response', [block(turn.response)])),
		...(turn.tools.length === 0 ? [] : section('Tools', [toolList(turn.tools)])),
		...(turn.files.length === 0 ? [] : section('Files', [fileList(turn.files)])),
		...(turn.diffHtml === '' ? [] : section('Changes', diffParts(turn))),
	];
}

function actions({ review }: PanelTurn): HTMLElement {
	const bar = element('div', 'actions');
	bar.setAttribute('role', 'toolbar');
	bar.setAttribute('aria-label', 'Decide on this turn');
	const decided = element('span', 'decided');
	decided.textContent = review === 'new' ? '' : review === 'promoted' ? 'Promoted to a learning' : 'Ignored';
	bar.append(button('promote', 'Promote to Learning', { type: 'promote' }, review === 'promoted'));
	bar.append(button('ignore', 'Ignore', { type: 'ignore' }, review !== 'new'), decided);
	return bar;
}

function button(id: string, label: string, message: FromPanel, disabled: boolean): HTMLButtonElement {
	const made = document.createElement('button');
	made.id = id;
	made.type = 'button';
	made.textContent = label;
	made.disabled = disabled;
	made.addEventListener('click', () => editor.postMessage(message));
	return made;
}

function factList(facts: PanelTurn['facts']): HTMLElement {
	const list = element('dl', 'facts');
	for (const [name, value] of facts) {
		const term = document.createElement('dt');
		term.textContent = name;
		const detail = document.createElement('dd');
		detail.textContent = value;
		list.append(term, detail);
	}
	return list;
}

function toolList(tools: PanelTurn['tools']): HTMLElement {
	const list = element('ol', 'tools');
	for (const { name, kind, ok } of tools) {
		const item = document.createElement('li');
		item.className = `tool ${ok === false ? 'failed' : kind}`;
		item.textContent = ok === false ? `${name} (failed)` : name;
		list.append(item);
	}
	return list;
}

function fileList(files: readonly string[]): HTMLElement {
	const list = element('ul', 'files');
	for (const file of files) {
		const item = document.createElement('li');
		const link = button(`file:${file}`, file, { type: 'openFile', file_path: file }, false);
		link.className = 'link';
		item.append(link);
		list.append(item);
	}
	return list;
}

function diffParts({ diffHtml, diffNote }: PanelTurn): Node[] {
	const diff = element('div', 'diff');
	// Made by diff2html in the extension, which escapes the diff's text; the page's policy runs no script but this one.
	diff.innerHTML = diffHtml;
	// The page has no use for the "viewed" boxes, and a box without a purpose is in the way of the keyboard.
	for (const box of diff.querySelectorAll('.d2h-file-collapse')) box.remove();
	for (const code of diff.querySelectorAll('.d2h-file-diff')) {
		code.setAttribute('tabindex', '0');
		code.setAttribute('role', 'region');
		code.setAttribute('aria-label', 'Changes of a file');
	}
	return diffNote === '' ? [diff] : [paragraph('note', diffNote), diff];
}

function section(title: string, parts: readonly Node[]): Node[] {
	const heading = document.createElement('h2');
	heading.textContent = title;
	const holder = document.createElement('section');
	holder.append(heading, ...parts);
	return [holder];
}

function block(text: string): HTMLElement {
	const shown = element('pre', 'text');
	shown.textContent = text;
	shown.tabIndex = 0;
	return shown;
}

function paragraph(className: string, text: string): HTMLElement {
	const shown = element('p', className);
	shown.textContent = text;
	return shown;
}

function element(tag: string, className: string): HTMLElement {
	const made = document.createElement(tag);
	made.className = className;
	return made;
}
