import { expect, it } from 'vitest';
import { createTurns } from './turns.js';

it('runs what has the same key one after the other, in order, also after a failure', async () => {
  const turns = createTurns();
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    if (name === 'first') throw new Error('first failed');
    return name;
  };
  const outcomes = await Promise.allSettled(
    ['first', 'second', 'third'].map((name) => turns.take(1, work(name))),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(events).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

it('tells who had to wait', async () => {
  const turns = createTurns();
  const tell = (hasWaited: boolean): Promise<boolean> => Promise.resolve(hasWaited);
  expect(await Promise.all([turns.take(1, tell), turns.take(1, tell), turns.take(2, tell)])).toEqual([
    false,
    true,
    false,
  ]);
  expect(await turns.take(1, tell)).toBe(false);
});

it('lets what has another key go on', async () => {
  const turns = createTurns();
  const never = turns.take(1, () => new Promise(() => undefined));
  await expect(turns.take(2, () => Promise.resolve('done'))).resolves.toBe('done');
  expect(never).toBeInstanceOf(Promise);
});
