import { isEncrypted } from './child-environments.js';
import type { Accounts, DemoLogin } from './accounts.js';
import type { Settings } from './settings.js';

const createAdministrator =
  'npm run admin:create -- --email you@example.org --first-name Your --last-name Name';

/** What `npm start` ends with: where everything is, and how to log in. */
export function announce(settings: Settings, { isEmpty, demo }: Accounts): string {
  const origin = `${isEncrypted(settings) ? 'https' : 'http'}://localhost:${settings.gatewayPort}`;
  const lines = [
    '',
    'Caregraph is running.',
    '',
    ...(settings.explorable
      ? [`  Apollo Sandbox   ${origin}/`, `  Explorer         ${origin}/explorer   (works without internet)`]
      : []),
    `  GraphQL          ${origin}/graphql`,
    `  Health           ${origin}/health/ready`,
    `  Logs             ${settings.dataDirectory}/logs`,
    ...(demo ? announceDemo(demo) : []),
    ...(isEmpty
      ? ['', 'Nobody has an account yet. To make the first administrator:', '', `  ${createAdministrator}`]
      : []),
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
