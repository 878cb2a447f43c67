import type { Command } from 'commander';
import type { CliContext } from './cliContext';
import { addAnalyzeChatHistory } from './commands/analyzeChatHistory';
import { addApprove } from './commands/approve';
import { addAttachments } from './commands/attachments';
import { addCaptureStatus } from './commands/captureStatus';
import { addDoctor } from './commands/doctor';
import { addHooks } from './commands/hooks';
import { addImport } from './commands/import';
import { addIndex } from './commands/index';
import { addLearnings } from './commands/learnings';
import { addLinks } from './commands/links';
import { addLogChat } from './commands/logChat';
import { addMcp } from './commands/mcp';
import { addNotes } from './commands/notes';
import { addPromoteLearning } from './commands/promoteLearning';
import { addPurge } from './commands/purge';
import { addQuery } from './commands/query';
import { addRebuild } from './commands/rebuild';
import { addRedact } from './commands/redact';
import { addReview } from './commands/reviewAndPromote';
import { addServer } from './commands/server';
import { addShow } from './commands/show';
import { addSetupCollections } from './commands/setupCollections';
import { addStats } from './commands/stats';
import { addTrace } from './commands/trace';
import { addWhy } from './commands/why';

/** Every command, in the order of the help. */
export const allCommands: readonly ((program: Command, context: CliContext) => void)[] = [
	addSetupCollections,
	addServer,
	addIndex,
	addQuery,
	addLogChat,
	addImport,
	addAnalyzeChatHistory,
	addReview,
	addShow,
	addPromoteLearning,
	addLearnings,
	addLinks,
	addWhy,
	addStats,
	addTrace,
	addNotes,
	addRebuild,
	addRedact,
	addPurge,
	addAttachments,
	addCaptureStatus,
	addDoctor,
	addHooks,
	addApprove,
	addMcp,
];
