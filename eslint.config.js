import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', '**/generated/', '.data/', '.turbo/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      // Overflows its stack on graphql-tools' recursive types.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // Dates and times of day belong to a time zone, and Date knows only that of the process: Temporal knows all.
    files: ['subgraphs/appointments/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[property.name=/^(?!getUTCFullYear$)([gs]et(UTC)?(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds|Year)|setTime|getTimezoneOffset|to(Locale)?(Date|Time)String)$/]',
          message:
            'A Date is an instant here. What calendars and clocks show, Temporal tells for a time zone.',
        },
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length>1]',
          message: 'This is a time of day in the time zone of the process. Temporal takes a time zone.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.recommended],
  },
);
