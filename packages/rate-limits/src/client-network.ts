import { isIPv6 } from 'node:net';

/**
 * What an address counts as: an IPv4 address as itself, also where it is written as IPv6; an IPv6 address as its /64,
 * of which whoever has one address has all (RFC 6177). Anything else, also none, counts as itself.
 */
export function clientNetwork(address: string | null): string {
  if (address === null) return 'unknown';
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return plain;
  const groups = expand(plain);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff;
  if (isMapped) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address. */
function expand(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const [start, end] = [groupsOf(head), groupsOf(tail ?? '')];
  return [...start, ...Array<number>(8 - start.length - end.length).fill(0), ...end];
}

function groupsOf(text: string): number[] {
  return text
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      if (!group.includes('.')) return [Number.parseInt(group, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
      return [(a << 8) | b, (c << 8) | d];
    });
}
