import { randomUUID } from 'node:crypto';
import { findLastingPort } from './lasting-port.js';
import { startNodeProcess, type NodeProcess } from './node-process.js';

/** A gateway that listens. */
export interface GatewayProcess extends NodeProcess {
  readonly url: string;
}

/** Starts the built gateway without the services: for what it decides by itself. Resolves when it listens. */
export async function startGatewayProcess(
  settings: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const port = await findLastingPort();
  const gateway = startNodeProcess(new URL('../../../dist/main.js', import.meta.url), {
    NODE_ENV: 'test',
    PORT: String(port),
    SERVICE_CONTEXT_SECRET: randomUUID() + randomUUID(),
    ...settings,
  });
  await gateway.line(({ msg }) => msg === 'listening');
  return { ...gateway, url: `http://127.0.0.1:${port}` };
}
