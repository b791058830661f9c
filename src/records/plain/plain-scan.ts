/**
 * The plain twin: an interpreter of match programs. It says what a scan must give, serves single values, and runs where a
 * WebAssembly module would not pay.
 */
import type { Batch } from "../batch.ts";
import { HeaderSections, type Section } from "../program/header-sections.ts";
import type { MatchProgram } from "../program/program.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { endOfPiece, pieceBoundBehind } from "../program/unmatched-pieces.ts";
import { attemptAt, nextAttempt } from "./attempt.ts";
import { Machine } from "./machine.ts";
import { marksOf } from "./mark-of.ts";
import { newRun } from "./new-run.ts";
import { type RowTest, rowTest } from "./predicate.ts";
import type { RowSink } from "./row-sink.ts";
import { openSink } from "./scan-output.ts";
import type { ScanRow } from "./scan-row.ts";

/** One whole input, uncompressed. */
export interface PlainInput {
  readonly bytes: Uint8Array;
  readonly inputIndex: number;
  /** Times without a year are put at most a day after this. */
  readonly referenceTimeMs: bigint;
}

/** What came of a scan. Once a row limit is reached, bytes behind the last row are neither matched nor unmatched. */
export interface PlainScanResult {
  readonly batches: readonly Batch[];
  readonly records: number;
  readonly matchedBytes: number;
  readonly unmatchedBytes: number;
  /** Texts given out in which bytes that are not UTF-8 became U+FFFD. */
  readonly replacedTexts: number;
  /** Where the first records stand whose header is not the pattern's; null when there are none. */
  readonly foreignAt: number | null;
}

/**
 * Scans one input. Attempts start at its first byte, behind each record, and behind each byte that starts none. Cost: linear in
 * the input: what an LD, a run of bytes or a JSON value was found to be is remembered for later attempts. What is not remembered
 * (repeated groups, quoted texts, look-arounds) costs each attempt at most what their maximum allows, 4096 rounds or bytes unless
 * the pattern asks for more.
 */
export function plainScan(spec: ScanSpec, input: PlainInput): PlainScanResult {
  const { program } = spec;
  const machine = new Machine(input.bytes, newRun(program, input.referenceTimeMs));
  const scan = new Scan(spec, input, openSink(spec.output, program));
  for (const { kind, start, end } of sectionsOf(program, input.bytes)) {
    if (kind === "comment") scan.comment(start, end);
    else if (kind === "foreign") scan.foreign(start);
    else scanSection(machine, scan, start, end);
  }
  scan.unmatchedTo(input.bytes.length);
  return scan.result();
}

function scanSection(machine: Machine, scan: Scan, start: number, stop: number): void {
  let at = start;
  while (at < stop && !scan.isFull) {
    const end = attemptAt(machine, at);
    if (end < 0) {
      at = nextAttempt(machine, at);
    } else {
      scan.record(at, end, machine.run.slots);
      at = end;
    }
  }
}

interface PlacedSection {
  readonly kind: Section["kind"];
  readonly start: number;
  readonly end: number;
}

/** Without headers all bytes are one section. */
function* sectionsOf({ header }: MatchProgram, bytes: Uint8Array): Generator<PlacedSection> {
  if (header === null) return yield { kind: "records", start: 0, end: bytes.length };
  const sections = new HeaderSections(header);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start < buffer.length; ) {
    const { kind, length } = sections.next(buffer.subarray(start));
    yield { kind, start, end: start + length };
    start += length;
  }
}

/** The account of a scan under way. */
class Scan {
  readonly #spec: ScanSpec;
  readonly #input: PlainInput;
  readonly #sink: RowSink;
  readonly #passes: RowTest | null;
  /** Everything before is accounted for. */
  #end = 0;
  #rows = 0;
  #records = 0;
  #matchedBytes = 0;
  #unmatchedBytes = 0;
  #foreignAt: number | null = null;

  constructor(spec: ScanSpec, input: PlainInput, sink: RowSink) {
    this.#spec = spec;
    this.#input = input;
    this.#sink = sink;
    this.#passes = spec.filter === null ? null : rowTest(spec.filter);
  }

  /** As many rows as are wanted have been given. */
  get isFull(): boolean {
    const { rowLimit } = this.#spec;
    return rowLimit !== null && this.#rows >= rowLimit;
  }

  record(start: number, end: number, slots: ScanRow["slots"]): void {
    this.unmatchedTo(start);
    if (this.isFull) return;
    this.#records++;
    this.#matchedBytes += end - start;
    this.#end = end;
    this.#give({ slots, start, end, isUnmatched: false });
  }

  /** Lines that say something about records and are none. */
  comment(start: number, end: number): void {
    this.unmatchedTo(start);
    if (this.isFull) return;
    this.#matchedBytes += end - start;
    this.#end = end;
  }

  /** From here on records stand that the pattern does not hold for. */
  foreign(start: number): void {
    if (!this.isFull) this.#foreignAt ??= start;
  }

  /** Accounts for bytes up to `end` that no record covers. */
  unmatchedTo(end: number): void {
    const start = this.#end;
    if (start >= end || this.isFull) return;
    this.#unmatchedBytes += end - start;
    this.#end = end;
    if (!this.#spec.givesUnmatched) return;
    const slots = this.#spec.program.slots.map(() => null);
    let from = start;
    for (const cut of [...this.#endsOfPieces(start, end), end]) {
      if (!this.isFull) this.#give({ slots, start: from, end: cut, isUnmatched: true });
      from = cut;
    }
  }

  *#endsOfPieces(start: number, end: number): Generator<number> {
    const { buffer, byteOffset, length } = this.#input.bytes;
    const bytes = Buffer.from(buffer, byteOffset, length);
    const { isLineBound } = this.#spec.program;
    let from = start;
    for (;;) {
      const cut = endOfPiece(bytes, pieceBoundBehind(from), isLineBound);
      if (cut === null || cut >= end) return;
      yield cut;
      from = cut;
    }
  }

  #give(row: Omit<ScanRow, "bytes" | "inputIndex" | "marks">): void {
    const { bytes, inputIndex } = this.#input;
    const { marks } = this.#spec;
    const placed = { ...row, bytes, inputIndex };
    const whole = { ...placed, marks: marks === undefined ? 0 : marksOf(placed, marks) };
    if (this.#passes !== null && this.#passes(whole) !== true) return;
    this.#rows++;
    this.#sink.add(whole);
  }

  result(): PlainScanResult {
    return {
      ...this.#sink.finish(),
      records: this.#records,
      matchedBytes: this.#matchedBytes,
      unmatchedBytes: this.#unmatchedBytes,
      foreignAt: this.#foreignAt,
    };
  }
}
