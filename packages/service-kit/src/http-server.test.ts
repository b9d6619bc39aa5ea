import { once } from 'node:events';
import { request as send, Agent, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startHttpServer, type Handler } from './http-server.js';
import { createLogger } from './logger.js';
import { PortTakenError } from './listen-failure.js';
import { StartupError } from './startup-error.js';

function start(handler: Handler, port = 0, host = '127.0.0.1') {
  const logger = createLogger('test', 'silent');
  return startHttpServer({
    host,
    port,
    portSetting: 'PORT',
    logger,
    handlers: [handler],
    trustRequestId: false,
  });
}

/** A promise that the test keeps when it likes; Node 20 has no `Promise.withResolvers`. */
function deferred() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

describe('stopping a server', () => {
  it('finishes what is under way, and closes kept and silent connections', async () => {
    const asked = deferred();
    const finish = deferred();
    const server = await start(async ({ response }) => {
      asked.resolve();
      await finish.promise;
      response.end('finished');
      return true;
    });
    const silent = connect(server.port, '127.0.0.1');
    await once(silent, 'connect');
    const silentEnd = once(silent, 'close');
    const agent = new Agent({ keepAlive: true });
    const answer = once(send({ port: server.port, host: '127.0.0.1', agent }).end(), 'response');
    await asked.promise;
    let stopped = false;
    const stop = server.stop().then(() => {
      stopped = true;
    });
    expect(stopped).toBe(false);
    finish.resolve();
    const [response] = (await answer) as [IncomingMessage];
    expect(await response.setEncoding('utf8').toArray()).toEqual(['finished']);
    await stop;
    await silentEnd;
    agent.destroy();
  });

  it('takes no time where nothing is under way', async () => {
    const server = await start(() => false);
    await server.stop();
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow('fetch failed');
  });
});

describe('starting a server', () => {
  it('names the port that is taken, and the setting that moves it', async () => {
    const server = await start(() => false);
    const second = start(() => false, server.port);
    await expect(second).rejects.toThrow(PortTakenError);
    await expect(second).rejects.toThrow(
      `Port ${server.port} is taken by another program; set PORT to a free port.`,
    );
    await server.stop();
  });

  it('says that an address is not of this machine', async () => {
    await expect(start(() => false, 0, '203.0.113.1')).rejects.toThrow(StartupError);
  });
});
