import { findDataKeys, inKeyTurn, rewrapDataKey, type StoredDataKey } from './data-keys.js';
import { actFor, withKeyChange, type KeyChangeOptions } from './key-change.js';
import { readMasterKeys } from './master-keys.js';

/** What became of the data keys under a new master key. */
export interface RewrapOutcome {
  readonly rewrapped: number;
  /** Retired keys that stay as they are, because their master key is not there any more. */
  readonly left: readonly StoredDataKey[];
}

/** Wraps the data keys anew, with the newest master key; values stay as they are. */
export async function rewrapDataKeys(options: KeyChangeOptions): Promise<RewrapOutcome> {
  const masterKeys = readMasterKeys(options.settings);
  const { all: wrappers, newest } = masterKeys;
  const isLost = ({ isRetired, masterKeyId }: StoredDataKey): boolean =>
    isRetired && !wrappers.some(({ id }) => id === masterKeyId);
  return withKeyChange(options, (pool) =>
    inKeyTurn(pool, async (client) => {
      await actFor(client, options);
      const others = (await findDataKeys(client)).filter(({ masterKeyId }) => masterKeyId !== newest.id);
      const rest = others.filter((key) => !isLost(key));
      for (const key of rest) await rewrapDataKey(client, key, options.service, masterKeys);
      return { rewrapped: rest.length, left: others.filter(isLost) };
    }),
  );
}
