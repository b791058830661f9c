/** Chooses a format by looking at the data. */
import type { Pattern } from "#language";
import { plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import { headerPattern } from "./header-pattern.ts";
import { readHeader } from "./read-header.ts";
import type { ShippedFormat } from "./shipped-format.ts";

/** A format, its pattern for this data, and the share of the sample's bytes that its records cover, 0 to 1. */
export interface FormatCandidate {
  readonly format: ShippedFormat;
  readonly pattern: Pattern;
  readonly share: number;
}

/** The chosen format, and all that were tried, the best first. */
export interface FormatChoice extends FormatCandidate {
  readonly candidates: readonly FormatCandidate[];
  /** The shares are of so many bytes. */
  readonly lookedBytes: number;
}

/** Below this share no format is chosen. */
const SMALLEST_SHARE = 0.5;
/**
 * So many bytes are looked at, one after the other, until the best format covers enough of them. The first are few, so that formats
 * are compared quickly; the last are for records that are longer than all before.
 */
const LOOKS_BYTES: readonly number[] = [2 << 10, 8 << 10, 32 << 10];
const MOST_LOOKED_BYTES = Math.max(...LOOKS_BYTES);
const LINE_FEED = 0x0a;
/** A format that covers less than this share of what the best covers, at first look, is out. */
const NEAR_BEST = 0.8;
/** Text has few control characters. */
const MOST_CONTROLS = 0.1;

/**
 * The format whose records cover most of a sample; of equal ones that with more typed fields, then that with fewer fields. Null when
 * none covers half of it, and for binary data.
 *
 * @param sample  the first bytes of the data, cut anywhere
 * Cost: some 20 ms in a fresh process; at most the first 32 KiB are looked at, as a rule 8; of a first line that is longer, all of it.
 */
export function detectFormat(sample: Uint8Array, formats: readonly ShippedFormat[]): FormatChoice | null {
  const looks = looksOf(sample);
  const bytes = upToLastLine(sample.subarray(0, Math.max(...looks)));
  if (bytes.length === 0 || isBinary(bytes)) return null;
  const text = textOf(bytes);
  const likely = formats
    .filter((format) => format.hint.test(text))
    .flatMap((format) => {
      const pattern = patternOf(format, text);
      return pattern === null ? [] : [{ format, pattern, share: 1 }];
    });
  const looked = lookLonger(likely, bytes, looks);
  const [best] = looked.candidates;
  return best === undefined || best.share < SMALLEST_SHARE ? null : { ...best, ...looked };
}

/** Text for hints, which need not be quick: of a long line its begin and its end. */
function textOf(bytes: Uint8Array): string {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length <= MOST_LOOKED_BYTES) return all.toString("latin1");
  return (
    all.toString("latin1", 0, MOST_LOOKED_BYTES / 2) +
    all.toString("latin1", bytes.length - MOST_LOOKED_BYTES / 2)
  );
}

/** How many bytes are looked at. A first line that is longer than all of them can only be judged as a whole. */
function looksOf(sample: Uint8Array): readonly number[] {
  const end = sample.indexOf(LINE_FEED) + 1;
  return end > MOST_LOOKED_BYTES ? [...LOOKS_BYTES, end] : LOOKS_BYTES;
}

/** Looks at more and more bytes for those that are near the best. */
function lookLonger(
  likely: readonly FormatCandidate[],
  bytes: Uint8Array,
  looks: readonly number[],
): Pick<FormatChoice, "candidates" | "lookedBytes"> {
  let near = likely;
  let out: readonly FormatCandidate[] = [];
  let lookedBytes = 0;
  for (const [index, size] of looks.entries()) {
    if (lookedBytes === bytes.length || near.length === 0) break;
    // Comparing one with nothing says nothing.
    if (index === 0 && near.length === 1) continue;
    const part = upToLastLine(bytes.subarray(0, size));
    lookedBytes = part.length;
    const looked = look(near, part);
    const best = looked[0]?.share ?? 0;
    near = looked.filter(({ share }) => share >= best * NEAR_BEST);
    out = [...looked.filter((candidate) => !near.includes(candidate)), ...out];
    if (index > 0 && best >= SMALLEST_SHARE) break;
  }
  return { candidates: [...near, ...out].sort(better), lookedBytes };
}

/** The pattern of a format for this data, or null when there is a header missing. */
function patternOf(format: ShippedFormat, text: string): Pattern | null {
  const { name, header } = format;
  if (header === null) return format.pattern();
  const content = readHeader(text, header);
  if (content !== null) return headerPattern(name, header, content);
  return header.isAssumed ? format.pattern() : null;
}

/** The formats with the shares of bytes that they cover, the best first. */
function look(likely: readonly Omit<FormatCandidate, "share">[], bytes: Uint8Array): FormatCandidate[] {
  return likely
    .map(({ format, pattern }) => ({ format, pattern, share: shareOf(pattern, bytes) }))
    .sort(better);
}

function shareOf(pattern: Pattern, bytes: Uint8Array): number {
  const program = compileProgram(pattern, [], { timeZone: "UTC" });
  const { matchedBytes } = plainScan(
    { program, filter: null, output: { kind: "rows", columns: [] }, rowLimit: null, givesUnmatched: false },
    { bytes, inputIndex: 0, referenceTimeMs: 0n },
  );
  return matchedBytes / bytes.length;
}

function better(a: FormatCandidate, b: FormatCandidate): number {
  if (a.share !== b.share) return b.share - a.share;
  const [fieldsA, fieldsB] = [a.pattern.fields, b.pattern.fields];
  const typed = (fields: Pattern["fields"]) => fields.filter(({ type }) => type.kind !== "string").length;
  return typed(fieldsB) - typed(fieldsA) || fieldsA.length - fieldsB.length;
}

/** Without the part behind the last line feed, which may be a cut record; all when lines are longer than half of the bytes. */
function upToLastLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.lastIndexOf(LINE_FEED) + 1;
  return end > bytes.length / 2 ? bytes.subarray(0, end) : bytes;
}

function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++;
  return controls > bytes.length * MOST_CONTROLS;
}
