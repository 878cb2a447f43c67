import * as vscode from 'vscode';
import type { RawSettings, SettingName } from '../core/settings';
import { settingSpecs } from '../core/settings';

/** What the user set in the editor; names that were left alone are absent, so that the environment and `.env` may speak. */
export function editorSettings(scope?: vscode.Uri): RawSettings {
	const configuration = vscode.workspace.getConfiguration('codelearn', scope ?? null);
	const raw: RawSettings = {};
	for (const name of settingNames) {
		const key = keyOf(name);
		const value = key === undefined ? undefined : setValue(configuration.inspect(key), vscode.workspace.isTrusted);
		if (value !== undefined) raw[name] = value;
	}
	return raw;
}

/** Value of a setting in the editor, or its default. */
export function settingValue(name: SettingName, scope?: vscode.Uri): string | boolean | number {
	return editorSettings(scope)[name] ?? settingSpecs[name].default;
}

/** Names of the settings that are kept in the editor's secret storage. */
export const secretNames: readonly SettingName[] = namesWhere((name) => 'secret' in settingSpecs[name]);

/** Where a secret lies in the secret storage. */
export function secretKey(name: SettingName): string {
	return `codelearn.${name}`;
}

/**
 * The secrets, read once and kept up to date, because settings are asked for where nothing may wait.
 * Until the first read is done, `ready` is pending and the secrets are missing.
 */
export class Secrets implements vscode.Disposable {
	private values: RawSettings = {};
	private readonly subscription: vscode.Disposable;
	readonly ready: Promise<void>;

	constructor(private readonly storage: vscode.SecretStorage) {
		this.ready = this.read();
		this.subscription = storage.onDidChange(() => void this.read());
	}

	current(): RawSettings {
		return this.values;
	}

	dispose(): void {
		this.subscription.dispose();
	}

	private async read(): Promise<void> {
		const values: RawSettings = {};
		for (const name of secretNames) {
			const value = await this.storage.get(secretKey(name));
			if (value !== undefined && value !== '') values[name] = value;
		}
		this.values = values;
	}
}

interface Inspected {
	readonly globalValue?: unknown;
	readonly workspaceValue?: unknown;
	readonly workspaceFolderValue?: unknown;
}

/** A folder that is not trusted has no say. */
function setValue(inspected: Inspected | undefined, trusted: boolean): string | boolean | number | undefined {
	const said = trusted ? (inspected?.workspaceFolderValue ?? inspected?.workspaceValue ?? inspected?.globalValue) : inspected?.globalValue;
	return typeof said === 'string' || typeof said === 'boolean' || typeof said === 'number' ? said : undefined;
}

function keyOf(name: SettingName): string | undefined {
	const spec = settingSpecs[name];
	return 'key' in spec ? spec.key : undefined;
}

const settingNames = namesWhere(() => true);

function namesWhere(holds: (name: SettingName) => boolean): SettingName[] {
	return Object.keys(settingSpecs).filter((key): key is SettingName => isName(key) && holds(key));
}

function isName(key: string): key is SettingName {
	return key in settingSpecs;
}
