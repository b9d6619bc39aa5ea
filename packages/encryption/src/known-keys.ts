import { StartupError } from '@caregraph/service-kit/startup-error';
import { LRUCache } from 'lru-cache';
import type { DataKey } from './encrypted-text.js';

/** The data keys that a process has opened, and those that it has asked for in vain. */
export interface KnownKeys {
  /** The key, where it is at hand. */
  get(id: string): DataKey | undefined;
  add(key: DataKey): void;
  /** The key, fetched unless it is at hand; null where there is none. */
  fetch(id: string): Promise<DataKey | null>;
  /**
   * As `fetch`, for ids that stand in values: however many values name one at the same time, it is asked for once, and
   * one that there is not, or that does not open, is not asked for again for a few seconds.
   */
  find(id: string): Promise<DataKey | null>;
}

/** How long a key counts as missing once it was, in milliseconds, and how many of them are remembered. */
const missTime = 5_000;
const mostMisses = 1_000;

/** Remembers what `fetchKey` finds: null where there is no such key; it rejects with a `StartupError` for one that does not open. */
export function createKnownKeys(fetchKey: (id: string) => Promise<DataKey | null>): KnownKeys {
  // As many as there are rows in the table of keys.
  const keys = new Map<string, DataKey>();
  const searches = new LRUCache<string, Promise<DataKey | null>>({ max: mostMisses, ttl: missTime });

  async function fetch(id: string): Promise<DataKey | null> {
    const key = keys.get(id) ?? (await fetchKey(id));
    if (key === null) return null;
    keys.set(id, key);
    searches.delete(id);
    return key;
  }

  function find(id: string): Promise<DataKey | null> {
    const present = searches.get(id);
    if (present !== undefined) return present;
    const search = fetch(id);
    searches.set(id, search);
    search.catch((error: unknown) => {
      // A database that cannot be asked says nothing of the key.
      if (!(error instanceof StartupError)) searches.delete(id);
    });
    return search;
  }

  return {
    get: (id) => keys.get(id),
    add: (key) => keys.set(key.id, key),
    fetch,
    find,
  };
}
