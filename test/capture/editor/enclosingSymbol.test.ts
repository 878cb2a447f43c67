import assert from 'node:assert/strict';
import { enclosingSymbol } from '../../../src/capture/editor/enclosingSymbol';

const at = (text: string): string => enclosingSymbol(text.replace('§', ''), text.indexOf('§'));

describe('enclosing symbol', () => {
	for (const [what, text, name] of [
		['a function', 'export async function load() {\n\tconst a = §1;\n}', 'load'],
		['an arrow function', 'const pick = (a: number): number => {\n\treturn §a;\n};', 'pick'],
		['a method', 'class A {\n\trun(x: number): void {\n\t\tif (x) {\n\t\t\t§go();\n\t\t}\n\t}\n}', 'run'],
		['a Python method', 'class A:\n    def run(self):\n        if x:\n            §pass\n', 'run'],
		['a Go method', 'func (s *Server) Close() error {\n\treturn §nil\n}', 'Close'],
		['a Rust function', 'pub fn parse(s: &str) -> u8 {\n    §0\n}', 'parse'],
		['the line of the definition itself', 'def §run(self):\n    pass', 'run'],
		['a sibling that ended', 'function a() {\n\treturn 1;\n}\n§const x = 1;', ''],
		['nothing', '§x = 1', ''],
	] as const) {
		it(`names ${what}`, () => assert.equal(at(text), name));
	}
});
