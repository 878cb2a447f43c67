import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { run, signalGroup } from '../../scripts/run.mjs';
import { addMcpServer } from './addMcpServer.mjs';
import { compare } from './compare.mjs';
import { startScriptedModel } from './model/scriptedModel.mjs';
import { picture, pictureName } from './picture.mjs';
import { expectationOf, scriptOf, startFiles } from './scenarios.mjs';
import { typeInto } from './terminal.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const cli = path.join(root, 'dist/cli.cjs');
const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.invalid'];
const limitSeconds = 120;
/** A hook's turn is read again after one and after five seconds, when the assistant's record is whole; the rest is for a busy machine. */
const hookSeconds = 30;

/**
 * Plays one scenario to one assistant in a home of its own and returns what was not recorded as it was played; nothing, when all is well.
 * `isLive`: Codelearn's background process runs meanwhile; otherwise it is started when the assistant is done, and finds what hooks left.
 * Throws when something did not run at all.
 */
export async function runCase({ assistant, installed, scenario: played, isLive, home }) {
	const scenario = assistant.adapt?.(played) ?? played;
	const place = { home: home.home, repo: home.workspace, folder: home.root, data: home.codelearn };
	makeRepository(place.repo);
	if (scenario.image) writeFileSync(path.join(place.repo, pictureName), picture());
	const model = await startScriptedModel(scriptOf(scenario), { cwd: place.repo });
	try {
		const own = assistant.prepare({ ...place, url: model.url });
		if (scenario.usesServer) addMcpServer(assistant, place);
		const programs = [installed.bin, path.dirname(installed.node), process.env.PATH].join(path.delimiter);
		const temporary = path.join(home.root, 'tmp');
		mkdirSync(temporary, { recursive: true });
		// A shell sets PWD too, and OpenCode goes by it.
		const env = {
			...home.env,
			...own,
			PATH: programs,
			PWD: place.repo,
			TMPDIR: temporary,
			CLAUDE_CODE_TMPDIR: temporary,
			CODELEARN_LINGER_MS: '60000',
			NO_COLOR: '1',
		};
		const work = { assistant, scenario, place, env, codelearn: codelearnIn(place, env), url: model.url, served: model.served };
		return await play(work, isLive);
	} finally {
		writeFileSync(path.join(home.root, 'served.json'), JSON.stringify(model.served, null, 1));
		await model.stop();
	}
}

async function play(work, isLive) {
	const { assistant, codelearn } = work;
	if (assistant.hooks !== 'none') await codelearn(['hooks', 'install', '--for', assistant.name]);
	if (work.scenario.image) await codelearn(['attachments', 'on']);
	if (isLive) await codelearn(['server', 'start']);
	await runAssistant(work);
	if (!isLive) await codelearn(['server', 'start']);
	try {
		return await examine(work);
	} finally {
		await codelearn(['server', 'stop']);
	}
}

async function examine(work) {
	const { assistant, codelearn, place } = work;
	const fromHooks = isSilent(work) ? [] : await byHooksAlone(work);
	const { transcripts } = await codelearn(['import', '--list', '--source', assistant.name]);
	if (transcripts.length === 0) return ['no transcript was found in the home'];
	const report = await codelearn(['import', '--source', assistant.name]);
	const turns = await stored(work);
	writeFileSync(path.join(place.folder, 'turns.json'), JSON.stringify(turns, null, 1));
	const problems = [...notAsked(work), ...problemsOf(work, turns)];
	problems.push(...fromHooks.filter((problem) => !problems.includes(problem)).map((problem) => `by hooks alone: ${problem}`));
	for (const [what, count] of Object.entries(report.unknown)) problems.push(`not understood: ${what} (${count})`);
	for (const { error } of report.errors) problems.push(`import: ${error}`);
	const again = await codelearn(['import', '--source', assistant.name, ...transcripts.map((ref) => ref.path)]);
	if (again.turns_seen === 0) problems.push('the second import saw no turn');
	if (!isDeepStrictEqual(await stored(work), turns))
		problems.push(`the second import changed turns (${again.turns_new} new, ${again.turns_extended} extended)`);
	return problems;
}

/** Without these requests the scenario would be another one: nothing was summarised, say, or taken back. */
function notAsked({ scenario: { asides = [] }, served }) {
	return asides
		.filter(({ when }) => !served.some((request) => request.when === when))
		.map(({ when }) => `the model was never asked with ${JSON.stringify(when)}`);
}

/** Where hooks tell nothing, or not all. */
function isSilent({ assistant: { hooks, differs }, scenario }) {
	return hooks === 'none' || (scenario.ends === 'failed' && differs.silentFailure);
}

function problemsOf({ assistant, scenario, place }, turns) {
	const readWorking = (file) => (existsSync(path.join(place.repo, file)) ? readFileSync(path.join(place.repo, file), 'utf8') : null);
	const readCommitted = (file) => {
		const { [file]: text } = startFiles;
		return text === undefined ? null : execFileSync('git', ['show', `start:${file}`], { cwd: place.repo, encoding: 'utf8' });
	};
	const problems = compare({ expected: expectationOf(scenario), turns, assistant, readWorking, readCommitted });
	return scenario.image ? [...problems, ...imageProblems(turns, place, assistant.differs.imageSentAs)] : problems;
}

/** The one image has to lie in the data folder byte for byte as it was given, or as the assistant sent it, whose bytes nobody else knows. */
function imageProblems(turns, { data }, sentAs) {
	const given = picture();
	const [kept, ...more] = turns.flatMap(({ attachments }) => attachments);
	if (kept === undefined || more.length > 0) return [`${kept === undefined ? 0 : more.length + 1} images are kept instead of one`];
	const file = path.join(data, 'attachments', kept.sha256.slice(0, 2), kept.sha256);
	if (!existsSync(file)) return [`the image ${kept.sha256} is not in the data folder`];
	if (sentAs !== undefined) return kept.media_type === sentAs ? [] : [`the image is kept as ${kept.media_type} instead of ${sentAs}`];
	const problems = readFileSync(file).equals(given) ? [] : ['the image that is kept has other bytes than the one that was given'];
	if (kept.media_type !== 'image/png' || kept.bytes !== given.length) problems.push(`the image is kept as ${JSON.stringify(kept)}`);
	return problems;
}

/** Hooks are there to tell of turns before anybody imports anything. */
async function byHooksAlone(work) {
	let problems = [];
	for (const end = Date.now() + hookSeconds * 1000; Date.now() < end;) {
		problems = problemsOf(work, await stored(work));
		if (problems.length === 0) return [];
	}
	return problems;
}

async function runAssistant({ assistant, scenario, place, env, url, served }) {
	const options = { cwd: place.repo, env, limitSeconds, capture: true };
	const turn = async ({ program, args, input }, name) => {
		const started = scenario.keys === 'cancel' ? (child) => void interrupt(child, scenario, served) : undefined;
		const { code, output } = await run(program, args, { ...options, started, input });
		writeFileSync(path.join(place.folder, `${name}.txt`), `${[program, ...args].join(' ')}\nexit code ${code}\n${output}`);
		if (code !== 0 && (scenario.ends ?? 'complete') === 'complete') throw new Error(`${program} ended with exit code ${code}: ${output.trim().slice(-600)}`);
	};
	if (scenario.keys !== undefined && assistant.terminal !== undefined) {
		const { program, args, steps } = assistant.terminal;
		await inTerminal({ program, args, steps: steps[scenario.keys](...scenario.prompts) }, { place, env });
		return;
	}
	if (assistant.before !== undefined) await turn(assistant.before({ ...place, url }), 'before');
	const given = (prompt, again) =>
		scenario.image ? assistant.withImage(prompt, path.join(place.repo, pictureName)) : assistant.run(prompt, again, place, scenario);
	const ends = expectationOf(scenario).turns.map(({ says }) => says.at(-1));
	for (const [index, prompt] of (scenario.inputs ?? scenario.prompts).entries()) {
		if (index > 0 && assistant.resume !== undefined) await inTerminal(assistant.resume(prompt, place, ends.slice(index - 1)), { place, env });
		else await turn(given(prompt, index > 0), `run-${index + 1}`);
	}
}

async function inTerminal(what, { place, env }) {
	const log = path.join(place.folder, 'terminal.txt');
	const { left, shown } = await typeInto({ ...what, cwd: place.repo, env, limitSeconds: 60, log });
	if (left.length > 0) throw new Error(`the terminal never showed /${left[0]}/; last shown:\n${shown}`);
}

/** Stops a run as Ctrl+C does, while the model still works on its last answer. */
async function interrupt(child, { steps }, served) {
	while (child.exitCode === null && !served.some(({ step }) => step === steps.length - 1)) await pause(100);
	await pause(500);
	signalGroup(child.pid, 'SIGINT');
}

/** Runs our own command line as a user does; only HOME and CODELEARN_HOME say where things are. */
function codelearnIn(place, env) {
	return async (args) => {
		const { code, output } = await run(process.execPath, [cli, ...args, '--json'], { cwd: place.repo, env, capture: true, limitSeconds: 60 });
		const line = output.split('\n').find((text) => text.startsWith('{'));
		if (code > 1 || line === undefined) throw new Error(`chroma-client ${args.join(' ')} ended with exit code ${code}: ${output.slice(-600)}`);
		return JSON.parse(line);
	};
}

async function stored({ place, env }) {
	const script = path.join(import.meta.dirname, 'stored.mjs');
	const { code, output } = await run(process.execPath, ['--import', path.join(root, 'node_modules/tsx/dist/loader.mjs'), script], {
		cwd: place.repo,
		env,
		capture: true,
		limitSeconds: 60,
	});
	if (code !== 0) throw new Error(`stored turns could not be read: ${output.slice(-600)}`);
	return JSON.parse(output);
}

function makeRepository(folder) {
	for (const [file, text] of Object.entries(startFiles)) {
		mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		writeFileSync(path.join(folder, file), text);
	}
	const git = (...args) => execFileSync('git', [...identity, ...args], { cwd: folder });
	git('init', '--quiet', '--initial-branch=main');
	git('add', '--all');
	git('commit', '--quiet', '--message', 'Start');
	git('tag', 'start'); // aider commits on top
}
