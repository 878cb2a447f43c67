/** The recording several times in a row, each time with ids of its own, as if the same had been asked again in one session. */
export function longer(text: string, times: number): string {
	const session = /"(?:sessionId|session_id|id)":\s*"([0-9a-f-]{36})"/.exec(text)?.[1] ?? '';
	const copies = Array.from({ length: times }, (_, copy) =>
		text
			.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (id === session ? id : id.slice(0, -2) + String(copy + 10).padStart(2, '0')))
			.replace(/\b(toolu|call|msg|fc|agent)_\w+/g, (id) => `${id}${copy}`)
			.replace(/########(\d)/g, `########${copy}$1`)
			.replace(/(\d{4}-\d\d-\d\d[T ])(\d\d):/g, (_match, day: string, hour: string) => `${day}${String((Number(hour) + copy) % 24).padStart(2, '0')}:`),
	);
	return copies.map((copy) => (copy.endsWith('\n') ? copy : `${copy}\n`)).join('');
}
