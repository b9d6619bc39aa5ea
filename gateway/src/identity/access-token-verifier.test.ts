import type { AccessTokenState, FollowedDocument } from '@caregraph/service-kit';
import { exportJWK, SignJWT } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createAccessTokenVerifier } from './access-token-verifier.js';

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function createKey(kid: string): Key {
  return { kid, ...generateKeyPairSync('ed25519') };
}

/** A users service that says what a test has it say; what it says is heard at the next question. */
function createState(first: Key | null) {
  let current: AccessTokenState | null = null;
  let confirmedAt = -Infinity;
  let isReachable = true;
  let now = 0;
  let said: { keys: readonly Key[]; revoked: AccessTokenState['revoked'] } = {
    keys: first === null ? [] : [first],
    revoked: [],
  };
  const questions = vi.fn();
  const refresh = async (): Promise<void> => {
    questions();
    if (!isReachable) return;
    const keys = said.keys.map(async ({ kid, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      kty: 'OKP',
      kid,
      alg: 'EdDSA',
    }));
    current = { jwks: { keys: await Promise.all(keys) }, revoked: [...said.revoked] };
    confirmedAt = now;
  };
  const document: FollowedDocument<AccessTokenState> = {
    current: () => current,
    age: () => now - confirmedAt,
    refresh,
    stop: () => undefined,
  };
  return {
    document,
    refresh,
    questions,
    say: (news: Partial<typeof said>) => {
      said = { ...said, ...news };
    },
    goAway: () => {
      isReachable = false;
    },
    /** Lets so many milliseconds pass without an answer. */
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

function sign(key: Key, { user = 1, epoch = 0, lifetime = 600 } = {}): Promise<string> {
  return new SignJWT({ role: 'NURSE', sid: 'session', session_epoch: epoch })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt' })
    .setIssuer('caregraph')
    .setAudience('caregraph')
    .setSubject(String(user))
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetime)
    .sign(key.privateKey)
    .then((token) => `Bearer ${token}`);
}

const anonymous = { kind: 'anonymous' };

function nurse(id: number) {
  return { kind: 'user', id, role: 'NURSE', sessionId: 'session' };
}

describe('telling who sends a request', () => {
  it('needs no news for somebody without a token', async () => {
    const state = createState(null);
    const verifier = createAccessTokenVerifier(state.document, 1_000);
    expect(await verifier.identify(undefined)).toEqual(anonymous);
    expect(await verifier.identify('Basic dXNlcjpwYXNz')).toEqual(anonymous);
    expect(state.questions).not.toHaveBeenCalled();
  });

  it('asks where nothing has been heard yet, and fails when there is no answer', async () => {
    const key = createKey('one');
    const state = createState(key);
    const verifier = createAccessTokenVerifier(state.document, 1_000);
    state.goAway();
    await expect(verifier.identify(await sign(key))).rejects.toThrow();
    await expect(verifier.keys()).rejects.toThrow();
    const heard = createState(key);
    expect(await createAccessTokenVerifier(heard.document, 1_000).identify(await sign(key))).toEqual(
      nurse(1),
    );
  });

  it('does not remember a token beyond its end', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    try {
      const key = createKey('one');
      const verifier = createAccessTokenVerifier(createState(key).document, 1_000);
      const token = await sign(key, { lifetime: 20 });
      expect(await verifier.identify(token)).toEqual(nurse(1));
      vi.advanceTimersByTime(15_000);
      expect(await verifier.identify(token)).toEqual(nurse(1));
      vi.advanceTimersByTime(6_000);
      expect(await verifier.identify(token)).toEqual(anonymous);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a revocation', () => {
  it('of a session makes its tokens nobody’s, those that are remembered included', async () => {
    const key = createKey('one');
    const state = createState(key);
    const verifier = createAccessTokenVerifier(state.document, 1_000);
    const token = await sign(key, { epoch: 3 });
    expect(await verifier.identify(token)).toEqual(nurse(1));
    state.say({ revoked: [['session', null]] });
    await state.refresh();
    expect(await verifier.identify(token)).toEqual(anonymous);
  });

  it('of an epoch leaves the tokens of the next one good', async () => {
    const key = createKey('one');
    const state = createState(key);
    state.say({ revoked: [['session', 2]] });
    const verifier = createAccessTokenVerifier(state.document, 1_000);
    expect(await verifier.identify(await sign(key, { epoch: 1 }))).toEqual(anonymous);
    expect(await verifier.identify(await sign(key, { epoch: 2 }))).toEqual(nurse(1));
  });

  it('of one session leaves others alone', async () => {
    const key = createKey('one');
    const state = createState(key);
    state.say({ revoked: [['another session', null]] });
    expect(await createAccessTokenVerifier(state.document, 1_000).identify(await sign(key))).toEqual(
      nurse(1),
    );
  });
});

describe('without an answer of the users service', () => {
  it('tokens stay good for as long as a setting says, and are refused then', async () => {
    const key = createKey('one');
    const state = createState(key);
    const verifier = createAccessTokenVerifier(state.document, 60_000);
    const [known, unknown] = [await sign(key), await sign(key, { user: 2 })];
    expect(await verifier.identify(known)).toEqual(nurse(1));
    state.goAway();
    state.wait(60_000);
    expect(await verifier.identify(known)).toEqual(nurse(1));
    expect(await verifier.identify(unknown)).toEqual(nurse(2));
    state.wait(1);
    await expect(verifier.identify(known)).rejects.toThrow();
    await expect(verifier.identify(unknown)).rejects.toThrow();
    await expect(verifier.keys()).rejects.toThrow();
    expect(await verifier.identify(undefined)).toEqual(anonymous);
  });

  it('asks once more before it refuses', async () => {
    const key = createKey('one');
    const state = createState(key);
    const verifier = createAccessTokenVerifier(state.document, 1_000);
    const token = await sign(key);
    expect(await verifier.identify(token)).toEqual(nurse(1));
    state.wait(5_000);
    expect(await verifier.identify(token)).toEqual(nurse(1));
  });
});

describe('when keys are rotated', () => {
  it('a token under a new key is accepted at once, and the old ones go on', async () => {
    const [one, two] = [createKey('one'), createKey('two')];
    const state = createState(one);
    const verifier = createAccessTokenVerifier(state.document, 60_000);
    expect(await verifier.identify(await sign(one))).toEqual(nurse(1));
    state.say({ keys: [one, two] });
    state.wait(500);
    expect(await verifier.identify(await sign(two, { user: 2 }))).toEqual(nurse(2));
    expect(await verifier.identify(await sign(one, { user: 3 }))).toEqual(nurse(3));
    expect((await verifier.keys()).keys).toMatchObject([{ kid: 'one' }, { kid: 'two' }]);
  });

  it('a token under a key that was removed is nobody’s, also when it is remembered', async () => {
    const [one, two] = [createKey('one'), createKey('two')];
    const state = createState(one);
    const verifier = createAccessTokenVerifier(state.document, 60_000);
    const token = await sign(one);
    expect(await verifier.identify(token)).toEqual(nurse(1));
    state.say({ keys: [two] });
    await state.refresh();
    expect(await verifier.identify(token)).toEqual(anonymous);
  });

  it('tokens under keys that nobody has do not make it ask again and again', async () => {
    const [one, stranger] = [createKey('one'), createKey('stranger')];
    const state = createState(one);
    const verifier = createAccessTokenVerifier(state.document, 60_000);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await verifier.identify(await sign(stranger))).toEqual(anonymous);
    }
    expect(state.questions).toHaveBeenCalledOnce();
  });
});
