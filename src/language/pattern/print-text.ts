/** Texts, names and sets of bytes as a pattern writes them. */
import { type ByteRanges, otherBytes } from "./byte-ranges.ts";
import { decodedOrNull } from "./quoted-text.ts";

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\\", "\\\\"],
  ["'", "\\'"],
]);

/** Bytes as a quoted text; those that are not UTF-8 as `\xHH`. */
export function printBytes(bytes: readonly number[]): string {
  const text = decodedOrNull(bytes);
  return text === null ? `'${bytes.map(printByte).join("")}'` : printText(text);
}

/** Characters as a quoted text. */
export function printText(text: string): string {
  const written = text.replace(/[\\'\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return SHORT_ESCAPES.get(character) ?? printUnits(character);
  });
  return `'${written}'`;
}

function printUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

function printByte(byte: number): string {
  const character = String.fromCharCode(byte);
  const isPlain = byte >= 0x20 && byte < 0x7f;
  return SHORT_ESCAPES.get(character) ?? (isPlain ? character : `\\x${byte.toString(16).padStart(2, "0")}`);
}

/** A name: plain when it is an identifier, else quoted. */
export function printName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : printText(name);
}

/** A set of bytes in brackets, negated when that is shorter. */
export function printRanges(ranges: ByteRanges): string {
  const others = otherBytes(ranges);
  const plain = printMembers(ranges);
  const negated = printMembers(others);
  return others.length > 0 && negated.length < plain.length ? `[^${negated}]` : `[${plain}]`;
}

function printMembers(ranges: ByteRanges): string {
  const parts = ranges.map(([first, last]) => {
    if (first === last) return printMember(first);
    const dash = last === first + 1 ? "" : "-";
    return `${printMember(first)}${dash}${printMember(last)}`;
  });
  return parts.join("");
}

function printMember(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[[\]\\^!:-]/.test(character)) return `\\${character}`;
  if (character === "'") return character;
  return printByte(byte);
}
