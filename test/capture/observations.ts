import fc from 'fast-check';
import { TurnObservation, type ToolCall, type TurnEdit } from '../../src/core/turn';

/** Values for a turn that several channels saw: one world of calls and edits, of which each observation shows a part. */
const callNames = ['Read', 'Edit', 'Bash'] as const;

const instant = fc.integer({ min: 0, max: 50_000 }).map((offset) => new Date(Date.UTC(2026, 0, 1) + offset).toISOString());

/** A call's name and arguments are the same whoever saw it; result and time may be missing. */
const call = (number: number): fc.Arbitrary<ToolCall> =>
	fc
		.record({ ok: fc.boolean(), output: fc.string({ maxLength: 5 }), at: instant, named: fc.boolean() }, { requiredKeys: ['named'] })
		.map(({ named, ...seen }) => ({
			id: named ? `call_${number}` : '',
			name: callNames[number % 3] ?? 'Read',
			kind: 'other' as const,
			args: { n: number },
			...seen,
		}));

const edit: fc.Arbitrary<TurnEdit> = fc
	.record({
		file: fc.integer({ min: 0, max: 2 }),
		tool: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
		before: fc.option(fc.string({ maxLength: 4 }), { nil: null }),
		after: fc.option(fc.string({ maxLength: 4 }), { nil: null }),
		whole: fc.boolean(),
		fidelity: fc.constantFrom('recorded' as const, 'arguments' as const, 'snapshot' as const, 'document' as const, 'partial' as const),
		state: fc.constantFrom('applied' as const, 'rejected' as const, 'undone' as const),
	})
	.map(({ file, tool, ...rest }) => ({
		file_path: `/repo/f${file}.ts`,
		kind: 'edit' as const,
		...rest,
		...(tool === undefined ? {} : { tool_id: `call_${tool}` }),
	}));

export const observation: fc.Arbitrary<TurnObservation> = fc
	.record(
		{
			channel: fc.constantFrom('hook' as const, 'transcript' as const, 'editor' as const, 'manual' as const),
			started_at: instant,
			ended_at: instant,
			state: fc.constantFrom('open' as const, 'complete' as const, 'cancelled' as const, 'failed' as const),
			cwd: fc.constantFrom('/repo', '/repo/src', '/rep'),
			prompt: fc.string({ maxLength: 4 }),
			response: fc.string({ maxLength: 4 }),
			model: fc.string({ minLength: 1, maxLength: 3 }),
			branch: fc.string({ maxLength: 3 }),
			tools: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }).chain((numbers) => fc.tuple(...numbers.map(call))),
			edits: fc.array(edit, { maxLength: 4 }),
		},
		{ requiredKeys: ['channel', 'started_at', 'prompt'] },
	)
	.map((seen) => TurnObservation.parse({ assistant: 'a', session_id: 's', turn_key: 'k', ...seen }));
