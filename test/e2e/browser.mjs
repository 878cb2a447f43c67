import { chromium } from 'playwright-core';
import { onAbort } from '../../scripts/onAbort.mjs';

/** Starts the browser and opens a page that reaches this machine alone. `blocked` collects what the page wanted from elsewhere. */
export async function openBrowser(tools) {
	const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }; // onAbort sees to the order
	const headless = process.env.CODELEARN_TEST_HEADED === undefined;
	const browser = await chromium.launch({ executablePath: tools.chromium, headless, args: flags, ...signals });
	const forget = onAbort(() => browser.close());
	browser.once('disconnected', forget);
	const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
	const blocked = [];
	await context.route(elsewhere, (route) => {
		blocked.push(route.request().url());
		return route.abort();
	});
	const page = await context.newPage();
	return { browser, page, blocked };
}

const flags = [
	'--no-sandbox', // containers seldom allow the browser's own; the pages are ours
	'--disable-gpu',
	'--disable-dev-shm-usage',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
];

function elsewhere(url) {
	return /^https?:$/.test(url.protocol) && !['127.0.0.1', 'localhost'].includes(url.hostname);
}
