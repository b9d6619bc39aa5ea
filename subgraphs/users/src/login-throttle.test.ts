import { createRateLimits } from '@caregraph/rate-limits';
import { createLogger } from '@caregraph/service-kit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLoginThrottle, type LoginThrottle } from './login-throttle.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const email = 'doctor@hospital.example';
let networks = 0;

function createThrottle(): LoginThrottle {
  return createLoginThrottle(createRateLimits({ logger: createLogger('test', 'silent') }));
}

/** An address of a network that nobody else has. */
function newAddress(): string {
  networks += 1;
  return `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}`;
}

/** Attempts with a wrong password: 0 where the attempt was looked at, else the seconds to wait. */
async function fail(throttle: LoginThrottle, attempt: { email?: string; address?: string; device?: string }) {
  const { address = null, device = null } = attempt;
  const admission = await throttle.admitLogin({ email: attempt.email ?? email, address, device });
  return admission.admitted ? 0 : admission.retryAfterSeconds;
}

/** Fails from so many addresses of their own, once each. */
async function failFromEverywhere(throttle: LoginThrottle, times: number): Promise<number[]> {
  const waits: number[] = [];
  for (let time = 0; time < times; time += 1) waits.push(await fail(throttle, { address: newAddress() }));
  return waits;
}

describe('an attempt without a device token', () => {
  it('waits longer after each failure from its address, and nobody else does', async () => {
    const throttle = createThrottle();
    const address = newAddress();
    for (let time = 0; time < 3; time += 1) expect(await fail(throttle, { address })).toBe(0);
    for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expect(await fail(throttle, { address })).toBe(wait);
      vi.advanceTimersByTime(wait * 1_000);
      expect(await fail(throttle, { address })).toBe(0);
    }
    expect(await fail(throttle, { address: newAddress() })).toBe(0);
    expect(await fail(throttle, { address, email: 'nurse@hospital.example' })).toBe(0);
  });

  it('counts a network of IPv6 as one address', async () => {
    const throttle = createThrottle();
    for (const host of [1, 2, 3]) expect(await fail(throttle, { address: `2001:db8::${host}` })).toBe(0);
    expect(await fail(throttle, { address: '2001:db8::4' })).toBe(1);
    expect(await fail(throttle, { address: '2001:db8:0:1::4' })).toBe(0);
  });

  it('waits half a minute, once, while the account is attacked from everywhere', async () => {
    const throttle = createThrottle();
    expect(new Set(await failFromEverywhere(throttle, 20))).toEqual(new Set([0]));
    const address = newAddress();
    expect(await fail(throttle, { address })).toBe(30);
    vi.advanceTimersByTime(10_000);
    expect(await fail(throttle, { address })).toBe(20);
    expect(new Set(await failFromEverywhere(throttle, 1_000))).toEqual(new Set([30]));
    vi.advanceTimersByTime(20_000);
    expect(await fail(throttle, { address })).toBe(0);
    expect(await fail(throttle, { address })).toBe(30);
  });

  it('is admitted no more often by many at once than by one after the other', async () => {
    const throttle = createThrottle();
    const burst = async (address: () => string) =>
      (await Promise.all(Array.from({ length: 300 }, () => fail(throttle, { address: address() })))).filter(
        (wait) => wait === 0,
      ).length;
    const address = newAddress();
    expect(await burst(() => address)).toBe(3);
    expect(await burst(newAddress)).toBe(17);
    vi.advanceTimersByTime(30_000);
    expect(await burst(() => address)).toBeLessThanOrEqual(1);
  });

  it('slows down an address that tries many accounts, and no other address', async () => {
    const throttle = createThrottle();
    const address = newAddress();
    let account = 0;
    const spray = () => fail(throttle, { address, email: `user-${(account += 1)}@hospital.example` });
    for (let failure = 0; failure < 50; failure += 1) expect(await spray()).toBe(0);
    const waits: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      const wait = await spray();
      waits.push(wait);
      vi.advanceTimersByTime(wait * 1_000);
      expect(await spray()).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60]);
    expect(await fail(throttle, { address: newAddress() })).toBe(0);
    expect(await fail(throttle, { address, device: 'a device' })).toBe(0);
  });

  it('does not forget what an address has sprayed when one login of it succeeds', async () => {
    const throttle = createThrottle();
    const address = newAddress();
    for (let account = 0; account < 53; account += 1) {
      const wait = await fail(throttle, { address, email: `user-${account}@hospital.example` });
      vi.advanceTimersByTime(wait * 1_000);
    }
    vi.advanceTimersByTime(60_000);
    const admission = await throttle.admitLogin({ email: 'mallory@hospital.example', address, device: null });
    if (admission.admitted) await admission.succeeded();
    expect(admission.admitted).toBe(true);
    expect(await fail(throttle, { address })).toBe(0);
    expect(await fail(throttle, { address, email: 'next@hospital.example' })).toBeGreaterThan(1);
  });

  it('begins anew after a success', async () => {
    const throttle = createThrottle();
    const address = newAddress();
    for (let time = 0; time < 2; time += 1) await fail(throttle, { address });
    const admission = await throttle.admitLogin({ email, address, device: null });
    if (admission.admitted) await admission.succeeded();
    for (let time = 0; time < 3; time += 1) expect(await fail(throttle, { address })).toBe(0);
    expect(await fail(throttle, { address })).toBe(1);
  });
});

describe('an attempt with a device token', () => {
  it('waits for failures with that token only', async () => {
    const throttle = createThrottle();
    for (let time = 0; time < 3; time += 1) expect(await fail(throttle, { device: 'one' })).toBe(0);
    expect(await fail(throttle, { device: 'one' })).toBe(1);
    expect(await fail(throttle, { device: 'another' })).toBe(0);
    expect(await fail(throttle, { address: newAddress() })).toBe(0);
  });
});

describe('a clinician', () => {
  const attacks = fc.array(
    fc.record({
      from: fc.constantFrom('one address', 'everywhere', 'the network of another account'),
      times: fc.integer({ min: 1, max: 30 }),
      pause: fc.integer({ min: 0, max: 40_000 }),
    }),
    { maxLength: 12 },
  );

  it('is never delayed by others with a device token, and by half a minute at most from an own address', async () => {
    await fc.assert(
      fc.asyncProperty(attacks, async (rounds) => {
        const throttle = createThrottle();
        const attacker = newAddress();
        for (const { from, times, pause } of rounds) {
          for (let time = 0; time < times; time += 1) {
            const address = from === 'everywhere' ? newAddress() : attacker;
            await fail(throttle, {
              address,
              ...(from.startsWith('the') && { email: 'nurse@hospital.example' }),
            });
          }
          vi.advanceTimersByTime(pause);
        }
        expect(await fail(throttle, { address: attacker, device: 'the clinician’s own' })).toBe(0);
        const address = newAddress();
        const wait = await fail(throttle, { address });
        expect(wait).toBeLessThanOrEqual(30);
        await failFromEverywhere(throttle, 50);
        vi.advanceTimersByTime(wait * 1_000);
        if (wait > 0) expect(await fail(throttle, { address })).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

it('slows down guesses of the current password, for each account by itself', async () => {
  const throttle = createThrottle();
  for (let time = 0; time < 3; time += 1) expect((await throttle.admitPasswordChange(1)).admitted).toBe(true);
  expect(await throttle.admitPasswordChange(1)).toEqual({ admitted: false, retryAfterSeconds: 1 });
  expect((await throttle.admitPasswordChange(2)).admitted).toBe(true);
});
