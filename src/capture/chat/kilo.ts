import type { TranscriptSource } from '../captureSource';
import { clineTasks } from './clineTasks';

/** Kilo Code as it was until spring 2026, see `clineTasks`; CODELEARN_KILO_DIR names other folders that hold `tasks`. */
export const kilo: TranscriptSource = {
	name: 'kilo',
	verifiedVersion: '2026-11 (documents)',
	seenLive: false,
	...clineTasks({ name: 'kilo', extension: 'kilocode.kilo-code', variable: 'CODELEARN_KILO_DIR' }),
};
