export * from './enforce.js';
export * from './policy.js';
export * from './rule.js';
