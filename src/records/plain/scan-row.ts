/** Rows of a scan: a record, or a span that no record covers. */
import { invariant, unreachable } from "#text";
import type { MatchProgram } from "../program/program.ts";
import type { ScanColumn } from "../program/scan-spec.ts";
import type { Captured } from "./captured.ts";
import { type ColumnKind, columnKind } from "./columns.ts";

/** A row as columns look at it. */
export interface ScanRow {
  readonly slots: readonly Captured[];
  readonly inputIndex: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** No record: the bytes are unmatched and all slots NULL. */
  readonly isUnmatched: boolean;
  /** What of it is marked, see `markOfSlot`; 0: nothing. */
  readonly marks: number;
}

/** A column's value in a row. */
export function columnValue(column: ScanColumn, row: ScanRow): Captured {
  const { bytes, start, end } = row;
  switch (column.kind) {
    case "slot":
      return row.slots[column.slot] ?? null;
    case "input":
      return row.inputIndex;
    case "raw-offset":
      return BigInt(start);
    case "raw-length":
      return BigInt(end - start);
    case "raw-text":
      return row.isUnmatched ? null : { bytes, start, end, encoding: "plain" };
    case "unmatched":
      return row.isUnmatched ? { bytes, start, end, encoding: "plain" } : null;
    case "marks":
      return row.marks;
    case "marked-text":
      return row.marks !== 0 ? { bytes, start, end, encoding: "plain" } : null;
    default:
      return unreachable(column);
  }
}

/** How a column's values are packed. */
export function scanColumnKind(column: ScanColumn, program: MatchProgram): ColumnKind {
  switch (column.kind) {
    case "slot": {
      const slot = program.slots[column.slot];
      invariant(slot !== undefined, "a column names a slot of its program");
      return columnKind(slot.type);
    }
    case "input":
    case "marks":
      return "integer";
    case "raw-offset":
    case "raw-length":
      return "long";
    case "raw-text":
    case "unmatched":
    case "marked-text":
      return "text";
    default:
      return unreachable(column);
  }
}
