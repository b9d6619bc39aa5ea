import { describe, expect, it } from 'vitest';
import { parseId } from './opaque-id.js';

describe('parseId', () => {
  it('reads the ids that PostgreSQL gives out', () => {
    expect(['1', '42', '2147483647'].map(parseId)).toEqual([1, 42, 2_147_483_647]);
  });

  it.each(['abc', '-1', '0', '007', '1.5', '1e3', ' 1', '', '2147483648', '99999999999999', '١'])(
    'finds nothing behind %j',
    (id) => {
      expect(parseId(id)).toBeNull();
    },
  );
});
