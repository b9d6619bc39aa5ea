import { describe, expect, it } from 'vitest';
import { createInFlight } from './in-flight.js';

/** Questions that a test answers, in the order in which they are asked. */
function createAnswerer() {
  const asked: { readonly answer: (text: string) => void; readonly abandoned: AbortSignal }[] = [];
  const ask = (abandoned: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      asked.push({ answer: resolve, abandoned });
      abandoned.addEventListener('abort', () => {
        reject(abandoned.reason as Error);
      });
    });
  return { asked, ask };
}

describe('questions in flight', () => {
  it('are asked once by all who ask at the same time, and again by who comes later', async () => {
    const inFlight = createInFlight<string>();
    const { asked, ask } = createAnswerer();
    const both = [inFlight.join('a', ask), inFlight.join('a', ask)];
    const other = inFlight.join('b', ask);
    expect(asked).toHaveLength(2);
    asked[0]?.answer('first');
    asked[1]?.answer('other');
    expect(await Promise.all([...both, other])).toEqual(['first', 'first', 'other']);
    const later = inFlight.join('a', ask);
    asked[2]?.answer('second');
    expect(await later).toBe('second');
  });

  it('are given up when the last who waits has gone, and not before', async () => {
    const inFlight = createInFlight<string>();
    const { asked, ask } = createAnswerer();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = inFlight.join('a', ask, one.signal);
    const second = inFlight.join('a', ask, other.signal);
    one.abort(new Error('one has gone'));
    await expect(first).rejects.toThrow('one has gone');
    expect(asked[0]?.abandoned.aborted).toBe(false);
    other.abort(new Error('the other has gone'));
    await expect(second).rejects.toThrow('the other has gone');
    expect(asked[0]?.abandoned.aborted).toBe(true);
    const anew = inFlight.join('a', ask);
    asked[1]?.answer('anew');
    expect(await anew).toBe('anew');
  });

  it('fail for everybody who waits, and are asked anew then', async () => {
    const inFlight = createInFlight<string>();
    const failing = (): Promise<string> => Promise.reject(new Error('unreachable'));
    const results = await Promise.allSettled([inFlight.join('a', failing), inFlight.join('a', failing)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await inFlight.join('a', () => Promise.resolve('back'))).toBe('back');
  });
});
