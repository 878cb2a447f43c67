import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { placeholder } from './secretTokens';

/**
 * Secretlint's recommended rules, one by one rather than as the preset: the preset's filter lets a comment in the
 * text (`secretlint-disable`) switch the rules off, and the text is not ours.
 */
const config = {
	rules: rules
		.filter((rule) => rule.meta.id !== '@secretlint/secretlint-rule-filter-comments')
		.map((rule) => ({ id: rule.meta.id, rule, options: rule.meta.id.endsWith('-aws') ? { enableIDScanRule: true } : {} })),
};

/**
 * Every pattern of those rules holds one of these words. Running the rules costs a quarter of a millisecond
 * even on an empty text, and nearly all texts are short and hold none.
 */
const suspicious =
	/AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|A3T|secret_?access_?key|account_?(?:id)?["']?\s*[:=]|PRIVATE KEY|_authToken|x-oauth-basic|npm_|xox[a-z]-|xapp-|hooks\.slack\.com|:\/\/[^\s/]{1,520}@|mongodb|mysql|postgres|sk-|SG\.|shp(?:pa|ca|at|ss)_|gh[pousr]_|github_pat_|glpat-|gl(?:c|sa)_|gsk_|hf_|lin_api_|ntn_|ops_ey|hv[sbr]\.|vc[piark]_|dapi|dckr_pat_|figd_/i;

/** True when a rule of secretlint could find something in the text. */
export function isSuspicious(text: string): boolean {
	return suspicious.test(text);
}

/** Replaces what secretlint's rules find. Overlapping finds are one. What is already replaced stays. */
export async function foundBySecretlint(text: string): Promise<{ text: string; count: number }> {
	if (!isSuspicious(text)) return { text, count: 0 };
	const { messages } = await lintSource({
		source: { content: text, filePath: 'text.txt', ext: '.txt', contentType: 'text' },
		options: { config, noPhysicFilePath: true },
	});
	const finds = messages.map(({ range: [start, end], messageId }) => ({ start, end, kind: messageId.toLowerCase().replaceAll('_', '-') }));
	finds.sort((a, b) => a.start - b.start || b.end - a.end || (a.kind < b.kind ? -1 : 1));
	let result = '';
	let from = 0;
	let count = 0;
	for (const { start, end, kind } of finds) {
		if (start < from || text.slice(start, end).includes('[redacted:')) continue;
		result += text.slice(from, start) + placeholder(kind);
		from = end;
		count += 1;
	}
	return { text: result + text.slice(from), count };
}
