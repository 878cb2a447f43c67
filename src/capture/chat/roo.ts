import type { TranscriptSource } from '../captureSource';
import { clineTasks } from './clineTasks';

/** Roo Code, see `clineTasks`; where its storage was moved to a folder of one's own, CODELEARN_ROO_DIR names it (the one that holds `tasks`). */
export const roo: TranscriptSource = {
	name: 'roo',
	verifiedVersion: '2026-11 (documents)',
	seenLive: false,
	...clineTasks({ name: 'roo', extension: 'rooveterinaryinc.roo-cline', variable: 'CODELEARN_ROO_DIR' }),
};
