import { NoDeprecatedCustomRule, parse, specifiedRules, validate } from 'graphql';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { api } from './api.js';

const folder = new URL('../../explorer/examples/', import.meta.url);
const examples = readdirSync(folder).filter((file) => file.endsWith('.graphql'));

it.each(examples)("the explorer's example %s is valid and uses nothing deprecated", (file) => {
  const document = parse(readFileSync(new URL(file, folder), 'utf8'));
  const errors = validate(api, document, [...specifiedRules, NoDeprecatedCustomRule]);
  expect(errors.map(({ message }) => message)).toEqual([]);
});
