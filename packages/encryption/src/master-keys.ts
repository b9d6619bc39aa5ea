import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isMadeUp } from '@caregraph/service-kit/made-up-secret';
import { StartupError } from '@caregraph/service-kit/startup-error';
import type { EncryptionSettings } from './encryption-settings.js';

/** What wraps data keys: keys in a file today; a key management service can take its place. */
export interface KeyWrapper {
  /** Which master key wraps. */
  readonly id: string;
  /** The data key in a form that only the master key opens, bound to its name. */
  wrap(key: Buffer, dataKeyName: string): Promise<Buffer>;
  /** The data key again. Rejects where it was altered, or has another name, or was wrapped by another master key. */
  unwrap(wrapped: Buffer, dataKeyName: string): Promise<Buffer>;
}

/** The master keys, oldest first, and the last of them, which wraps. */
export interface MasterKeys {
  /** The setting that they are from, and its file where it names one. */
  readonly source: string;
  readonly all: readonly KeyWrapper[];
  readonly newest: KeyWrapper;
}

/** Where the master keys are. In production, which `NODE_ENV` tells, none of them may look made up. */
export type MasterKeySettings = EncryptionSettings & { readonly NODE_ENV?: string | undefined };

const algorithm = 'aes-256-gcm';
const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;

/**
 * Reads the master keys of the settings. Throws a `StartupError` that names the setting, the line and the id of what
 * cannot be used, and never repeats a key.
 */
export function readMasterKeys(settings: MasterKeySettings): MasterKeys {
  const production = settings.NODE_ENV === 'production';
  const { setting, text } = keyText(settings);
  const keys = text.split('\n').flatMap((line, index) => {
    const content = line.replace(/#.*/, '').trim();
    return content === '' ? [] : [masterKeyOf(content, `${setting}, line ${index + 1}`, production)];
  });
  const newest = keys.at(-1);
  if (newest === undefined) throw new StartupError(`${setting}: there is no key in it.`);
  const double = keys.find(({ id }, index) => keys.findIndex((key) => key.id === id) !== index);
  if (double !== undefined) throw new StartupError(`${setting}: two keys have the id "${double.id}".`);
  return { source: setting, all: keys, newest };
}

/** The file of the master keys, where accounts other than its owner's may read or change it. */
export function exposedKeyFile({ ENCRYPTION_MASTER_KEY_FILE: file }: EncryptionSettings): string | undefined {
  return file !== undefined && (statSync(file).mode & 0o077) !== 0 ? file : undefined;
}

/** A file's line with a new key. */
export function createMasterKey(now: Date): string {
  const id = `master-${now.toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}`;
  return `${id} ${randomBytes(keyLength).toString('base64')}\n`;
}

function keyText(settings: EncryptionSettings): { setting: string; text: string } {
  const { ENCRYPTION_MASTER_KEY_FILE: file, ENCRYPTION_MASTER_KEY: text } = settings;
  if (file === undefined) return { setting: 'ENCRYPTION_MASTER_KEY', text: text ?? '' };
  try {
    return { setting: `ENCRYPTION_MASTER_KEY_FILE ${file}`, text: readFileSync(file, 'utf8') };
  } catch (cause) {
    throw new StartupError(
      `ENCRYPTION_MASTER_KEY_FILE: ${file} cannot be read. If it is lost, put it back: no other key opens what is encrypted.`,
      { cause },
    );
  }
}

function masterKeyOf(content: string, where: string, production: boolean): KeyWrapper {
  const [id = '', encoded, ...rest] = content.split(/\s+/);
  if (encoded === undefined || rest.length > 0 || !/^[\w.-]{1,64}$/.test(id)) {
    throw new StartupError(`${where}: is not of the form "<id> <32 bytes in base64>".`);
  }
  const key = Buffer.from(encoded, 'base64');
  if (key.length !== keyLength || key.toString('base64') !== encoded) {
    throw new StartupError(`${where}: the key "${id}" is not ${keyLength} bytes in base64.`);
  }
  if (production && looksMadeUp(encoded, key)) {
    throw new StartupError(
      `${where}: the key "${id}" looks made up; in production it has to be random (openssl rand -base64 32).`,
    );
  }
  return createWrapper(id, createSecretKey(key));
}

/** Random bytes are hardly ever all printable. */
function looksMadeUp(encoded: string, key: Buffer): boolean {
  const text = key.toString('latin1');
  return isMadeUp(encoded) || isMadeUp(text) || /^[\x20-\x7e]*$/.test(text);
}

function createWrapper(id: string, masterKey: KeyObject): KeyWrapper {
  const options = { authTagLength: tagLength };
  const bound = (name: string): Buffer => Buffer.from(`caregraph data key:${id}:${name}`);
  return {
    id,
    wrap(key, name) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, masterKey, nonce, options).setAAD(bound(name));
      return Promise.resolve(Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]));
    },
    unwrap: (wrapped, name) =>
      Promise.resolve().then(() => {
        const nonce = wrapped.subarray(0, nonceLength);
        const decipher = createDecipheriv(algorithm, masterKey, nonce, options).setAAD(bound(name));
        decipher.setAuthTag(wrapped.subarray(-tagLength));
        return Buffer.concat([decipher.update(wrapped.subarray(nonceLength, -tagLength)), decipher.final()]);
      }),
  };
}
