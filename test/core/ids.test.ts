import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Instant, chunkId, editId, thoughtId, turnId } from '../../src/core/ids';
import { sha256 } from '../../src/platform/hash';

describe('ids', () => {
	it('are the same for the same thing, and show what they name', () => {
		assert.equal(turnId(sha256, 'claude-code', 's', 'k'), turnId(sha256, 'claude-code', 's', 'k'));
		assert.match(turnId(sha256, 'a', 'b', 'c'), /^t_[0-9a-f]{32}$/);
		assert.match(chunkId(sha256, 'r', 'p', 's', 0), /^c_[0-9a-f]{32}$/);
		assert.match(thoughtId(sha256, 's', 'b', 1, 0), /^h_[0-9a-f]{32}$/);
		assert.match(editId(sha256, 'w', 'f', 'at', 'hash'), /^e_[0-9a-f]{32}$/);
	});

	it('stay what they were: links and journals of every older version hold them', () => {
		assert.equal(turnId(sha256, 'claude-code', 'session-1', 'prompt-1'), 't_ca4185b8ba600a637984524abd4ce247');
		assert.equal(chunkId(sha256, 'r_0011', 'src/a.ts', 'Config.load', 0), 'c_eca96730bd0c3b6893b20d2cd1528f2a');
	});

	it('differ when any part does, however the parts are cut', () => {
		const part = fc.string({ maxLength: 4, unit: fc.constantFrom('a', ':', '|', '1', '') });
		fc.assert(
			fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
				assert.equal(turnId(sha256, ...a) === turnId(sha256, ...b), JSON.stringify(a) === JSON.stringify(b));
			}),
		);
	});

	it('tell equal symbols of one file apart', () => {
		assert.notEqual(chunkId(sha256, 'r', 'p', 'f', 0), chunkId(sha256, 'r', 'p', 'f', 1));
	});
});

describe('an instant', () => {
	it('is UTC, ISO 8601', () => {
		assert.ok(Instant.safeParse(new Date().toISOString()).success);
		for (const bad of ['yesterday', '2026-01-01', '2026-01-01T10:00:00', '2026-01-01T10:00:00+02:00']) assert.ok(!Instant.safeParse(bad).success, bad);
	});
});
