import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { layers } from '../layers.mjs';

const root = path.dirname(import.meta.dirname);

/**
 * ESLint rule: a file of src imports only what the table in layers.mjs lets its layer use. Types count too, because a layer that
 * knows another's types cannot be moved or tested without it.
 */
export const layerRule = {
	meta: { type: 'problem', schema: [], messages: { forbidden: '{{reason}}' }, docs: { description: 'Imports follow the table in layers.mjs.' } },
	create(context) {
		const file = path.relative(root, context.filename).replaceAll(path.sep, '/');
		if (!file.startsWith('src/')) return {};
		const check = (node) => {
			const specifier = literalText(node);
			const reason = specifier === undefined ? undefined : forbiddenImport(file, specifier);
			if (reason !== undefined) context.report({ node, messageId: 'forbidden', data: { reason } });
		};
		return {
			ImportDeclaration: (node) => check(node.source),
			ExportNamedDeclaration: (node) => check(node.source),
			ExportAllDeclaration: (node) => check(node.source),
			ImportExpression: (node) => check(node.source),
			TSExternalModuleReference: (node) => check(node.expression),
			TSImportType: (node) => check(node.source ?? node.argument?.literal),
			CallExpression: (node) => isRequire(node.callee) && check(node.arguments[0]),
		};
	},
};

/** Why `file` (relative to the repository, with `/`) may not import `specifier`; undefined when it may. */
export function forbiddenImport(file, specifier) {
	const from = layerOf(file);
	if (from === undefined) return `${file} lies in no layer: give its folder one in layers.mjs.`;
	if (!specifier.startsWith('.')) return forbiddenPackage(from, packageOf(specifier));
	const target = path.posix.join(path.posix.dirname(file), specifier);
	const to = layerOf(target) ?? layerOf(`${target}.ts`);
	if (to === undefined) return `"${specifier}" lies in no layer of layers.mjs.`;
	if (to === from || layers[from].may.includes(to)) return undefined;
	return `Layer "${from}" may not import layer "${to}" (${specifier}). It may use: ${listed(layers[from].may)}.`;
}

/** Name of the layer that a file belongs to: the one with the most specific folder. */
export function layerOf(file) {
	const owners = Object.entries(layers).filter(([, { folder }]) => file === folder || file.startsWith(`${folder}/`));
	return owners.sort(([, a], [, b]) => b.folder.length - a.folder.length)[0]?.[0];
}

/** The file of the repository that a relative import names, or undefined when there is none. */
export function importedFile(file, specifier) {
	if (!specifier.startsWith('.')) return undefined;
	const target = path.posix.join(path.posix.dirname(file), specifier);
	return [target, `${target}.ts`, `${target}.tsx`, `${target}/index.ts`].find((candidate) => isFile(path.join(root, candidate)));
}

function forbiddenPackage(from, name) {
	const { packages } = layers[from];
	if (packages.includes(name) || (name.startsWith('node:') && packages.includes('node:*'))) return undefined;
	return `Layer "${from}" may not import the package "${name}". It may use: ${listed(packages)}.`;
}

function packageOf(specifier) {
	if (specifier.startsWith('node:')) return specifier;
	return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isRequire(callee) {
	if (callee.type === 'Identifier') return callee.name === 'require';
	return callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'require' && callee.property.name === 'resolve';
}

function literalText(node) {
	if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
	if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
	return undefined;
}

function isFile(file) {
	return existsSync(file) && statSync(file).isFile();
}

function listed(names) {
	return names.length === 0 ? 'nothing else' : names.join(', ');
}
