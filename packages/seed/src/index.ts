export { demoPassword } from './demo-accounts.js';
export { seedDemo, type DemoAccounts } from './seed-demo.js';
