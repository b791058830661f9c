/** Addresses as four words of 32 bits, most significant first; IPv4 as ::ffff:a.b.c.d. No big integers on the way of a look-up. */
import { isIPv6 } from "node:net";

/** A 128-bit address; a number is an IPv4 address, the fast way. */
export type Address = bigint | number;

/** The third word of every IPv4 address. */
export const IPV4_WORD = 0xffff;

/** Writes the words of an address into `words`. */
export function setWords(words: Uint32Array, address: Address): void {
  if (typeof address === "number") return setIpv4(words, address);
  words[3] = Number(BigInt.asUintN(32, address));
  words[2] = Number(BigInt.asUintN(32, address >> 32n));
  const high = address >> 64n;
  words[1] = high === 0n ? 0 : Number(BigInt.asUintN(32, high));
  words[0] = high === 0n ? 0 : Number(BigInt.asUintN(32, high >> 32n));
}

/** Writes the words of an IPv4 address, given as its 32 bits. */
export function setIpv4(words: Uint32Array, address: number): void {
  words[0] = 0;
  words[1] = 0;
  words[2] = IPV4_WORD;
  words[3] = address;
}

/** The 32 bits of an IPv4 address in dotted form; -1: the text is none. */
export function readIpv4(text: string): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      if (digits === 0 || ++dots > 3) return -1;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
      continue;
    }
    octet = octet * 10 + code - 0x30;
    if (code < 0x30 || code > 0x39 || ++digits > 3 || octet > 255) return -1;
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}

/** Reads an address of either kind into `words`; false: the text is none. */
export function readAddressWords(text: string, words: Uint32Array): boolean {
  if (text.includes(":")) return readIpv6(text, words);
  const address = readIpv4(text);
  if (address < 0) return false;
  setIpv4(words, address);
  return true;
}

function readIpv6(text: string, words: Uint32Array): boolean {
  if (!isIPv6(text) || text.includes("%")) return false;
  const dotted = text.includes(".") ? readIpv4(text.slice(text.lastIndexOf(":") + 1)) : -1;
  const pure =
    dotted < 0
      ? text
      : `${text.slice(0, text.lastIndexOf(":") + 1)}${(dotted >>> 16).toString(16)}:${(dotted & 0xffff).toString(16)}`;
  const [left = "", right = ""] = pure.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  words.fill(0);
  const put = (group: string, place: number) => {
    const index = place >> 1;
    words[index] = ((words[index] ?? 0) | (Number.parseInt(group, 16) << (place & 1 ? 0 : 16))) >>> 0;
  };
  for (const [index, group] of head.entries()) put(group, index);
  for (const [index, group] of tail.entries()) put(group, 8 - tail.length + index);
  return true;
}

/** Reads `address`, `address/bits` or `first-last` into its first and last address; false: the text is none of these. */
export function readRange(text: string, start: Uint32Array, end: Uint32Array): boolean {
  const dash = text.indexOf("-");
  if (dash > 0) {
    const isRange =
      readAddressWords(text.slice(0, dash).trim(), start) &&
      readAddressWords(text.slice(dash + 1).trim(), end);
    return isRange && compareWords(start, 0, end, 0) <= 0;
  }
  const slash = text.indexOf("/");
  if (!readAddressWords(slash < 0 ? text : text.slice(0, slash), start)) return false;
  end.set(start);
  if (slash < 0) return true;
  const bits = text.slice(slash + 1);
  const width = text.includes(":") ? 128 : 32;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return false;
  cutAt(Number(bits) + 128 - width, start, end);
  return true;
}

/** Clears the bits behind a prefix in `start` and sets them in `end`. */
export function cutAt(prefixLength: number, start: Uint32Array, end: Uint32Array): void {
  for (let index = 0; index < 4; index++) {
    const bits = Math.min(32, Math.max(0, prefixLength - 32 * index));
    const mask = bits === 32 ? 0 : 0xffff_ffff >>> bits;
    start[index] = (start[index] ?? 0) & ~mask;
    end[index] = (end[index] ?? 0) | mask;
  }
}

/** Below zero, zero or above, as the address at `left[at…]` is less than, the same as or more than that at `right[place…]`. */
export function compareWords(left: Uint32Array, at: number, right: Uint32Array, place: number): number {
  for (let index = 0; index < 4; index++) {
    const difference = (left[at + index] ?? 0) - (right[place + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
