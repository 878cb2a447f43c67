import assert from 'node:assert/strict';
import { checkTypeOf } from '../../src/core/checkCommand';

const kinds = {
	test: [
		'npm test',
		'npm t -- --grep x',
		'npm run test:unit',
		'npm --prefix web run test',
		'pnpm -r test',
		'pnpm --filter api vitest run',
		'yarn jest src/a.test.ts',
		'bun test',
		'npx mocha test/a.test.ts',
		'npx --yes vitest run',
		'node --test',
		'node --import tsx --test test/*.ts',
		'node node_modules/.bin/mocha',
		'cd web && CI=1 npm test 2>&1 | tail -20',
		'bash -lc "npm test"',
		"/bin/bash -c 'cd x && go test ./...'",
		'python -m pytest -q',
		'python3 -m unittest discover',
		'python manage.py test',
		'uv run pytest tests',
		'poetry run pytest',
		'.venv/bin/pytest',
		'go test ./...',
		'cargo test --workspace',
		'cargo nextest run',
		'mvn -q test',
		'./mvnw -B verify',
		'./gradlew :app:testDebugUnitTest',
		'gradle check',
		'dotnet test',
		'bundle exec rspec spec/a_spec.rb',
		'vendor/bin/phpunit',
		'php vendor/bin/phpunit --filter x',
		'php artisan test',
		'make check',
		'make -j 8 test',
		'mix test',
		'swift test',
		'ctest --output-on-failure',
		'tsc -p . && npm test',
		'npx playwright test',
	],
	typecheck: ['npx tsc -p tsconfig.json', 'npm run typecheck', 'mypy src', 'cargo check', 'npx eslint . && tsc --noEmit'],
	lint: ['npx eslint src', 'npm run lint', 'ruff check .', 'cargo clippy', 'go vet ./...', 'yarn lint:css'],
	build: ['npm run build', 'make', 'go build ./...', 'cargo build --release', './gradlew assemble', 'dotnet build', 'npx vite build'],
	none: [
		'',
		'ls test',
		'cat package.json',
		'git commit -m "npm test passes now"',
		'echo npm test',
		'git add test && git status',
		'npm install',
		'npm run start',
		'node test.js',
		'grep -rn "go test" .',
		"cat > run.sh <<'EOF'\nnpm test\nEOF",
		'cargo run',
		'docker compose up',
		'rm -rf build',
		'sed -i s/test/build/ Makefile',
	],
};

describe('checkTypeOf', () => {
	for (const [kind, commands] of Object.entries(kinds))
		it(`finds ${kind} in ${commands.length} commands`, () => {
			assert.deepEqual(
				commands.map((command) => [command, checkTypeOf(command) ?? 'none']),
				commands.map((command) => [command, kind]),
			);
		});

	it('comes to an end over hostile lines', () => {
		const lines = [
			'npx -a '.repeat(2_000),
			'"'.repeat(8_000),
			'\\"'.repeat(4_000),
			'A=1 '.repeat(2_000),
			`mvn ${'a '.repeat(4_000)}`,
			`bash -c ${'('.repeat(8_000)}`,
			'<<A\n'.repeat(2_000),
		];
		assert.deepEqual(lines.map(checkTypeOf).length, lines.length);
	});
});
