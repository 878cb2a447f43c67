import { assignmentTraces } from './secretAssignments';
import { entropyTraces } from './secretEntropy';
import { tokenTraces } from './secretTokens';

/** Secrets that may reach over many lines: a text with one of these words is looked at as a whole. */
const manyLines = /PRIVATE KEY|PuTTY-User-Key-File|<\/?private\b/i;

/** Traces of the shaped tokens and of secretlint's rules, whose letters have one case. */
const exact = new RegExp(
	[
		...tokenTraces,
		'(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}',
		'eyJ[A-Za-z0-9_-]{8}',
		'https?://[A-Za-z0-9_-]{20,}(?::x-oauth-basic)?@',
		'x-oauth-basic',
		'[?&]sig=',
		'hooks\\.slack\\.com/',
		'/api/webhooks/\\d{5}',
		'[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.',
		'\\d{8,10}:AA',
		'HRKU-',
		'_(?:authToken|auth|password)\\s{0,2}=',
		'xox[a-z]-',
		'sk-[a-zA-Z0-9]{20}T3',
		'ops_ey',
		'vc[piark]_[A-Za-z0-9]{20}',
		'SG\\.\\w{1,128}\\.\\w',
		'npm_[A-Za-z0-9_]{36}',
		'dapi[A-Fa-f0-9]{32}',
		'glsa_[A-Za-z0-9]{32}',
		'hf_[a-zA-Z]{34}',
	].join('|'),
	'g',
);

/** Traces of what is written in any case. */
const anyCase = new RegExp(
	[
		...assignmentTraces,
		...entropyTraces,
		'(?:aws|secret)_?(?:secret)?_?(?:access)?_?key\\\\?["\']?\\s{0,4}(?:=>|[:=])\\s{0,4}\\\\?["\']?[A-Za-z0-9/+=]{40}',
		'account_?(?:id)?["\']?\\s*(?::|=>|=)\\s*["\']?[0-9]{4}-?[0-9]{4}',
		'authorization\\\\?["\']?\\s{0,4}[:=,]',
		'bearer\\s{1,4}[A-Za-z0-9._~+/=-]{16}',
		'(?:AccountKey|SharedAccessKey)=',
		'hooks\\.slack\\.com/',
		'://[^\\s:/@"\'`<>[\\]]{0,128}:[^\\s/@"\'`<>]{1,256}@',
		'(?:mongodb(?:\\+srv)?|mysqlx?|postgres(?:ql)?)://[^:/\\s]{1,100}:',
	].join('|'),
	'gi',
);

/** Lines of a text that a rule could say something about, each with what follows it as far as a rule may look. */
export type Suspects = 'none' | 'whole' | readonly { readonly start: number; readonly end: number }[];

/**
 * Nearly all of what is captured holds nothing that looks like a secret, and the rules are slow. One linear look finds the
 * lines that hold a trace of one; the rules see those lines only. No rule finds anything in a text without a trace.
 */
export function suspectsIn(text: string): Suspects {
	if (manyLines.test(text)) return 'whole';
	const lines: { start: number; end: number }[] = [];
	for (const trace of [exact, anyCase])
		for (const { index, 0: found } of text.matchAll(trace)) {
			const last = lines.at(-1);
			if (last !== undefined && index >= last.start && index + found.length <= last.end) continue;
			lines.push({ start: text.lastIndexOf('\n', index) + 1, end: endOf(text, index + found.length) });
		}
	return lines.length === 0 ? 'none' : merged(lines);
}

/** The end of the second line that is not blank after the one in which a trace ends: a value may stand below its name. */
function endOf(text: string, from: number): number {
	let end = from;
	for (let filled = 0; filled < 3;) {
		const next = text.indexOf('\n', end);
		if (next < 0) return text.length;
		if (text.slice(end, next).trim() !== '' || filled === 0) filled += 1;
		end = next + 1;
	}
	return end;
}

function merged(lines: { start: number; end: number }[]): { start: number; end: number }[] {
	lines.sort((a, b) => a.start - b.start || a.end - b.end);
	const result: { start: number; end: number }[] = [];
	for (const line of lines) {
		const last = result.at(-1);
		if (last !== undefined && line.start <= last.end) last.end = Math.max(last.end, line.end);
		else result.push({ ...line });
	}
	return result;
}
