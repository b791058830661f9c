/** Network addresses as text: read into 128 bits (IPv4 as ::ffff:a.b.c.d) and written back in canonical form. */

const IPV4_BASE = 0xffff_0000_0000n;
const ALL_BITS = (1n << 128n) - 1n;

/** A network: its first address and how many of the 128 bits are fixed. */
export interface Network {
  readonly base: bigint;
  readonly prefixLength: number;
}

/** The address that a text names, or null. */
export function readAddress(text: string): bigint | null {
  return text.includes(":") ? readIpv6(text) : readIpv4(text, IPV4_BASE);
}

/** The network that `address/bits` names (a bare address is a network of one), or null. Bits behind the prefix are cleared. */
export function readNetwork(text: string): Network | null {
  const slash = text.indexOf("/");
  const address = readAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const width = text.includes(":") ? 128 : 32;
  const bits = slash < 0 ? width : readSmallNumber(text.slice(slash + 1), width);
  if (bits === null) return null;
  const prefixLength = bits + 128 - width;
  const mask = ALL_BITS ^ ((1n << BigInt(128 - prefixLength)) - 1n);
  return { base: address & mask, prefixLength };
}

/** The canonical text of an address (RFC 5952). */
export function printAddress(address: bigint): string {
  if (address >> 32n === 0xffffn) return printIpv4(address & 0xffff_ffffn);
  const words = Array.from({ length: 8 }, (_, index) =>
    Number((address >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  const zeros = longestZeroRun(words);
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (zeros.length < 2) return hex(words);
  return `${hex(words.slice(0, zeros.start))}::${hex(words.slice(zeros.start + zeros.length))}`;
}

/** The canonical text of a network. */
export function printNetwork(network: Network): string {
  const isIpv4 = network.base >> 32n === 0xffffn && network.prefixLength >= 96;
  return `${printAddress(network.base)}/${isIpv4 ? network.prefixLength - 96 : network.prefixLength}`;
}

function printIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 0xffn)).join(".");
}

function longestZeroRun(words: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start++) {
    let end = start;
    while (end < words.length && words[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

function readIpv4(text: string, base: bigint): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let address = 0n;
  for (const part of parts) {
    const octet = readSmallNumber(part, 255);
    if (octet === null) return null;
    address = (address << 8n) | BigInt(octet);
  }
  return base | address;
}

function readIpv6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = readWords(halves[0] ?? "", halves.length === 1);
  const tail = readWords(halves[1] ?? "", true);
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const words = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return words.reduce((address, word) => (address << 16n) | BigInt(word), 0n);
}

/** The 16-bit words between colons; the last may be an IPv4 address when it ends the text. */
function readWords(text: string, endsText: boolean): number[] | null {
  if (text === "") return [];
  const words: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (endsText && index === parts.length - 1 && part.includes(".")) {
      const address = readIpv4(part, 0n);
      if (address === null) return null;
      words.push(Number(address >> 16n), Number(address & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      words.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return words;
}

function readSmallNumber(text: string, max: number): number | null {
  if (!/^[0-9]{1,3}$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}
