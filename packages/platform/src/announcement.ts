import { isEncrypted } from './child-environments.js';
import type { DemoLogin } from './demo-login.js';
import type { Settings } from './settings.js';

/** What `npm start` ends with: where everything is, and how to log in to the demo if there is one. */
export function announce(settings: Settings, demo: DemoLogin | undefined): string {
  const origin = `${isEncrypted(settings) ? 'https' : 'http'}://localhost:${settings.gatewayPort}`;
  const lines = [
    '',
    'Caregraph is running.',
    '',
    `  Apollo Sandbox   ${origin}/`,
    `  Explorer         ${origin}/explorer   (works without internet)`,
    `  GraphQL          ${origin}/graphql`,
    `  Health           ${origin}/health/ready`,
    `  Logs             ${settings.dataDirectory}/logs`,
    ...(demo ? announceDemo(demo) : []),
    '',
    'Ctrl-C stops it.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function announceDemo({ accounts, password }: DemoLogin): string[] {
  const width = Math.max(...accounts.map(({ email }) => email.length));
  return [
    '',
    `Demo accounts (password: ${password})`,
    '',
    ...accounts.map(({ email, role }) => `  ${email.padEnd(width)}   ${role}`),
  ];
}
