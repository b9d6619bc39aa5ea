export * from './enforce.js';
export * from './policy.js';
export { policyDigest } from './policy-digest.js';
export { mayAct, type Rule } from './rule.js';
