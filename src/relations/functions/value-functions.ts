/** What functions of SQL compute about texts and addresses of the web. */
import type { DataType, Value } from "#language";

/** Texts longer than this are not compared letter by letter: the work grows with the product of both lengths. */
const LONGEST_COMPARED = 4096;

/** The first `max` characters without letters and digits; blanks only when they are kept. */
export function punctuationOf(text: string, max: number, keepsBlanks: boolean): string {
  const part =
    max < text.length
      ? Array.from(text.slice(0, 2 * max))
          .slice(0, max)
          .join("")
      : text;
  const plain = part.replace(/[\p{L}\p{N}\p{M}]+/gu, "");
  return keepsBlanks ? plain : plain.replace(/\s+/g, "");
}

/** Bits of information per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  let length = 0;
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    length++;
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return Math.max(0, bits);
}

/** How many characters must be put in, taken out or changed; null for long texts. */
export function editsBetween(from: string, to: string): number | null {
  const [a, b] = [Array.from(from), Array.from(to)];
  if (a.length > LONGEST_COMPARED || b.length > LONGEST_COMPARED) return null;
  let before = Uint32Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, character] of a.entries()) {
    const line = new Uint32Array(b.length + 1);
    line[0] = row + 1;
    for (let index = 0; index < b.length; index++) {
      const changed = (before[index] ?? 0) + (character === b[index] ? 0 : 1);
      line[index + 1] = Math.min(changed, (before[index + 1] ?? 0) + 1, (line[index] ?? 0) + 1);
    }
    before = line;
  }
  return before[b.length] ?? 0;
}

/** What PARSEURI gives, in the order of its members. */
export const URI_TYPE: DataType = {
  kind: "tuple",
  fields: [
    { name: "scheme", type: { kind: "string" } },
    { name: "user", type: { kind: "string" } },
    { name: "host", type: { kind: "string" } },
    { name: "port", type: { kind: "integer" } },
    { name: "path", type: { kind: "string" } },
    { name: "query", type: { kind: "string" } },
    { name: "fragment", type: { kind: "string" } },
    { name: "params", type: { kind: "object" } },
  ],
};

const URI =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?(\[[0-9A-Fa-f:.]+\]|[^:/?#\s]*)(?::([0-9]{1,5}))?(?=[/?#]|$))?([^?#\s]*)(?:\?([^#\s]*))?(?:#(\S*))?$/;
/** Parameters that are decoded at most. */
const MOST_PARAMETERS = 1000;

/** The parts of an address of the web, or null when it is none. */
export function partsOfUri(text: string): Value {
  const match = URI.exec(text.trim());
  if (match === null) return null;
  const [, scheme, user, host, port, path, query, fragment] = match;
  if (scheme === undefined && host === undefined && !(path ?? "").startsWith("/")) return null;
  const number = port === undefined ? null : Number(port);
  if (number !== null && number > 65_535) return null;
  return [
    scheme?.toLowerCase() ?? null,
    user ?? null,
    host === undefined || host === "" ? null : host.replace(/^\[|\]$/g, "").toLowerCase(),
    number,
    path ?? "",
    query ?? null,
    fragment ?? null,
    query === undefined ? null : parametersOf(query),
  ];
}

function parametersOf(query: string): string {
  const values = new Map<string, string>();
  for (const part of query.split("&", MOST_PARAMETERS)) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const [name, value] = at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    // Of equal names the first counts, as everywhere in JSON.
    if (!values.has(decodeUrl(name))) values.set(decodeUrl(name), decodeUrl(value));
  }
  const members = [...values].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${members.join(",")}}`;
}

/** `%xx` and `+` undone; what is not written so stays. Bytes that are not UTF-8 become U+FFFD. */
export function decodeUrl(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}
