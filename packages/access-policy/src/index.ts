export * from './enforce.js';
export * from './policy.js';
export { mayAct, type Rule } from './rule.js';
