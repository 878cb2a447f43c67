import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../core/errors';
import type { Learning } from '../core/learning';
import { appOf } from '../vscode/appOf';
import type { Host } from '../vscode/host';
import { learningMarkdown } from './learningMarkdown';

const scheme = 'codelearn';
const LearningRef = z.object({ folder: z.string(), id: z.string() });

export interface LearningDocuments {
	dispose(): void;
	open(folder: string, id: string): Promise<void>;
}

/** Learnings as read-only documents of the scheme `codelearn:`. */
export function learningDocuments(host: () => Host): LearningDocuments {
	const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
		provideTextDocumentContent: async (uri) => learningMarkdown(await learningAt(uri, host())),
	});
	return {
		open: async (folder, id) => {
			const uri = vscode.Uri.from({ scheme, path: `/learning-${id.slice(0, 8)}.md`, query: JSON.stringify({ folder, id }) });
			await vscode.commands.executeCommand('markdown.showPreview', uri);
		},
		dispose: () => void provider.dispose(),
	};
}

async function learningAt(uri: vscode.Uri, host: Host): Promise<Learning> {
	const { folder, id } = LearningRef.parse(JSON.parse(uri.query));
	const { learnings } = await appOf(host, folder).listLearnings({ everywhere: true });
	const learning = learnings.find(({ learning_id }) => learning_id === id);
	if (learning === undefined) throw new UserError(`The learning ${id} is not there any more.`);
	return learning;
}
