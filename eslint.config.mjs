import tseslint from 'typescript-eslint';
import { layerRule } from './scripts/layerRule.mjs';

export default tseslint.config(
	{ ignores: ['dist/**', 'out/**', 'coverage/**', 'node_modules/**', 'test/fixtures/**', 'test/golden/**', 'test/code/samples/**', 'resources/**'] },
	{
		files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
		extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
		plugins: { codelearn: { rules: { layers: layerRule } } },
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			'codelearn/layers': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
			'@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
			'@typescript-eslint/dot-notation': 'off',
			'@typescript-eslint/consistent-type-definitions': 'off',
			'@typescript-eslint/prefer-function-type': 'off',
			'@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			'@typescript-eslint/no-dynamic-delete': 'off',
			'@typescript-eslint/unified-signatures': 'off',
		},
	},
	{
		files: ['test/**/*.ts', 'bench/**/*.ts'],
		rules: { '@typescript-eslint/consistent-type-assertions': 'off', '@typescript-eslint/no-floating-promises': 'error' },
	},
	{
		// The chores: plain JavaScript, checked without types.
		files: ['**/*.mjs', '**/*.cjs'],
		rules: {
			eqeqeq: 'error',
			'prefer-const': 'error',
			'no-var': 'error',
			'no-unreachable': 'error',
			'no-dupe-keys': 'error',
			'no-self-assign': 'error',
			'no-use-before-define': ['error', { functions: false, variables: false }],
			'no-unused-vars': 'error',
		},
	},
);
