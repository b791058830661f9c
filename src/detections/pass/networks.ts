/** Addresses as numbers, and the networks they belong to. */

/** An address of 128 bits; IPv4 addresses are the mapped ones, `::ffff:0:0/96`. */
type AddressBits = bigint;

/** A range of addresses. */
export interface Network {
  readonly first: AddressBits;
  readonly last: AddressBits;
}

const MAPPED = 0xffffn << 32n;
const ALL = (1n << 128n) - 1n;

/** The bits of an address as it is written; null when it is none. Zones (`%eth0`) and ports are none. */
export function addressBits(text: string): AddressBits | null {
  const four = bitsOfIpv4(text);
  if (four !== null) return MAPPED | BigInt(four);
  return text.includes(":") && text.length <= 45 ? bitsOfIpv6(text) : null;
}

function bitsOfIpv4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) return null;
  const numbers = parts.slice(1).map(Number);
  if (numbers.some((number) => number > 255)) return null;
  return numbers.reduce((bits, number) => bits * 256 + number, 0);
}

function bitsOfIpv6(text: string): AddressBits | null {
  const tail = text.slice(text.lastIndexOf(":") + 1);
  const four = tail.includes(".") ? bitsOfIpv4(tail) : null;
  if (tail.includes(".") && four === null) return null;
  const plain =
    four === null
      ? text
      : `${text.slice(0, -tail.length)}${(four >>> 16).toString(16)}:${(four & 0xffff).toString(16)}`;
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const [head = [], rest = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<string>(missing).fill("0"), ...rest];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

/** The network of a text such as `192.0.2.0/24`, or of one address; null when it is none. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf("/");
  const address = slash === -1 ? text : text.slice(0, slash);
  const bits = addressBits(address);
  if (bits === null) return null;
  const width = address.includes(":") ? 128 : 32;
  const length = slash === -1 ? width : Number(text.slice(slash + 1));
  if (!/^\d{1,3}$/.test(slash === -1 ? "0" : text.slice(slash + 1)) || length > width) return null;
  const hostBits = (1n << BigInt(width - length)) - 1n;
  const first = bits & (ALL ^ hostBits);
  return { first, last: first | hostBits };
}

/** Whether an address, as it is written, lies in the network. */
export function containsAddress(network: Network, address: string): boolean {
  const bits = addressBits(address);
  return bits !== null && bits >= network.first && bits <= network.last;
}

/** The network around an address as text: /24 for IPv4, /48 for IPv6, as operators are given them. Null: no address. */
export function networkOf(address: string): string | null {
  const bits = addressBits(address);
  if (bits === null) return null;
  if (bits >> 32n === 0xffffn) {
    const number = Number(bits & 0xffffffffn);
    return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.0/24`;
  }
  const groups = [112n, 96n, 80n].map((shift) => ((bits >> shift) & 0xffffn).toString(16));
  return `${groups.join(":")}::/48`;
}
