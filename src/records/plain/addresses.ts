/** Addresses as text. */
import { hexDigit } from "./decoded-text.ts";

/** Something read, and where it ends. */
export interface Read {
  readonly end: number;
  readonly value: bigint;
}

const POINT = 0x2e;
const COLON = 0x3a;
const DASH = 0x2d;
/** IPv4 addresses are mapped into IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED = 0xffffn << 32n;

/** An IPv4 address at `at`, mapped into IPv6, or null. A last part that is too large is taken as far as it is one. */
export function readIpv4(bytes: Uint8Array, at: number): Read | null {
  let value = 0;
  let place = at;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && bytes[place++] !== POINT) return null;
    let number = -1;
    for (let count = 0; count < 3; count++) {
      const digit = (bytes[place] ?? 0) - 0x30;
      const next = Math.max(number, 0) * 10 + digit;
      if (digit < 0 || digit > 9 || next > 255) break;
      number = next;
      place++;
    }
    if (number < 0) return null;
    value = value * 256 + number;
  }
  return { end: place, value: MAPPED | BigInt(value) };
}

/** Groups of an IPv6 address read so far. */
interface Groups {
  readonly values: number[];
  /** How many stand before `::`; -1 without one. */
  gap: number;
  /** The longest address so far: its end, its number of groups and its gap. */
  best: { readonly end: number; readonly count: number; readonly gap: number } | null;
}

/** An IPv6 address at `at` (RFC 4291, 2.2), as much as forms one, or null. */
export function readIpv6(bytes: Uint8Array, at: number): Read | null {
  const groups: Groups = { values: [], gap: -1, best: null };
  let place: number | null = at;
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return null;
    place = at + 2;
    groups.gap = 0;
    keep(groups, place);
  }
  while (place !== null) place = readGroup(bytes, place, groups);
  const { best, values } = groups;
  return best === null ? null : { end: best.end, value: joined(values.slice(0, best.count), best.gap) };
}

function keep(groups: Groups, end: number): void {
  groups.best = { end, count: groups.values.length, gap: groups.gap };
}

/** Reads one more group, or an IPv4 tail; gives where the next may begin, or null at the end. */
function readGroup(bytes: Uint8Array, at: number, groups: Groups): number | null {
  const { values, gap } = groups;
  const most = gap < 0 ? 8 : 7;
  if (values.length >= most) return null;
  if (gap < 0 ? values.length === 6 : values.length <= 5) {
    const tail = readIpv4(bytes, at);
    if (tail !== null) {
      values.push(Number((tail.value >> 16n) & 0xffffn), Number(tail.value & 0xffffn));
      keep(groups, tail.end);
      return null;
    }
  }
  let place = at;
  let value = 0;
  for (
    let digit = hexDigit(bytes[place] ?? -1);
    digit >= 0 && place < at + 4;
    digit = hexDigit(bytes[place] ?? -1)
  ) {
    value = value * 16 + digit;
    place++;
  }
  if (place === at) return null;
  values.push(value);
  if (gap >= 0 || values.length === 8) keep(groups, place);
  if (bytes[place] !== COLON) return null;
  if (bytes[place + 1] !== COLON) return place + 1;
  if (gap >= 0 || values.length >= 8) return null;
  groups.gap = values.length;
  keep(groups, place + 2);
  return place + 2;
}

function joined(values: readonly number[], gap: number): bigint {
  const zeros = new Array<number>(8 - values.length).fill(0);
  const all = gap < 0 ? values : [...values.slice(0, gap), ...zeros, ...values.slice(gap)];
  return all.reduce((sum, value) => (sum << 16n) | BigInt(value), 0n);
}

/** Six pairs of hexadecimal digits with the same separator between them, or null. */
export function readMac(bytes: Uint8Array, at: number): Read | null {
  const between = bytes[at + 2];
  if (between !== COLON && between !== DASH) return null;
  let value = 0;
  for (let pair = 0; pair < 6; pair++) {
    const place = at + 3 * pair;
    const [high, low] = [hexDigit(bytes[place] ?? -1), hexDigit(bytes[place + 1] ?? -1)];
    if (high < 0 || low < 0 || (pair > 0 && bytes[place - 1] !== between)) return null;
    value = value * 256 + high * 16 + low;
  }
  return { end: at + 17, value: BigInt(value) };
}
