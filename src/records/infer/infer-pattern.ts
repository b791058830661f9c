/** Learns a pattern for unknown bytes, and gives an account of what it matches. */
import { type Pattern, parsePattern } from "#language";
import { Failure, invariant } from "#text";
import { explainMismatch } from "../plain/explain-mismatch.ts";
import { matchText } from "../plain/match-text.ts";
import { plainScan } from "../plain/plain-scan.ts";
import { valueAt } from "../batch.ts";
import { compileProgram } from "../program/compile.ts";
import { unsupportedElements } from "../program/compile.ts";
import type { Widening } from "./field-types.ts";
import { freeText, learnLines } from "./learn-lines.ts";
import { nameFields } from "./names.ts";
import { type PrintedSketch, printSketch, type RecordEnd } from "./print-sketch.ts";
import { recordsOf, type SampleRecord } from "./records-of.ts";
import { joined, type Sketch } from "./sketch.ts";

/** What was learned of a sample. */
export interface Inference {
  readonly text: string;
  readonly pattern: Pattern;
  /** How many kinds of records it tells apart at their beginning. */
  readonly kinds: number;
  /** Records of the sample, and how many of them the pattern matches, each as one record. */
  readonly records: number;
  readonly matchedRecords: number;
  readonly sampleBytes: number;
  readonly matchedBytes: number;
  /** The records it does not match. */
  readonly givenUp: readonly GivenUp[];
}

/** A record that the pattern does not match, and how often it occurs. */
export interface GivenUp {
  /** Its bytes without the line end. */
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Kinds of records at most. */
const MOST_KINDS = 8;
/** A kind has at least this share of the records, or it is given up. */
const LEAST_SHARE = 0.002;
/** How often a pattern is made wider until it matches what it was learned from. */
const MOST_REPAIRS = 24;
/** Times without a year need a year to be read at all. */
const REFERENCE_TIME_MS = 4_102_444_800_000n;
/** Text has few of these. */
const MOST_CONTROLS = 0.1;

/**
 * A pattern for the records of a sample of whole lines. Deterministic. Cost: linear in the sample.
 *
 * @throws Failure sample-empty, sample-binary
 */
export function inferPattern(sample: Uint8Array): Inference {
  if (sample.length === 0) throw new Failure("sample-empty", "There are no bytes to learn a pattern from.");
  if (isBinary(sample)) {
    throw new Failure("sample-binary", "These bytes are no text, so there are no lines to learn from.");
  }
  const { records, hasCarriageReturns, isMultiLine } = recordsOf(sample);
  const lineEnd = hasCarriageReturns ? "EOL(any=true)" : "EOL";
  const kinds = learnKinds(records.filter(({ text }) => text !== ""), lineEnd, isMultiLine);
  const inference = account(sample, records, compose(kinds));
  return inference;
}

function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++;
  return controls > bytes.length * MOST_CONTROLS;
}

/** A kind of records. */
interface Kind {
  readonly sketches: readonly Sketch[];
  readonly widening: Widening;
  readonly end: RecordEnd;
}

function learnKinds(records: readonly SampleRecord[], lineEnd: string, isMultiLine: boolean): readonly Kind[] {
  const groups = new Map<string, SampleRecord[]>();
  for (const record of records) {
    const group = groups.get(record.opening);
    if (group === undefined) groups.set(record.opening, [record]);
    else group.push(record);
  }
  const waiting = [...groups.values()].sort((a, b) => b.length - a.length);
  const kinds: Kind[] = [];
  while (waiting.length > 0 && kinds.length < MOST_KINDS) {
    const group = waiting.shift() ?? [];
    if (group.length < LEAST_SHARE * records.length) continue;
    const kind = learnKind(group, lineEnd, isMultiLine);
    kinds.push(kind);
  }
  return kinds;
}

function learnKind(records: readonly SampleRecord[], lineEnd: string, isMultiLine: boolean): Kind {
  const end: RecordEnd = { text: lineEnd, isMultiLine };
  const sketches = learnLines(records.map(({ text }) => text));
  return repaired({ sketches, widening: new Map(), end }, records);
}

/** The kind, made wider until it matches its records. */
function repaired(kind: Kind, records: readonly SampleRecord[]): Kind {
  let current = kind;
  let waiting = records;
  for (let round = 0; round < MOST_REPAIRS; round++) {
    const { pattern, printed } = parsed(current);
    const program = compileProgram(pattern, [], { timeZone: "UTC" });
    const failed = waiting.filter(({ text }) => matchText(program, bytesOf(text), REFERENCE_TIME_MS) === null);
    const [first] = failed;
    if (first === undefined) return current;
    const mismatch = explainMismatch(program, bytesOf(first.text), REFERENCE_TIME_MS);
    const place = printed.places.findLast(({ start }) => start <= (mismatch?.at.start ?? 0));
    current = widened(current, place?.sketch ?? null, records);
    waiting = records;
  }
  return { ...kind, sketches: [freeText(records.map(({ text }) => text))], widening: new Map() };
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

const MOST_WIDENING = 2;

function widened(kind: Kind, sketch: object | null, records: readonly SampleRecord[]): Kind {
  const steps = sketch === null ? MOST_WIDENING : (kind.widening.get(sketch) ?? 0);
  if (sketch !== null && steps < MOST_WIDENING) {
    return { ...kind, widening: new Map(kind.widening).set(sketch, steps + 1) };
  }
  // What stands from this piece on is learned as one text.
  const index = kind.sketches.findIndex((one) => holds(one, sketch));
  const kept = kind.sketches.slice(0, Math.max(0, index));
  return { ...kind, sketches: joined([...kept, freeText(records.map(({ text }) => text))]) };
}

function holds(sketch: Sketch, wanted: object | null): boolean {
  if (sketch === wanted) return true;
  if (sketch.kind === "optional") return sketch.body.some((inner) => holds(inner, wanted));
  return sketch.kind === "choice" && sketch.branches.some((branch) => branch.some((inner) => holds(inner, wanted)));
}

function parsed({ sketches, widening, end }: Kind): { readonly pattern: Pattern; readonly printed: PrintedSketch } {
  const names = nameFields(sketches, widening);
  const printed = printSketch(sketches, names, widening, end);
  return { pattern: parsedText(printed.text), printed };
}

function parsedText(text: string): Pattern {
  const { pattern, diagnostics } = parsePattern({ name: "inferred", text });
  const problems = pattern === null ? diagnostics : unsupportedElements(pattern);
  const [first] = problems;
  invariant(pattern !== null && first === undefined, `a learned pattern is right: ${first?.message} in ${text}`);
  return pattern;
}

interface Composed {
  readonly text: string;
  readonly pattern: Pattern;
  readonly kinds: number;
}

/** One pattern of all kinds. */
function compose(kinds: readonly Kind[]): Composed {
  const [only] = kinds;
  invariant(only !== undefined, "there is at least one kind");
  if (kinds.length === 1) {
    const { pattern, printed } = parsed(only);
    return { text: printed.text, pattern, kinds: 1 };
  }
  const texts = kinds.map((kind) => parsed(kind).printed.text.split("\n").join("\n  "));
  const text = `(\n  ${texts.join("\n|\n  ")}\n)`;
  return { text, pattern: parsedText(text), kinds: kinds.length };
}

function account(sample: Uint8Array, records: readonly SampleRecord[], { text, pattern, kinds }: Composed): Inference {
  const program = compileProgram(pattern, [], { timeZone: "UTC" });
  const result = plainScan(
    {
      program,
      filter: null,
      output: { kind: "rows", columns: [{ kind: "raw-offset" }, { kind: "raw-text" }] },
      rowLimit: null,
      givesUnmatched: false,
    },
    { bytes: sample, inputIndex: 0, referenceTimeMs: REFERENCE_TIME_MS },
  );
  const starts = new Set<number>();
  for (const { rowCount, columns } of result.batches) {
    const [offsets] = columns;
    for (let row = 0; offsets !== undefined && row < rowCount; row++) starts.add(Number(valueAt(offsets, row)));
  }
  const counts = new Map<string, number>();
  let matchedRecords = 0;
  for (const record of records) {
    if (starts.has(record.start)) matchedRecords++;
    else counts.set(record.text, (counts.get(record.text) ?? 0) + 1);
  }
  return {
    text,
    pattern,
    kinds,
    records: records.length,
    matchedRecords,
    sampleBytes: sample.length,
    matchedBytes: result.matchedBytes,
    givenUp: [...counts].map(([given, count]) => ({ bytes: bytesOf(given), count })),
  };
}
