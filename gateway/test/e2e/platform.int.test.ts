import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createInstallation, expectGone, type Installation, type Runner } from './platform/runner.js';

describe('npm start', { timeout: 120_000 }, () => {
  let installation: Installation;
  let runner: Runner;

  beforeAll(async () => {
    installation = await createInstallation();
  });
  // Some tests end the platform; every other one starts with what is running.
  beforeEach(async () => {
    runner = await installation.running();
  });
  afterAll(() => installation[Symbol.asyncDispose]());

  it('ends with where everything is and how to log in, and the demo answers', async () => {
    const port = installation.ports['PORT'] ?? '';
    for (const path of ['/', '/explorer', '/graphql', '/health/ready']) {
      expect(runner.output()).toContain(`http://localhost:${port}${path}`);
    }
    expect(runner.output()).toMatch(/password: \S+\)[^]*doctor@hospital\.com +DOCTOR/);
    const password = /password: (\S+)\)/.exec(runner.output())?.[1] ?? '';
    expect(await logIn(password)).toEqual({ data: { login: { session: { user: { id: '2' } } } } });
  });

  it('refuses a second platform in the same place', async () => {
    const second = installation.start();
    expect(await second.ended).toEqual({ code: 1, signal: null });
    const { runner: first } = await installation.processes();
    expect(second.output()).toContain(`Caregraph is already running here (process ${first?.pid ?? 0})`);
  });

  it('starts a service again that was killed, and says so', async () => {
    const { patients } = await installation.processes();
    process.kill(patients?.pid ?? 0, 'SIGKILL');
    await runner.printed('patients is back.');
    expect(runner.output()).toContain('patients ended (SIGKILL); starting it again.');
    expect((await installation.processes())['patients']?.pid).not.toBe(patients?.pid);
  });

  it('starts again after it was killed itself, with the data there', async () => {
    const before = Object.values(await installation.processes());
    runner.signal('SIGKILL');
    await runner.ended;
    runner = await installation.running();
    await expectGone(before);
    const password = /password: (\S+)\)/.exec(runner.output())?.[1] ?? '';
    expect(await logIn(password)).toMatchObject({ data: { login: { session: { user: { id: '2' } } } } });
  });

  it('leaves no process behind when it is told to stop', async () => {
    const before = Object.values(await installation.processes());
    expect(before).toHaveLength(5);
    runner.signal('SIGTERM');
    expect(await runner.ended).toEqual({ code: 0, signal: null });
    await expectGone(before);
    for (const port of Object.values(installation.ports)) expect(await isFree(Number(port))).toBe(true);
  });

  async function logIn(password: string): Promise<unknown> {
    const query = 'mutation ($input: LoginInput!) { login(input: $input) { session { user { id } } } }';
    const response = await fetch(`${installation.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { input: { email: 'doctor@hospital.com', password } } }),
    });
    return response.json();
  }
});

describe('npm start where a port is taken', { timeout: 120_000 }, () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await createInstallation();
  });
  afterAll(() => installation[Symbol.asyncDispose]());

  it.each(['PORT', 'USERS_PORT', 'PATIENTS_PORT', 'APPOINTMENTS_PORT', 'POSTGRES_PORT'])(
    'tells in one sentence that %s is taken, and leaves nothing running',
    async (setting) => {
      const port = Number(installation.ports[setting]);
      const squatter = createServer().listen(port, '127.0.0.1');
      onTestFinished(() => {
        squatter.close();
      });
      await once(squatter, 'listening');
      const attempt = installation.start();
      expect(await attempt.ended).toEqual({ code: 1, signal: null });
      expect(attempt.output().match(/.*taken.*/g)).toEqual([
        `Port ${port} is taken by another program; set ${setting} to a free port.`,
      ]);
      for (const [name, other] of Object.entries(installation.ports)) {
        if (name !== setting) expect(await isFree(Number(other))).toBe(true);
      }
    },
  );
});

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    return true;
  } catch {
    return false;
  }
}
