import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChunker } from '../../src/code/chunker';
import { grammarAssets } from '../../src/code/grammarRuntime';

const samples = join(__dirname, 'samples');

/** Language, then kind, symbol ('-' for none) and lines of every chunk. */
const outlines: Record<string, [string, string]> = {
	'Sample.cs': [
		'csharp',
		`
		imports - 1-2
		class Store 4-12
		property Store.Name 14-18
		method Store.Store 20-24
		method Store.Add 26-33
		interface IShape 35-38
		enum Color 40-44
		class Pair 46-46
		struct Point 48-53`,
	],
	'Sample.java': [
		'java',
		`
		imports - 1-4
		class Sample 6-12
		method Sample.Sample 14-17
		method Sample.size 19-24
		enum Sample.State 26-28
		method Sample.State.flip 30-35
		interface Shape 37-44
		class Pair 46-51
		interface Marker 53-55`,
	],
	'sample.c': [
		'c',
		`
		imports - 1-4
		struct point 6-10
		type item_t 12-15
		enum color 17-19
		function add 21-26
		function name_of 28-34
		function main 36-40`,
	],
	'sample.cpp': [
		'cpp',
		`
		imports - 1-4
		class Shape 6-9
		method Shape.~Shape 10-10
		method Shape.size 12-16
		method Shape.operator== 18-21
		class Shape 23-25
		method Shape.Shape 27-31
		function max 33-38
		struct Point 40-42
		enum Color 44-46
		function main 48-52`,
	],
	'sample.css': [
		'css',
		`
		imports - 1-1
		rule :root 3-5
		rule .header, .top 7-21
		rule a:hover 23-34`,
	],
	'sample.go': [
		'go',
		`
		imports - 1-9
		struct Server 11-15
		interface Handler 17-20
		type ID 22-25
		method Server.Handle 27-34
		method List.Len 36-39
		function main 41-44`,
	],
	'sample.html': [
		'html',
		`
		section - 1-5
		element style 6-13
		element header#top 14-21
		element section#list 22-29
		element script 30-37`,
	],
	'sample.js': [
		'javascript',
		`
		section - 1-1
		function counter 3-7
		class Queue 9-10
		method Queue.create 12-16
		method Queue.drain 18-23
		function default 25-28`,
	],
	'sample.json': [
		'json',
		`
		section - 1-3
		key scripts 4-18`,
	],
	'sample.jsx': [
		'javascript',
		`
		section - 1-1
		function Item 3-6
		method Item.render 8-11
		method module.exports.make 13-19
		method module.exports.other 20-24
		function twice 26-29`,
	],
	'sample.kt': [
		'kotlin',
		`
		imports - 1-6
		class Point 8-10
		method Point.sum 12-16
		object Point.Companion 18-24
		interface Shape 26-28
		object Registry 30-37
		enum Color 39-42
		function shout 44-48`,
	],
	'sample.lua': [
		'lua',
		`
		section - 1-5
		function Point.new 7-12
		function Point.sum 14-17
		function helper 19-22
		function Point.scale 24-29`,
	],
	'sample.md': [
		'markdown',
		`
		section - 1-5
		heading Sample 7-12
		heading Sample > Install 14-23
		heading Sample > Install > From source 25-34
		heading Sample > Usage 36-43`,
	],
	'sample.php': [
		'php',
		`
		imports - 1-8
		class User 10-18
		method User.__construct 20-24
		method User.find 26-32
		interface Named 34-37
		trait Timestamps 39-46
		enum Suit 48-52
		function helper 54-58`,
	],
	'sample.py': [
		'python',
		`
		section - 1-3
		section - 5-6
		function add 9-16
		class Point 19-24
		method Point.norm 26-30
		method Point.load 32-35
		class Point.Meta 37-43
		class Point 45-45
		class Empty 48-49
		function outer 52-59
		section - 62-64`,
	],
	'sample.rb': [
		'ruby',
		`
		section - 1-4
		class Shapes.Point 6-9
		method Shapes.Point.initialize 11-14
		method Shapes.Point.norm 16-20
		method Shapes.Point.origin 22-26
		method Shapes.build 28-32
		function helper 34-37
		suite Point 39-44`,
	],
	'sample.rs': [
		'rust',
		`
		imports - 1-4
		struct Point 6-11
		enum Color 13-16
		trait Shape 18-20
		method Shape.name 22-26
		impl Point 28-33
		method Stack.new 35-43
		macro square 45-49
		function tests.adds 51-59`,
	],
	'sample.scala': [
		'scala',
		`
		section - 1-1
		imports - 3-4
		class Point 6-8
		method Point.sum 10-14
		method Point.plus 16-17
		trait Shape 19-26
		object Main 28-35`,
	],
	'sample.sh': [
		'bash',
		`
		section - 1-5
		function greet 7-11
		function cleanup 13-16
		section - 18-21`,
	],
	'sample.swift': [
		'swift',
		`
		imports - 1-4
		struct Point 6-9
		method Point.sum 11-16
		class Store 18-19
		method Store.init 21-24
		method Store.add 26-30
		method Store.deinit 32-36
		protocol Shape 38-40
		enum Color 42-45
		extension Point 47-52
		function helper 54-57`,
	],
	'suite.ts': [
		'typescript',
		`
		imports - 1-1
		suite readSettings 3-9
		test readSettings > reads a file 11-15
		suite readSettings > when missing 17-24`,
	],
	'sample.ts': [
		'typescript',
		`
		imports - 1-5
		function readSettings 7-15
		interface Shape 17-20
		type Named 22-22
		enum Color 24-28
		class Store 30-34
		method Store.constructor 36-40
		method Store.size 42-48
		method Store.first 50-52
		method Store.last 54-56
		method Store.visit 58-63
		function area 65-68
		class Base 70-72
		namespace other 74-76
		namespace Inner 78-83
		method table.load 85-90
		method table.save 91-94
		variable table 95-98`,
	],
	'sample.tsx': [
		'tsx',
		`
		imports - 1-1
		interface Props 3-7
		function Panel 9-17
		variable Button 19-22`,
	],
	'sample.yaml': [
		'yaml',
		`
		section - 1-6
		key jobs 8-21`,
	],
};

describe('outline of a file', () => {
	const chunker = createChunker({ assets: grammarAssets(join(__dirname, '..', '..')) });
	after(() => chunker.close());

	for (const [file, [language, expected]] of Object.entries(outlines)) {
		it(`cuts ${file} at its definitions`, async () => {
			const cut = await chunker.chunk(`src/${file}`, readFileSync(join(samples, `${file}.txt`), 'utf8'));
			assert.equal(cut.fallback, undefined);
			assert.equal(cut.language, language);
			const lines = cut.chunks.map((chunk) => `${chunk.symbol_kind} ${chunk.symbol === '' ? '-' : chunk.symbol} ${chunk.start_line}-${chunk.end_line}`);
			assert.deepEqual(
				lines,
				expected
					.trim()
					.split('\n')
					.map((line) => line.trim()),
			);
		});
	}
});
