import assert from 'node:assert/strict';
import type { Reading, SeenTurn, Signs } from '../../src/core/blindness';
import { blindness } from '../../src/core/blindness';

const now = new Date('2026-03-10T12:00:00.000Z');
/** A time on that day. */
const at = (time: string) => `2026-03-10T${time}:00.000Z`;
const turn = (time: string, lacks: string[] = [], version = '1.0'): SeenTurn => ({ at: at(time), until: at(time), version, lacks });
const reading = (time: string, more: Partial<Reading>): Reading => ({ at: at(time), turns: 0, ended: 0, whole: 0, unknown: 0, fruitless: 0, ...more });
const why = (signs: Partial<Signs>) => blindness({ turns: [], prompts: [], readings: [], ...signs }, now)?.why;
const since = (signs: Partial<Signs>) => blindness({ turns: [], prompts: [], readings: [], ...signs }, now)?.since;

describe('blindness', () => {
	it('sees nothing wrong without signs, with whole turns, or with a single incomplete one', () => {
		assert.equal(why({}), undefined);
		assert.equal(why({ turns: [turn('09:00'), turn('10:00')] }), undefined);
		assert.equal(why({ turns: [turn('09:00'), turn('10:00', ['no model'])] }), undefined);
	});

	it('takes transcripts full of unknown records that give no turn for blindness, until a whole turn follows', () => {
		const bad = [reading('10:00', { unknown: 40 }), reading('09:00', { unknown: 2 }), reading('11:00', { unknown: 60 })];
		assert.equal(why({ turns: [turn('08:00')], readings: bad }), '2 transcripts with 100 records of unknown kinds gave no turn');
		assert.equal(since({ turns: [turn('08:00')], readings: bad }), at('10:00'));
		assert.equal(why({ turns: [turn('08:00'), turn('11:30')], readings: bad }), undefined);
		assert.ok(why({ turns: [turn('08:00')], readings: [...bad, reading('11:30', { turns: 1, ended: 1, whole: 1 })] }) !== undefined);
	});

	it('tells unknown records with incomplete turns apart from those beside whole ones', () => {
		assert.match(why({ readings: [reading('10:00', { unknown: 9, turns: 2, ended: 2 })] }) ?? '', /9 records of unknown kinds gave no whole turn$/);
		assert.equal(why({ readings: [reading('10:00', { unknown: 9, turns: 2, ended: 2, whole: 1 })] }), undefined);
		assert.equal(why({ readings: [reading('10:00', { unknown: 9, turns: 1 })] }), undefined, 'the turn still runs');
	});

	it('gives what happened a moment ago time to be read', () => {
		assert.equal(why({ readings: [reading('11:58', { unknown: 40 })] }), undefined);
		assert.equal(why({ prompts: [at('11:57'), at('11:58'), at('11:59')] }), undefined);
	});

	it('notices that the newest turns all lack something, sooner after a change of version', () => {
		const old = [turn('08:00'), turn('08:10')];
		const run = [turn('09:00', ['no answer', 'no model']), turn('09:10', ['no model']), turn('09:20', ['no model'])];
		assert.equal(why({ turns: [...old, ...run] }), 'none of the last 3 turns is whole (no model, no answer)');
		assert.equal(since({ turns: [...old, ...run] }), at('09:00'));
		assert.equal(why({ turns: [...old, ...run.slice(1)] }), undefined);
		const newer = run.slice(1).map((one) => ({ ...one, version: '2.0' }));
		assert.equal(why({ turns: [...old, ...newer] }), 'none of the last 2 turns is whole since version 2.0 (no model)');
		assert.equal(why({ turns: [...old, ...newer, turn('09:30', [], '2.0')] }), undefined);
	});

	it('does not blame an assistant of which no turn was ever whole and every record is known', () => {
		const never = ['08:00', '08:10', '08:20', '08:30'].map((time) => turn(time, ['no folder']));
		assert.equal(why({ turns: never }), undefined);
		assert.ok(why({ turns: never, readings: [reading('08:30', { turns: 4, ended: 4, unknown: 1 })] }) !== undefined);
	});

	it('notices prompts of which no turn came, but not those within a turn', () => {
		const prompts = ['10:00', '10:10', '10:20'].map(at);
		assert.equal(why({ turns: [turn('09:00')], prompts }), 'its hooks told of 3 prompts, and no turn came of them');
		assert.equal(since({ turns: [turn('09:00')], prompts }), at('10:00'));
		assert.equal(why({ turns: [turn('09:00')], prompts: prompts.slice(1) }), undefined);
		assert.equal(why({ turns: [{ ...turn('09:00'), until: at('10:30') }], prompts }), undefined);
	});

	it('needs less after the editor has changed, and says so', () => {
		const editor = { name: 'Visual Studio Code', version: '1.140.0', at: at('09:30') };
		const prompts = ['10:00', '10:10'].map(at);
		assert.match(why({ turns: [turn('09:00')], prompts, editor }) ?? '', /2 prompts.*; Visual Studio Code 1\.140\.0 is new since 2026-03-10$/);
		assert.equal(why({ turns: [turn('09:00'), turn('10:20')], prompts, editor }), undefined);
	});

	it('forgets what is a month old', () => {
		const later = new Date('2026-04-20T12:00:00.000Z');
		const signs: Signs = {
			turns: [turn('08:00'), turn('09:00', ['no model']), turn('09:10', ['no model']), turn('09:20', ['no model'])],
			prompts: ['10:00', '10:10', '10:20'].map(at),
			readings: [reading('10:00', { unknown: 40, fruitless: 200_000 })],
			silent: { count: 5, since: at('10:00'), last: at('11:00') },
		};
		assert.ok(blindness(signs, now) !== undefined);
		assert.equal(blindness(signs, later), undefined);
	});

	it('notices transcripts that grow and tell nothing new, and hooks that say nothing understood', () => {
		const grown = [reading('10:00', { turns: 1, fruitless: 70_000 }), reading('11:00', { fruitless: 50_000 })];
		assert.equal(why({ turns: [turn('09:00')], readings: grown }), 'its transcripts grew by 120 kB, and no turn came of it');
		assert.equal(why({ turns: [turn('10:30')], readings: grown }), undefined);
		assert.equal(why({ silent: { count: 4, since: at('10:00'), last: at('11:00') } }), undefined);
		assert.match(why({ silent: { count: 5, since: at('10:00'), last: at('11:00') } }) ?? '', /called 5 times/);
	});
});
