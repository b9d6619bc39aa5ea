import type { Logger } from '@caregraph/service-kit';
import type { Pool } from 'pg';
import type { DataKey } from './encrypted-text.js';
import { blockSize, mostBlocks, takeBlock } from './key-allowance.js';

/** How closely a process follows which key encrypts; in milliseconds. */
export interface KeyFollowing {
  /** How often it asks. */
  readonly interval: number;
  /** After how long without an answer it encrypts no more: a rotation waits that long, and may then be sure. */
  readonly patience: number;
  /** How long a value may be on its way to the database once it is encrypted. */
  readonly journey: number;
}

/** How all processes follow unless they are told otherwise. */
export const defaultFollowing: KeyFollowing = { interval: 2_000, patience: 10_000, journey: 5_000 };

/** The key that encrypts at the moment. */
export interface CurrentKey {
  /** The key, for one value. Throws where it is not known for certain, or has been used for as many as it may. */
  take(): DataKey;
  stop(): void;
}

interface Dependencies {
  readonly pool: Pool;
  readonly fetchKey: (id: string) => Promise<DataKey | null>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly following: KeyFollowing | undefined;
}

/** From this part of its uses on, a key is reported as worn. */
const wornPart = 0.75;

/** Finds out which key encrypts, and goes on finding out until it is stopped. */
export async function followCurrentKey({
  pool,
  fetchKey,
  logger,
  following = defaultFollowing,
}: Dependencies): Promise<CurrentKey> {
  let key: DataKey | undefined;
  let confirmedAt = -Infinity;
  let left = 0;

  async function look(): Promise<void> {
    const askedAt = performance.now();
    const { rows } = await pool.query<{ id: string }>(
      'SELECT id FROM data_keys WHERE retired_at IS NULL ORDER BY first_block DESC LIMIT 1',
    );
    const id = rows[0]?.id;
    if (id === undefined) throw new Error('The database has no data key in use.');
    if (id !== key?.id) {
      const next = await fetchKey(id);
      if (next === null) throw new Error(`There is no data key ${id}.`);
      // What is left was counted for the former key.
      left = await allowanceOf(id);
      key = next;
    } else if (left < blockSize / 2) {
      left += await allowanceOf(id);
    }
    confirmedAt = askedAt;
  }

  async function allowanceOf(id: string): Promise<number> {
    const used = await takeBlock(pool, id);
    if (used > mostBlocks * wornPart) {
      logger.error(
        { key: id, blocks: used, most: mostBlocks },
        'the data key is worn: run npm run keys:rotate',
      );
    }
    return used > mostBlocks ? 0 : blockSize;
  }

  await look();
  let isLooking = false;
  const lookAgain = (): void => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((err: unknown) => {
        logger.warn({ err }, 'could not find out which data key encrypts');
      })
      .finally(() => {
        isLooking = false;
      });
  };
  const timer = setInterval(lookAgain, following.interval).unref();
  return {
    take() {
      if (key === undefined || performance.now() - confirmedAt > following.patience) {
        lookAgain();
        throw new Error('Which data key encrypts has not been known for too long.');
      }
      if (left <= 0) throw new Error(`The data key ${key.id} has been used for as many values as it may.`);
      left -= 1;
      if (left === blockSize / 2 - 1 || left === blockSize / 4) lookAgain();
      return key;
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}
