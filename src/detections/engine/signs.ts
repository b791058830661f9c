/** Signs: characters that are rare in ordinary values of a field, and that code needs. */
import { SHAPE_SIGNS } from "../signatures/shapes.ts";
import { kindOfField } from "./ordinary-text.ts";

/** A set of signs, a bit for each of `SIGNS`. */
export type SignSet = number;

/** Single characters and pairs of them, with how common they are in requests: the rarer one of two is looked for. */
const SIGNS: readonly { readonly text: string; readonly cost: number }[] = [
  ...['"', "<", ">", "\\", "^", "`", "{", "}", "$"].map((text) => ({ text, cost: 3 })),
  ...["'", "#", "[", "]", "|"].map((text) => ({ text, cost: 5 })),
  ...["(", ")", ";", "*", "--", "&&", "=/", "./", "..", "//"].map((text) => ({ text, cost: 15 })),
  { text: ":", cost: 20 },
  ...["/.", "%", "+"].map((text) => ({ text, cost: 40 })),
  { text: " ", cost: 80 },
];
/** Any control character, and any that is not ASCII. */
const CONTROL_BIT = 1 << SIGNS.length;
const OTHER_BIT = 1 << (SIGNS.length + 1);

/** What is ordinary in user agents, and no sign there. */
const ORDINARY_IN_AGENTS = new Set(["(", ")", ";", ":", "*", "--", "=/", "./", "/.", "..", "//", "+", " "]);
/** What is ordinary in referrers, which are addresses. */
const ORDINARY_IN_REFERRERS = new Set(["//", ":"]);

const ASCII = 128;
const BIT_OF_CHARACTER: Int32Array = Int32Array.from({ length: ASCII }, (_, code) => {
  if (code < 32 || code === 127) return CONTROL_BIT;
  return bitOf(String.fromCharCode(code));
});
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
      row = ROW_OF_PAIRS[code] ?? 0;
    }
  }
  return signs;
}

const NONE: ReadonlySet<string> = new Set();

/** The signs that tell something in a field; 0: none do, its rules are asked always. */
export function signsOfField(field: string): SignSet {
  const kind = kindOfField(field);
  if (kind !== "target" && kind !== "referrer" && kind !== "agent") return 0;
  const ordinary = kind === "agent" ? ORDINARY_IN_AGENTS : kind === "referrer" ? ORDINARY_IN_REFERRERS : NONE;
  const signs = SIGNS.flatMap(({ text }) => (ordinary.has(text) ? [] : [bitOf(text)]));
  return signs.reduce((all, bit) => all | bit, CONTROL_BIT);
}

/** The rarest of the signs of a text that tell something; 0: it has none. */
export function rarestSign(text: string, known: SignSet): SignSet {
  const held = signsIn(text) & known;
  if (held === 0) return 0;
  if ((held & CONTROL_BIT) !== 0) return CONTROL_BIT;
  const index = SIGNS.findIndex((_, bit) => (held & (1 << bit)) !== 0);
  return index < 0 ? 0 : 1 << index;
}

/** Roughly how common a set is: that of all its signs. */
export function costOfSigns(signs: SignSet): number {
  return SIGNS.reduce((sum, { cost }, bit) => sum + ((signs & (1 << bit)) === 0 ? 0 : cost), 0);
}

/** What every value that is judged for its shape holds: see `SHAPE_SIGNS`. */
export const SIGNS_OF_SHAPES: SignSet =
  signsIn(SHAPE_SIGNS.characters) | bitOf("&&") | bitOf("--") | bitOf("=/");

/** What a scan looks for in place of signs: characters, and pairs of them. */
export function charactersOfSigns(signs: SignSet): {
  readonly characters: string;
  readonly texts: readonly string[];
} {
  const held = SIGNS.filter((_, bit) => (signs & (1 << bit)) !== 0).map(({ text }) => text);
  const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join("");
  // What is encoded holds a percent sign or a plus; other disguises are marked anyway.
  const single = held.filter((text) => text.length === 1);
  return {
    characters: [...new Set([...single, "%", "+"])].join("") + controls,
    texts: held.filter((text) => text.length === 2),
  };
}
