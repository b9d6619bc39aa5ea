import {
  randomBytes,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  sign,
  type JsonWebKey,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StartupError } from '@caregraph/service-kit';
import { z } from 'zod';

const keySetSchema = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        kid: z.string().min(1),
        x: z.string(),
        d: z.string(),
      }),
    )
    .min(1),
});

/** The key that vouches for entries and checkpoints. It never touches the database that they are about. */
export interface AuditKey {
  readonly id: string;
  /** An Ed25519 signature, which whoever has the public key can verify. */
  sign(text: string): Buffer;
  /** HMAC-SHA-256 under a secret derived from the private key: a thirtieth of a signature's cost, for each entry. */
  attest(text: string): Buffer;
  /** The public half, in PEM form. */
  readonly publicKey: string;
}

/**
 * Reads a JWK set of Ed25519 private keys, oldest first: the last one signs, all of them verify. Throws a
 * `StartupError` where the file cannot be used; it repeats nothing of the content.
 */
export function readAuditKeys(file: string): readonly AuditKey[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartupError(
      `AUDIT_KEYS_FILE: the audit key, ${file}, is missing or cannot be read. Put it back; where there never was one, npm run audit:rotate-key makes it.`,
      {
        cause,
      },
    );
  }
  try {
    return keySetSchema.parse(JSON.parse(text)).keys.map(auditKeyOf);
  } catch {
    throw new StartupError(`AUDIT_KEYS_FILE: ${file} holds no JWK set of Ed25519 private keys.`);
  }
}

/** A set with one new key, as it is written into the file. */
export function createAuditKeySet(now: Date): string {
  return keySetText([newKey(now)]);
}

/**
 * The set with a new key at its end, which signs from now on. The others stay for good: what they have vouched for is
 * verified with them. Throws where the text is none of a set.
 */
export function rotateAuditKeySet(text: string, now: Date): string {
  return keySetText([...keySetSchema.parse(JSON.parse(text)).keys, newKey(now)]);
}

function newKey(now: Date): JsonWebKey & { readonly kid: string } {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return { ...jwk, kid: `${time}-${randomBytes(3).toString('hex')}` };
}

function keySetText(keys: readonly JsonWebKey[]): string {
  return `${JSON.stringify({ keys }, undefined, 2)}\n`;
}

function auditKeyOf(jwk: z.output<typeof keySetSchema>['keys'][number]): AuditKey {
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  // A key object, made once: of bytes, each HMAC would make one of its own.
  const secret = createSecretKey(
    Buffer.from(hkdfSync('sha256', Buffer.from(jwk.d, 'base64url'), '', 'caregraph audit attestation', 32)),
  );
  return {
    id: jwk.kid,
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey),
    attest: (text) => createHmac('sha256', secret).update(text).digest(),
  };
}
