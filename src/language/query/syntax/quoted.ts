/** Reads quoted texts with their escapes. */

/** A quoted text: its value, and where reading goes on. */
export interface Quoted {
  readonly value: string;
  readonly next: number;
  readonly isClosed: boolean;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
};
const CODE_ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/y;

/**
 * The text quoted at `start`. Escapes are `\n \r \t \\ \' \" \xHH \uHHHH`; a backslash in front of anything else stays, so that
 * regular expressions can be written as they are. A text that is never closed ends at its line's end.
 */
export function readQuoted(text: string, start: number): Quoted {
  const quote = text[start] ?? "";
  const parts: string[] = [];
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    const unit = text[at];
    if (unit === quote) {
      parts.push(text.slice(from, at));
      return { value: parts.join(""), next: at + 1, isClosed: true };
    }
    if (unit !== "\\") continue;
    const escaped = readEscape(text, at);
    if (escaped !== null) {
      parts.push(text.slice(from, at), escaped.value);
      from = at + escaped.length;
      at = from - 1;
    }
  }
  const feed = text.indexOf("\n", start);
  const next = feed < 0 ? text.length : feed;
  return { value: text.slice(start + 1, next), next, isClosed: false };
}

function readEscape(text: string, at: number): { readonly value: string; readonly length: number } | null {
  const simple = SIMPLE_ESCAPES[text[at + 1] ?? ""];
  if (simple !== undefined) return { value: simple, length: 2 };
  CODE_ESCAPE.lastIndex = at;
  const code = CODE_ESCAPE.exec(text);
  if (code === null) return null;
  return {
    value: String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? "0", 16)),
    length: code[0].length,
  };
}
