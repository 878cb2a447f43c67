import { z } from 'zod';
import type { CommandSpec } from '../vscode/register/registerCommand';

/** Fixes the types of a command. */
export function defineCommand<A>(spec: CommandSpec<A>): CommandSpec<A> {
	return spec;
}

/** For commands that take nothing; what a menu hands over anyway is dropped. */
export const noArgs = z.unknown().transform(() => undefined);

/** An assistant, as the tree of capture names it. */
export const AssistantRef = z.object({ assistant: z.string() });

/** A turn, as a tree's item or a link names it; undefined from the palette. */
export const TurnRef = z.object({ folder: z.string(), id: z.string() });
export type TurnRef = z.infer<typeof TurnRef>;

/** A file within a turn, as the turn names it. */
export const TurnFileRef = TurnRef.extend({ file_path: z.string() });
