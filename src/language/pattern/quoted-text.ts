/** Quoted texts of a pattern: their escapes, and the bytes they stand for. */
import type { TextSpan } from "#text";
import type { PatternReader } from "./reader.ts";

/** What a quoted text stands for. */
export interface QuotedText {
  readonly bytes: readonly number[];
  /** The same as characters; null when the bytes are not UTF-8. */
  readonly text: string | null;
  /** Where each UTF-16 unit of `text` is written, in offsets of the source; null when `\x` makes that unclear. */
  readonly offsets: readonly number[] | null;
  /** With its quotes. */
  readonly span: TextSpan;
}

/** The character or byte an escape stands for. */
type Escape =
  | { readonly kind: "unit"; readonly unit: string }
  | { readonly kind: "byte"; readonly byte: number };

const CONTROL_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const HEX_BYTE = /x([0-9A-Fa-f]{2})/y;
const HEX_UNIT = /u([0-9A-Fa-f]{4})/y;
const PUNCTUATION = /[!-/:-@[-`{-~ ]/y;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a quoted text begins here. */
export function seesQuote(reader: PatternReader): boolean {
  return reader.sees("'") || reader.sees('"');
}

/** Reads a quoted text, which must begin here. An open one ends with its line and is reported. */
export function readQuotedText(reader: PatternReader): QuotedText {
  const start = reader.position;
  const quote = reader.character;
  reader.position++;
  const collector = new ByteCollector();
  while (!reader.sees(quote)) {
    if (reader.isAtEnd || reader.sees("\n")) {
      reportOpenText(reader, start, quote);
      return collector.finish(reader.span(start));
    }
    const at = reader.position;
    if (reader.take("\\")) {
      const unescaped = readEscape(reader, at);
      if (unescaped !== null) collector.add(unescaped, at);
    } else {
      collector.add({ kind: "unit", unit: reader.text.charAt(at) }, at);
      reader.position++;
    }
  }
  reader.position++;
  return collector.finish(reader.span(start));
}

function reportOpenText(reader: PatternReader, start: number, quote: string): void {
  reader.report("text-open", reader.span(start), "This text is not closed on its line.", {
    help: `Close it with ${quote}; a line feed inside is written \\n.`,
  });
}

/** Reads what stands behind a backslash at `start`; null when it is nothing known, which is reported. */
export function readEscape(reader: PatternReader, start: number): Escape | null {
  const control = CONTROL_ESCAPES.get(reader.character);
  if (control !== undefined) {
    reader.position++;
    return { kind: "unit", unit: control };
  }
  const hexByte = reader.match(HEX_BYTE);
  if (hexByte !== null) return { kind: "byte", byte: Number.parseInt(hexByte.slice(1), 16) };
  const hexUnit = reader.match(HEX_UNIT);
  if (hexUnit !== null) {
    return { kind: "unit", unit: String.fromCharCode(Number.parseInt(hexUnit.slice(1), 16)) };
  }
  const plain = reader.match(PUNCTUATION);
  if (plain !== null) return { kind: "unit", unit: plain };
  const shown = reader.character;
  if (shown === "" || shown === "\n") return null; // What is open is reported.
  reader.position += shown.length;
  reader.report("escape-unknown", reader.span(start), `"\\${shown}" stands for nothing.`, {
    help: "Escapes are \\n \\r \\t \\\\ \\' \\\" \\xHH \\uHHHH; a backslash itself is written \\\\.",
  });
  return null;
}

/** Collects units and bytes of one text. */
class ByteCollector {
  readonly #bytes: number[] = [];
  readonly #offsets: number[] = [];
  #units = "";
  #hasBytes = false;

  add(unescaped: Escape, offset: number): void {
    if (unescaped.kind === "unit") {
      this.#units += unescaped.unit;
      this.#offsets.push(offset);
    } else {
      this.#flush();
      this.#bytes.push(unescaped.byte);
      this.#hasBytes = true;
    }
  }

  finish(span: TextSpan): QuotedText {
    const units = this.#units;
    this.#flush();
    const text = this.#hasBytes ? decodedOrNull(this.#bytes) : units;
    return { bytes: this.#bytes, text, offsets: this.#hasBytes ? null : this.#offsets, span };
  }

  #flush(): void {
    for (const byte of encoder.encode(this.#units)) this.#bytes.push(byte);
    this.#units = "";
  }
}

/** The characters of UTF-8 bytes, or null when they are not UTF-8. */
export function decodedOrNull(bytes: readonly number[]): string | null {
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

/** Reads a quoted text that must be characters, and gives them; bytes that are none are reported. */
export function readQuotedCharacters(reader: PatternReader): string {
  const quoted = readQuotedText(reader);
  if (quoted.text === null || /\p{Surrogate}/u.test(quoted.text)) {
    reader.report("text-not-unicode", quoted.span, "This text must be characters, and its bytes are none.", {
      help: "Write the characters themselves, or \\uHHHH.",
    });
  }
  return quoted.text ?? "";
}
