import * as vscode from 'vscode';
import type { Link, TurnSummary } from '../../core/api';
import { appOf } from '../../vscode/appOf';
import { commandIds } from '../../vscode/commandIds';
import type { FolderApp, Host } from '../../vscode/host';
import { Fates, fateIn } from './fates';
import { fileAtPath, filesOfTurns, sessionsOfTurns, type FileLinks, type SessionLinks, type SymbolLinks } from './linkGroups';
import { fileRow, fileTurnRow, sessionRow, sessionTurnRow, symbolRow, turnFileRow, type LinkRow } from './linkRows';
import { LiveTree } from './liveTree';

const mostTurns = 2000;
const mostLinks = 5000;
/** Of so many turns under one node the fate is asked by itself; of the others when the mouse rests on them. */
const mostAsked = 30;

interface Common {
	/** Unlike that of every other node, so that the editor knows it again. */
	readonly key: string;
	readonly folder: string;
	readonly parent?: LinkNode;
}
/** What commands take of a turn or of its file: `folder`, `id` and `file_path`. */
export type LinkNode = Common &
	(
		| { readonly type: 'folder'; readonly name: string }
		| { readonly type: 'file'; readonly file: FileLinks; readonly inEditor: boolean }
		| { readonly type: 'symbol'; readonly symbol: SymbolLinks; readonly file: FileLinks }
		| { readonly type: 'fileTurn'; readonly id: string; readonly file_path: string; readonly turn: TurnSummary }
		| { readonly type: 'session'; readonly session: SessionLinks }
		| { readonly type: 'turn'; readonly id: string; readonly turn: TurnSummary }
		| { readonly type: 'turnFile'; readonly id: string; readonly file_path: string }
	);
type FileTurn = Extract<LinkNode, { type: 'fileTurn' }>;

interface FolderLinks {
	readonly files: readonly FileLinks[];
	readonly sessions: readonly SessionLinks[];
}

/** Which turns changed which code, and what became of it: by file and definition, or by session and turn. */
export class LinksTree extends LiveTree<LinkNode> {
	private readonly fates: Fates;
	/** By folder; asked again after `refresh`, not when another layout or another order is shown. */
	private readonly data = new Map<string, Promise<FolderLinks>>();

	constructor(host: Host) {
		super(host);
		this.fates = new Fates((folder, id) => appOf(host, folder).fate({ id }), host.log);
	}

	override refresh(): void {
		this.data.clear();
		this.rearrange();
	}

	/** Shows the same data in another layout or order. */
	rearrange(): void {
		this.fates.drop();
		super.refresh();
	}

	getTreeItem(node: LinkNode): vscode.TreeItem {
		const item = itemOf(node, this.rowOf(node));
		item.id = node.key;
		return item;
	}

	getParent(node: LinkNode): LinkNode | undefined {
		return node.parent;
	}

	/** The tooltip tells what became of a turn also where nobody asked before. */
	async resolveTreeItem(item: vscode.TreeItem, node: LinkNode): Promise<vscode.TreeItem> {
		if (node.type !== 'fileTurn') return item;
		const fate = fateIn(await this.fates.of(node.folder, node.id), node.file_path);
		item.tooltip = fileTurnRow(node.turn, fate).tooltip;
		return item;
	}

	/** The node of a file, given by its absolute address; undefined when no turn is known to have changed it. */
	async nodeOf(uri: vscode.Uri): Promise<LinkNode | undefined> {
		const folder = this.host.folderOf(uri);
		if (folder === undefined) return undefined;
		const [heading] = (await this.getChildren()).filter((node) => node.type === 'folder' && node.folder === folder.path);
		const nodes = await this.getChildren(heading);
		const file = fileAtPath((await this.linksOf(folder)).files, uri.fsPath);
		return nodes.find((node) => node.type === 'file' && node.file.path === file?.path);
	}

	protected async roots(): Promise<LinkNode[]> {
		const folders = this.host.folders();
		const tops = await Promise.all(folders.map((folder) => this.topsOf(folder)));
		if (folders.length === 1) return tops.flat();
		const filled = folders.filter((_, index) => tops[index]?.length !== 0);
		return filled.map(({ path, name }) => ({ type: 'folder', key: `folder ${path}`, folder: path, name }));
	}

	protected async childrenOf(node: LinkNode): Promise<LinkNode[]> {
		switch (node.type) {
			case 'folder': {
				const folder = this.host.folders().find(({ path }) => path === node.folder);
				return folder === undefined ? [] : this.topsOf(folder, node);
			}
			case 'file':
				return [...symbolNodes(node, node.file), ...this.fileTurns(node, node.file.path, node.file.others)];
			case 'symbol':
				return this.fileTurns(node, node.file.path, node.symbol.turns);
			case 'session':
				return node.session.turns.map((turn) => ({ type: 'turn', key: `${node.key} ${turn.id}`, folder: node.folder, parent: node, id: turn.id, turn }));
			case 'turn':
				await this.fates.of(node.folder, node.id);
				return node.turn.files.map((file_path) => ({ ...common(node, file_path), type: 'turnFile', id: node.id, file_path }));
			case 'fileTurn':
			case 'turnFile':
				return [];
		}
	}

	private async topsOf(folder: FolderApp, parent?: LinkNode): Promise<LinkNode[]> {
		const { files, sessions } = await this.linksOf(folder);
		const shared = { folder: folder.path, ...(parent !== undefined && { parent }) };
		if (this.host.links.arrangement === 'sessions') {
			return sessions.map((session) => ({ ...shared, type: 'session', key: `session ${folder.path} ${session.assistant} ${session.session_id}`, session }));
		}
		const active = vscode.window.activeTextEditor?.document.uri;
		const inEditor = active === undefined ? undefined : fileAtPath(files, active.fsPath);
		const ordered = inEditor === undefined ? files : [inEditor, ...files.filter((file) => file !== inEditor)];
		return ordered.map((file) => ({ ...shared, type: 'file', key: `file ${folder.path} ${file.path}`, file, inEditor: file === inEditor }));
	}

	private linksOf({ path, app }: FolderApp): Promise<FolderLinks> {
		const known = this.data.get(path);
		if (known !== undefined) return known;
		const asked = Promise.all([app.listTurns({ limit: mostTurns }), linksIn(app)]).then(([{ turns }, links]) => ({
			files: filesOfTurns(turns, links),
			sessions: sessionsOfTurns(turns),
		}));
		this.data.set(path, asked);
		// A failure is shown, and the next look tries again.
		asked.catch(() => this.data.delete(path));
		return asked;
	}

	private fileTurns(parent: LinkNode, file_path: string, turns: readonly TurnSummary[]): FileTurn[] {
		const nodes = turns.map((turn): FileTurn => ({ ...common(parent, turn.id), type: 'fileTurn', id: turn.id, file_path, turn }));
		for (const node of nodes.slice(0, mostAsked)) this.fates.want(node.key, node.folder, node.id, () => this.redraw(node));
		return nodes;
	}

	private rowOf(node: LinkNode): LinkRow {
		switch (node.type) {
			case 'folder':
				return { label: node.name, description: '', icon: 'root-folder', tooltip: node.folder, spoken: `Folder ${node.name}` };
			case 'file':
				return fileRow(node.file, node.inEditor);
			case 'symbol':
				return symbolRow(node.symbol);
			case 'fileTurn':
				return fileTurnRow(node.turn, fateIn(this.fates.current(node.id), node.file_path));
			case 'session':
				return sessionRow(node.session);
			case 'turn':
				return sessionTurnRow(node.turn);
			case 'turnFile':
				return turnFileRow(node.file_path, fateIn(this.fates.current(node.id), node.file_path));
		}
	}
}

async function linksIn(app: FolderApp['app']): Promise<Link[]> {
	return (await app.links({ limit: mostLinks })).links;
}

function symbolNodes(parent: LinkNode, file: FileLinks): LinkNode[] {
	return file.symbols.map((symbol) => ({ ...common(parent, symbol.end.id), type: 'symbol', symbol, file }));
}

function common(parent: LinkNode, name: string): Required<Common> {
	return { key: `${parent.key} ${name}`, folder: parent.folder, parent };
}

function itemOf(node: LinkNode, { label, description, icon, color, tooltip, spoken }: LinkRow): vscode.TreeItem {
	const leaf = node.type === 'fileTurn' || node.type === 'turnFile';
	const open = node.type === 'folder' || (node.type === 'file' && node.inEditor);
	const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
	const item = new vscode.TreeItem(label, leaf ? None : open ? Expanded : Collapsed);
	item.description = description;
	item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
	item.accessibilityInformation = { label: spoken };
	// One that is resolved later must not be set now, or the editor does not ask for it.
	if (node.type !== 'fileTurn') item.tooltip = tooltip;
	if (leaf) {
		const { folder, id, file_path } = node;
		item.contextValue = 'linkedFile';
		item.command = { command: commandIds.compareTurn, title: 'Compare Then and Now', arguments: [{ folder, id, file_path }] };
	}
	if (node.type === 'turn') item.contextValue = 'linkedTurn';
	return item;
}
