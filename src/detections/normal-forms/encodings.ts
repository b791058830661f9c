/** Undoes, once, the encodings that hide what a value says. Every function: null when there is nothing to undo. Cost: linear. */
import { type Rewritten, replaceMatches } from "./rewritten.ts";

/** One character each: UTF-8 of two to four bytes, overlong forms included, `%uXXXX`, any byte. */
const PERCENT =
  /%[c-d][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%u[0-9a-f]{4}|%[0-9a-f]{2}/gi;

/** Undoes percent encoding. Bytes that are no UTF-8 are read as Latin-1, overlong sequences as what they stand for. */
export function decodePercent(text: string): Rewritten | null {
  if (!text.includes("%")) return null;
  return replaceMatches(text, PERCENT, (match) =>
    match[1] === "u" || match[1] === "U" ? unitText(Number.parseInt(match.slice(2), 16)) : bytesText(match),
  );
}

/** A `+` of a query is a blank. */
export function decodePlus(text: string): Rewritten | null {
  return text.includes("+") ? replaceMatches(text, /\+/g, () => " ") : null;
}

function bytesText(match: string): string {
  if (match.length === 3) return String.fromCharCode(Number.parseInt(match.slice(1), 16));
  const bytes = match
    .split("%")
    .slice(1)
    .map((digits) => Number.parseInt(digits, 16));
  const [first = 0, ...more] = bytes;
  if (more.length === 0) return String.fromCharCode(first);
  const kept = first & (0x3f >> more.length);
  return codePointText(more.reduce((sum, byte) => sum * 64 + (byte & 0x3f), kept));
}

function unitText(unit: number): string {
  return String.fromCharCode(unit);
}

/** U+FFFD for what is no character. */
function codePointText(point: number): string {
  const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : "\ufffd";
}

/** Names that attackers write for characters of markup and code; the long list of HTML hides letters only. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  ast: "*",
  bsol: "\\",
  colon: ":",
  comma: ",",
  dollar: "$",
  equals: "=",
  excl: "!",
  grave: "`",
  gt: ">",
  lbrace: "{",
  lbrack: "[",
  lcub: "{",
  lpar: "(",
  lsqb: "[",
  lt: "<",
  nbsp: " ",
  newline: "\n",
  num: "#",
  percnt: "%",
  period: ".",
  plus: "+",
  quot: '"',
  rbrace: "}",
  rbrack: "]",
  rcub: "}",
  rpar: ")",
  rsqb: "]",
  semi: ";",
  sol: "/",
  tab: "\t",
};

/** Undoes HTML's character references: by number, with or without a semicolon, and by name. */
export function decodeEntities(text: string): Rewritten | null {
  if (!text.includes("&") || !(text.includes(";") || text.includes("&#"))) return null;
  return replaceMatches(text, /&#x[0-9a-f]{1,8};?|&#[0-9]{1,9};?|&[a-z]{2,7};/gi, (match) => {
    if (match[1] !== "#") return ENTITIES[match.slice(1, -1).toLowerCase()] ?? null;
    const isHex = match[2] === "x" || match[2] === "X";
    return codePointText(Number.parseInt(match.slice(isHex ? 3 : 2), isHex ? 16 : 10));
  });
}

/** Undoes `\xNN`, `\uNNNN`, `\u{N}` and octal `\NNN`, as JavaScript, C and logs of nginx write bytes. */
export function decodeEscapes(text: string): Rewritten | null {
  if (!text.includes("\\")) return null;
  return replaceMatches(
    text,
    /\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\[0-3][0-7]{2}/gi,
    (match) => {
      const kind = match[1]?.toLowerCase() ?? "";
      if (kind === "x" || kind === "u") {
        return codePointText(Number.parseInt(match.slice(match[2] === "{" ? 3 : 2), 16));
      }
      return codePointText(Number.parseInt(match.slice(1), 8));
    },
  );
}

/** Letters and digits in other shapes (full width, circled, mathematical) as plain ones; bytes that say nothing removed. */
export function decodeShapes(text: string): Rewritten | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
  if (!/[\u0000\u0080-\uffff]/.test(text)) return null;
  return replaceMatches(
    text,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
    /[\u0000\u00ad\u200b-\u200d\u2060\ufeff]|[\u2460-\u24ff\u3002\uff01-\uffee]|\ud835[\udc00-\udfff]/g,
    (match) =>
      match.length === 1 && isSilent(match) ? "" : match === "\u3002" ? "." : match.normalize("NFKC"),
  );
}

function isSilent(character: string): boolean {
  return "\u0000\u00ad\u200b\u200c\u200d\u2060\ufeff".includes(character);
}

/** Lower case; a letter whose lower case is longer stays, so that places remain. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text].map((c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join("");
}
