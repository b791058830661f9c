/** What a run says about itself when it is over. */
import type { QuerySummary } from "#relations";
import { countOf } from "#text";
import { printElapsed, printShare, printSize } from "./sizes.ts";

/** What was asked for with `--stats`; null: what suits a terminal. */
export type StatsChoice = "text" | "json" | null;

/** A finished run, or how far it came. */
export interface Account {
  readonly summary: QuerySummary;
  /** Rows that were written. */
  readonly rows: number;
  /** From the parsed command line to the last row. */
  readonly elapsedMs: number;
}

/** The account as one line of JSON, for programs. The members and their order stay as they are. */
export function printAccountJson({ summary, rows, elapsedMs }: Account): string {
  const { files, bytes, records, unmatchedBytes, engine } = summary;
  return JSON.stringify({
    files,
    bytes,
    records,
    unmatchedBytes,
    rows,
    elapsedMs: Math.round(elapsedMs),
    engine,
  });
}

/** The account as one line for people. */
export function printAccount({ summary, rows, elapsedMs }: Account): string {
  const { files, bytes, records, unmatchedBytes, replacedTexts } = summary;
  const parts = [countOf(rows, "row"), printElapsed(elapsedMs)];
  if (files > 0) {
    const rate = printSize(bytes / Math.max(0.001, elapsedMs / 1000));
    parts.push(`${printSize(bytes)} in ${countOf(files, "file")}`, `${rate}/s`, countOf(records, "record"));
    parts.push(`${printShare(unmatchedBytes, bytes)} unmatched`);
  }
  if (replacedTexts > 0) parts.push(`${countOf(replacedTexts, "piece")} of bytes were no UTF-8`);
  return parts.join(" · ");
}
