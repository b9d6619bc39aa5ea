import { expect, it } from 'vitest';
import { summarise } from './child-output.js';

it('makes a line for people of warnings and errors only', () => {
  expect(summarise('{"level":30,"msg":"listening"}')).toBeUndefined();
  expect(summarise('{"level":40,"msg":"slow"}')).toBe('warning: slow');
  expect(summarise('{"level":50,"msg":"a request failed","err":{"message":"no route","stack":"at"}}')).toBe(
    'error: a request failed: no route',
  );
});

it('passes over what is no log line', () => {
  for (const line of ['plain text', '{"level":', '{"level":"high"}', '', '[]']) {
    expect(summarise(line)).toBeUndefined();
  }
});
