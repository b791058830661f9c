/** What a pattern makes of a sample. */
import type { Field, Pattern } from "#language";
import { type Batch, type ResultColumn, valueAt } from "../batch.ts";
import { type PlainScanResult, plainScan } from "../plain/plain-scan.ts";
import { compileProgram } from "../program/compile.ts";
import type { Slot } from "../program/program.ts";
import type { ScanColumn } from "../program/scan-spec.ts";
import { recordsOf } from "./records-of.ts";

/** What a pattern makes of a sample. */
export interface SampleAccount {
  readonly sampleBytes: number;
  readonly matchedBytes: number;
  /** Records of the sample as they were told apart before learning. */
  readonly records: number;
  /** Those at whose first byte the pattern finds a record. */
  readonly matchedRecords: number;
  /** The other ones, each text once, in the order of the sample. */
  readonly unmatched: readonly UnmatchedRecord[];
}

/** A record that the pattern does not match, and how often it occurs. */
export interface UnmatchedRecord {
  /** Its bytes without the line end. */
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Times without a year need one to be read at all: any will do, when nobody looks at the value. */
export const REFERENCE_TIME_MS = 4_102_444_800_000n;

/** Runs a pattern over a sample and compares what it finds with the sample's records. */
export function accountOfSample(pattern: Pattern, sample: Uint8Array): SampleAccount {
  const { records } = recordsOf(sample);
  const { isMissed, matchedBytes } = missedBytes(pattern, sample);
  const counts = new Map<string, number>();
  let matchedRecords = 0;
  for (const { start, end, text } of records) {
    if (!isMissed(start, end)) matchedRecords++;
    else counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const unmatched = [...counts].map(([text, count]) => ({ bytes: Buffer.from(text, "latin1"), count }));
  return { sampleBytes: sample.length, matchedBytes, records: records.length, matchedRecords, unmatched };
}

interface MissedBytes {
  /** Whether some bytes of a range are in no record. Ranges must be asked for in order. */
  readonly isMissed: (start: number, end: number) => boolean;
  readonly matchedBytes: number;
}

function missedBytes(pattern: Pattern, sample: Uint8Array): MissedBytes {
  const columns: readonly ScanColumn[] = [{ kind: "raw-offset" }, { kind: "unmatched" }];
  const { batches, matchedBytes } = scan(pattern, sample, {
    slots: [],
    columns,
    rowLimit: null,
    givesUnmatched: true,
  });
  const spans: { readonly start: number; readonly end: number }[] = [];
  for (const { rowCount, columns: found } of batches) {
    const [offsets, texts] = found;
    for (let row = 0; offsets !== undefined && texts?.kind === "text" && row < rowCount; row++) {
      if (valueAt(texts, row) === null) continue;
      const start = Number(valueAt(offsets, row));
      spans.push({ start, end: start + (texts.lengths[row] ?? 0) });
    }
  }
  let next = 0;
  const isMissed = (start: number, end: number) => {
    while ((spans[next]?.end ?? Number.MAX_SAFE_INTEGER) <= start) next++;
    return (spans[next]?.start ?? Number.MAX_SAFE_INTEGER) < end;
  };
  return { isMissed, matchedBytes };
}

/** First rows of a pattern. */
export interface FirstRows {
  readonly columns: readonly ResultColumn[];
  readonly batches: readonly Batch[];
}

/** The first records as rows of the pattern's fields, those of tuples in their place. */
export function firstRecords(
  pattern: Pattern,
  sample: Uint8Array,
  rowLimit: number,
  referenceTimeMs: bigint,
): FirstRows {
  const slots = leavesOf(pattern.fields, []);
  const columns = slots.map((_, slot): ScanColumn => ({ kind: "slot", slot }));
  const { batches } = scan(pattern, sample, { slots, columns, rowLimit, referenceTimeMs });
  return { columns: slots.map(({ path, type }) => ({ name: path.join("."), type })), batches };
}

function leavesOf(fields: readonly Field[], path: readonly string[]): readonly Slot[] {
  return fields.flatMap(({ name, type }) =>
    type.kind === "tuple" ? leavesOf(type.fields, [...path, name]) : [{ path: [...path, name], type }],
  );
}

interface SampleScan {
  readonly slots: readonly Slot[];
  readonly columns: readonly ScanColumn[];
  readonly rowLimit: number | null;
  readonly referenceTimeMs?: bigint;
  readonly givesUnmatched?: boolean;
}

function scan(pattern: Pattern, bytes: Uint8Array, spec: SampleScan): PlainScanResult {
  const { slots, columns, rowLimit, referenceTimeMs = REFERENCE_TIME_MS, givesUnmatched = false } = spec;
  const program = compileProgram(pattern, slots, { timeZone: "UTC" });
  return plainScan(
    { program, filter: null, output: { kind: "rows", columns }, rowLimit, givesUnmatched },
    { bytes, inputIndex: 0, referenceTimeMs },
  );
}
