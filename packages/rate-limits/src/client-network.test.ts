import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clientNetwork } from './client-network.js';

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['a name', 'a name'],
  [null, 'unknown'],
])('counts %s as %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});

it('counts every address of a /64 as one, and those of two as two', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), (one, other) => {
      const prefix = (address: string): string => new URL(`http://[${address}]`).hostname;
      if (prefix(one) === prefix(other)) expect(clientNetwork(one)).toBe(clientNetwork(other));
      expect(clientNetwork(prefix(one).slice(1, -1))).toBe(clientNetwork(one));
    }),
  );
});
