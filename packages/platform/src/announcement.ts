import type { Settings } from './settings.js';

/** What `npm start` ends with: where everything is. */
export function announce(settings: Settings): string {
  const origin = `http://localhost:${settings.gatewayPort}`;
  const lines = [
    '',
    'Caregraph is running.',
    '',
    `  Apollo Sandbox   ${origin}/`,
    `  Explorer         ${origin}/explorer   (works without internet)`,
    `  GraphQL          ${origin}/graphql`,
    `  Health           ${origin}/health/ready`,
    `  Logs             ${settings.dataDirectory}/logs`,
    '',
    'Ctrl-C stops it.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}
