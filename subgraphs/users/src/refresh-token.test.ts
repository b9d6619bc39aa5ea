import { expect, it } from 'vitest';
import { createRefreshToken, createSuccessorSalt, hashRefreshToken, successorOf } from './refresh-token.js';

it('computes the same successor from the same token and salt, and another from any other', () => {
  const [token, salt] = [createRefreshToken(), createSuccessorSalt()];
  const successor = successorOf(token, salt);
  expect(successorOf(token, salt)).toBe(successor);
  const others = [
    token,
    createRefreshToken(),
    successorOf(token, createSuccessorSalt()),
    successorOf(createRefreshToken(), salt),
    successorOf(successor, salt),
  ];
  expect(others).not.toContain(successor);
});

it('makes tokens of 256 bits that a header takes as they are', () => {
  for (const token of [createRefreshToken(), successorOf(createRefreshToken(), createSuccessorSalt())]) {
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(hashRefreshToken(token)).toHaveLength(32);
  }
});
