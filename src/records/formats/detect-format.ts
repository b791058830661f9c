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
}

/** Below this share no format is chosen. */
const SMALLEST_SHARE = 0.5;
/** Most bytes looked at: enough to meet the rare lines, few enough to be done at once. */
const SAMPLE_BYTES = 32 * 1024;
/** With so many bytes the formats are compared; only those near the best are given the whole sample. */
const FIRST_LOOK_BYTES = 4 * 1024;
/** A format that covers less than this share of what the best covers, at first look, is out. */
const NEAR_BEST = 0.8;
/** Text has few control characters. */
const MOST_CONTROLS = 0.1;

/**
 * The format whose records cover most of a sample; of equal ones that with more typed fields, then that with fewer fields. Null when
 * none covers half of it, and for binary data.
 *
 * @param sample  the first bytes of the data, cut anywhere
 * Cost: at most the first 32 KiB are looked at.
 */
export function detectFormat(sample: Uint8Array, formats: readonly ShippedFormat[]): FormatChoice | null {
  const bytes = upToLastLine(sample.subarray(0, SAMPLE_BYTES));
  if (bytes.length === 0 || isBinary(bytes)) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const likely = formats
    .filter((format) => format.hint.test(text))
    .flatMap((format) => {
      const pattern = patternOf(format, text);
      return pattern === null ? [] : [{ format, pattern }];
    });
  const start = upToLastLine(bytes.subarray(0, FIRST_LOOK_BYTES));
  const atFirst = look(likely, start);
  const least = (atFirst[0]?.share ?? 0) * NEAR_BEST;
  const near = atFirst.filter(({ share }) => share >= least);
  const looked = start.length === bytes.length ? near : look(near, bytes);
  const candidates = [...looked, ...atFirst.filter((candidate) => !near.includes(candidate))].sort(better);
  const [best] = candidates;
  return best === undefined || best.share < SMALLEST_SHARE ? null : { ...best, candidates };
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
  const end = bytes.lastIndexOf(0x0a) + 1;
  return end > bytes.length / 2 ? bytes.subarray(0, end) : bytes;
}

function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++;
  return controls > bytes.length * MOST_CONTROLS;
}
