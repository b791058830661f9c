/** Signs: characters that are rare in ordinary values of a field, and that code needs. */
import { SHAPE_SIGNS } from "../signatures/shapes.ts";
import { kindOfField } from "./ordinary-text.ts";

/** A set of signs, a bit for each of `SIGNS`. */
export type SignSet = number;

/** Single characters and pairs of them, with how common they are in requests: the rarer one of two is looked for. */
const SIGNS: readonly { readonly text: string; readonly cost: number }[] = [
  ...['"', "<", ">", "\\", "^", "`", "{", "}", "$"].map((text) => ({ text, cost: 3 })),
  ...["'", "#", "[", "]", "|"].map((text) => ({ text, cost: 5 })),
  ...["./", ".."].map((text) => ({ text, cost: 5 })),
  ...["(", ")", ";", "*", "--", "&&", "=/", "//", "/."].map((text) => ({ text, cost: 15 })),
  { text: ":", cost: 20 },
  ...["%", "+"].map((text) => ({ text, cost: 40 })),
  { text: " ", cost: 80 },
];
/** Any control character, any that is not ASCII, and a percent sign that encodes no byte. */
const CONTROL_BIT = 1 << SIGNS.length;
const OTHER_BIT = 1 << (SIGNS.length + 1);
const BROKEN_BIT = 1 << (SIGNS.length + 2);

/** What is ordinary in user agents, and no sign there. */
const ORDINARY_IN_AGENTS = new Set(["(", ")", ";", ":", "*", "--", "=/", "./", "/.", "..", "//", "+", " "]);
/** What is ordinary in referrers, which are addresses. */
const ORDINARY_IN_REFERRERS = new Set(["//", ":"]);

const ASCII = 128;
const BIT_OF_CHARACTER: Int32Array = Int32Array.from({ length: ASCII }, (_, code) => {
  if (isControl(code)) return CONTROL_BIT;
  return bitOf(String.fromCharCode(code));
});
const PERCENT = 0x25;
/** Per first character of a pair the place of its row in `BITS_OF_PAIRS`; 0: no pair begins with it. */
const ROW_OF_PAIRS: Uint16Array = new Uint16Array(ASCII);
const BITS_OF_PAIRS: Int32Array = bitsOfPairs();

function bitsOfPairs(): Int32Array {
  const pairs = SIGNS.filter(({ text }) => text.length === 2).map(({ text }) => text);
  const firsts = [...new Set(pairs.map((pair) => pair.charCodeAt(0)))];
  const bits = new Int32Array(ASCII * (firsts.length + 1));
  for (const [index, code] of firsts.entries()) ROW_OF_PAIRS[code] = ASCII * (index + 1);
  for (const pair of pairs) bits[(ROW_OF_PAIRS[pair.charCodeAt(0)] ?? 0) + pair.charCodeAt(1)] = bitOf(pair);
  return bits;
}

function bitOf(text: string): SignSet {
  const index = SIGNS.findIndex((sign) => sign.text === text);
  return index < 0 ? 0 : 1 << index;
}

/** All signs of a text. */
export function signsIn(text: string): SignSet {
  let signs = 0;
  // The row of pairs that the character before begins.
  let row = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ASCII) {
      signs |= OTHER_BIT;
      row = 0;
    } else {
      signs |= (BIT_OF_CHARACTER[code] ?? 0) | (BITS_OF_PAIRS[row + code] ?? 0);
      if (code === PERCENT && !(isHexDigit(text.charCodeAt(at + 1)) && isHexDigit(text.charCodeAt(at + 2))))
        signs |= BROKEN_BIT;
      row = ROW_OF_PAIRS[code] ?? 0;
    }
  }
  return signs;
}

function isControl(code: number): boolean {
  return code < 32 || code === 127;
}

function isHexDigit(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

const NONE: ReadonlySet<string> = new Set();

/** The signs that tell something in a field; 0: none do, its rules are asked always. */
export function signsOfField(field: string): SignSet {
  const kind = kindOfField(field);
  if (kind !== "target" && kind !== "referrer" && kind !== "agent") return 0;
  const ordinary = kind === "agent" ? ORDINARY_IN_AGENTS : kind === "referrer" ? ORDINARY_IN_REFERRERS : NONE;
  const signs = SIGNS.flatMap(({ text }) => (ordinary.has(text) ? [] : [bitOf(text)]));
  return signs.reduce((all, bit) => all | bit, CONTROL_BIT | BROKEN_BIT);
}

/** The rarest of the signs of a text that tell something; 0: it has none. */
export function rarestSign(text: string, known: SignSet): SignSet {
  const held = signsIn(text) & known;
  if (held === 0) return 0;
  if ((held & CONTROL_BIT) !== 0) return CONTROL_BIT;
  const index = SIGNS.findIndex((_, bit) => (held & (1 << bit)) !== 0);
  return index < 0 ? 0 : 1 << index;
}

/** What every value that is judged for its shape holds, unless it holds one of `SHAPE_WORDS`: see `SHAPE_SIGNS`. */
export const SIGNS_OF_SHAPES: SignSet =
  (signsIn(SHAPE_SIGNS.characters) & ~bitOf("%")) |
  SHAPE_SIGNS.texts.reduce((bits, text) => bits | bitOf(text), 0) |
  CONTROL_BIT |
  OTHER_BIT |
  BROKEN_BIT;

/** Roughly how common a set is: that of all its signs. `isFree`: those that shapes need cost next to nothing, for they are looked for anyway. */
export function costOfSigns(signs: SignSet, isFree: boolean): number {
  const free = isFree ? SIGNS_OF_SHAPES : 0;
  return SIGNS.reduce((sum, { cost }, bit) => {
    const own = signs & (1 << bit);
    return sum + (own === 0 ? 0 : (own & free) === 0 ? cost : cost * FREE_SHARE);
  }, 0);
}

const FREE_SHARE = 1e-5;

/** Other blanks than the space. */
export const SIGNS_OF_TRICKS: SignSet = CONTROL_BIT | OTHER_BIT;
/** A percent sign with no two hexadecimal digits behind it. */
export const BROKEN_PERCENT: SignSet = BROKEN_BIT;

/** What a scan looks for in place of signs: bytes, and pairs of characters. It decodes, and marks what encodes no byte anyway. */
export function scannedSigns(signs: SignSet): {
  readonly bytes: readonly number[];
  readonly texts: readonly string[];
} {
  const held = SIGNS.filter((_, bit) => (signs & (1 << bit)) !== 0).map(({ text }) => text);
  const single = held.filter((text) => text.length === 1).map((text) => text.charCodeAt(0));
  const isWanted = (code: number) =>
    single.includes(code) ||
    (isControl(code) && (signs & CONTROL_BIT) !== 0) ||
    (code >= ASCII && (signs & OTHER_BIT) !== 0);
  return {
    bytes: Array.from({ length: 256 }, (_, code) => code).filter(isWanted),
    texts: held.filter((text) => text.length === 2),
  };
}
