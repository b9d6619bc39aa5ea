import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { checkPorts } from '../src/check-ports.js';

it('names the port that is taken and the setting that moves it', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    squatter.close();
  });
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await expect(
    checkPorts([
      { port: 0, portSetting: 'PORT', host: '127.0.0.1' },
      { port, portSetting: 'PATIENTS_PORT', host: '127.0.0.1' },
    ]),
  ).rejects.toThrow(`Port ${port} is taken by another program; set PATIENTS_PORT to a free port.`);
});

it('names HOST where this machine has no such address', async () => {
  const host = 'no-such-host.invalid';
  await expect(checkPorts([{ port: 0, portSetting: 'PORT', host }])).rejects.toThrow(
    `This machine has no address ${host}; set HOST to one that it has.`,
  );
});
