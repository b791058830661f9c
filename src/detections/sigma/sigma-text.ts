/** Texts of Sigma with their wildcards, and the encodings that modifiers ask for. */
import type { TextTest } from "../rule.ts";

interface Part {
  readonly kind: "literal" | "any-text" | "any-character";
  readonly text: string;
}

/** A text of a rule. */
export type SigmaText = readonly Part[];

const WILDCARDS: Readonly<Record<string, Part>> = {
  "*": { kind: "any-text", text: "*" },
  "?": { kind: "any-character", text: "?" },
};

/** Reads wildcards and their escapes: `\*` and `\?` are the characters, `\\` a backslash; any other backslash is itself. */
export function readSigmaText(text: string): SigmaText {
  const parts: Part[] = [];
  let literal = "";
  const flush = () => {
    if (literal !== "") parts.push({ kind: "literal", text: literal });
    literal = "";
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    const next = text[index + 1] ?? "";
    const wildcard = WILDCARDS[character];
    if (character === "\\" && (next === "*" || next === "?" || next === "\\")) {
      literal += next;
      index++;
    } else if (wildcard === undefined) {
      literal += character;
    } else {
      flush();
      parts.push(wildcard);
    }
  }
  flush();
  return parts;
}

/** A text without wildcards. */
export function literalText(text: string): SigmaText {
  return text === "" ? [] : [{ kind: "literal", text }];
}

/** The text when it has no wildcards, else null. */
export function plainTextOf(parts: SigmaText): string | null {
  if (parts.some(({ kind }) => kind !== "literal")) return null;
  return parts.map(({ text }) => text).join("");
}

/** Where a text must stand in the value. */
export type TextPosition = "equals" | "starts-with" | "ends-with" | "contains";

/** The test that a text is there; wildcards at its ends become positions, since these are cheaper. */
export function testOfText(parts: SigmaText, position: TextPosition, isCased: boolean): TextTest {
  const opensBefore = position === "contains" || position === "ends-with";
  const opensBehind = position === "contains" || position === "starts-with";
  const any: Part = { kind: "any-text", text: "*" };
  const whole = [...(opensBefore ? [any] : []), ...parts, ...(opensBehind ? [any] : [])];
  let start = 0;
  let end = whole.length;
  while (start < end && whole[start]?.kind === "any-text") start++;
  while (end > start && whole[end - 1]?.kind === "any-text") end--;
  const inner = whole.slice(start, end);
  const isOpenBefore = start > 0;
  const isOpenBehind = end < whole.length;
  const text = plainTextOf(inner);
  if (text !== null) {
    const found: TextPosition = isOpenBefore
      ? isOpenBehind || inner.length === 0
        ? "contains"
        : "ends-with"
      : isOpenBehind
        ? "starts-with"
        : "equals";
    return { kind: found, text, isCased };
  }
  const named = inner.map(({ kind, text: literal }) => (kind === "literal" ? { text: literal } : kind));
  const wildcards = [
    ...(isOpenBefore ? (["any-text"] as const) : []),
    ...named,
    ...(isOpenBehind ? (["any-text"] as const) : []),
  ];
  return { kind: "wildcard", parts: wildcards, isCased };
}

/** UTF-16 code units as characters of a byte each. */
export function utf16Bytes(text: string, isBigEndian: boolean): string {
  const buffer = Buffer.from(text, "utf16le");
  return (isBigEndian ? buffer.swap16() : buffer).toString("latin1");
}

function bytesOf(text: string, isBytes: boolean): Buffer {
  return Buffer.from(text, isBytes ? "latin1" : "utf8");
}

/** Base64 (RFC 4648) of a text, or of bytes that stand as characters. */
export function base64Of(text: string, isBytes: boolean): string {
  return bytesOf(text, isBytes).toString("base64");
}

/** The parts of Base64 texts that a text makes whatever stands around it: one for each of the three offsets. */
export function base64Offsets(text: string, isBytes: boolean): readonly string[] {
  const bytes = bytesOf(text, isBytes);
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(start, end);
  });
}

const DASHES = ["-", "/", "\u2013", "\u2014", "\u2015"];
const MOST_DASHES = 4;

/** A text with the first dashes and slashes that begin words written in each of the ways that command lines on Windows take. */
export function windashTexts(text: string): readonly string[] {
  const places = [...text.matchAll(/(?<![\p{L}\p{N}_])[-/\u2013-\u2015](?=[\p{L}\p{N}_])/gu)].map(
    ({ index }) => index,
  );
  let texts = [text];
  for (const place of places.slice(0, MOST_DASHES))
    texts = texts.flatMap((one) => DASHES.map((dash) => one.slice(0, place) + dash + one.slice(place + 1)));
  return [...new Set(texts)];
}
