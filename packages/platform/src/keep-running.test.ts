import { EventEmitter, once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { keepRunning } from './keep-running.js';

/** A server that goes away when it emits `lost`, and notes that it was stopped. */
class StandIn extends EventEmitter {
  readonly lost = once(this, 'lost').then(() => undefined);
  readonly stop = vi.fn(() => Promise.resolve());
}

it('starts a server again that has gone away, and stops the new one', async () => {
  const [first, second] = [new StandIn(), new StandIn()];
  const report = vi.fn<(line: string) => void>();
  const stop = keepRunning(first, () => Promise.resolve(second), report);
  first.emit('lost');
  await expect.poll(() => report.mock.calls).toHaveLength(2);
  expect(report.mock.calls.flat()).toEqual([
    'PostgreSQL has gone away; starting it again.',
    'PostgreSQL is back.',
  ]);
  await stop();
  expect(second.stop).toHaveBeenCalledOnce();
});

it('stops a server that was only just being started when it was told to', async () => {
  const [first, second] = [new StandIn(), new StandIn()];
  const starts = new EventEmitter();
  const restart = vi.fn(() => once(starts, 'started').then(() => second));
  const stop = keepRunning(first, restart, () => undefined);
  first.emit('lost');
  await expect.poll(() => restart.mock.calls).toHaveLength(1);
  const stopped = stop();
  starts.emit('started');
  await stopped;
  expect(second.stop).toHaveBeenCalledOnce();
});

it('ends although a server that went away does not start again', async () => {
  const first = new StandIn();
  const report = vi.fn<(line: string) => void>();
  const stop = keepRunning(first, () => Promise.reject(new Error('The disk is full.')), report);
  first.emit('lost');
  await expect.poll(() => report.mock.calls.flat()).toContain('The disk is full.');
  await stop();
  expect(first.stop).toHaveBeenCalledOnce();
});
