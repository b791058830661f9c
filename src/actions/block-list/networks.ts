/** Sets of addresses as networks: whether one is in them, and the fewest networks that make them up. */
import type { Network } from "#language";

/** Whether a network has an address. */
export function holdsAddress({ base, prefixLength }: Network, address: bigint): boolean {
  const shift = BigInt(128 - prefixLength);
  return base >> shift === address >> shift;
}

/** Whether a network is one of IPv4. */
export function isIpv4({ base, prefixLength }: Network): boolean {
  return prefixLength >= 96 && base >> 32n === 0xffffn;
}

/**
 * The fewest networks that hold these addresses and no other ones, ascending. Only whole halves are joined: nobody is in the result who
 * was not in the input.
 */
export function joinNetworks(addresses: Iterable<bigint>): readonly Network[] {
  const stack: Network[] = [];
  for (const base of [...new Set(addresses)].sort((a, b) => (a < b ? -1 : 1))) {
    let last: Network = { base, prefixLength: 128 };
    for (let before = stack.at(-1); before !== undefined; before = stack.at(-1)) {
      if (!areHalves(before, last)) break;
      stack.pop();
      last = { base: before.base, prefixLength: before.prefixLength - 1 };
    }
    stack.push(last);
  }
  return stack;
}

function areHalves(low: Network, high: Network): boolean {
  const size = 1n << BigInt(128 - low.prefixLength);
  return low.prefixLength === high.prefixLength && low.base + size === high.base && (low.base & size) === 0n;
}
