/** What the scan does with the records it recognises: plain data, made by the planner, executed in workers. */
import type { Value } from "#language";
import type { MatchProgram, SlotIndex } from "./program.ts";

/** A column that a scan can give out. */
export type ScanColumn =
  | { readonly kind: "slot"; readonly slot: SlotIndex }
  /** integer: index of the input in the task's list; of unmatched rows too. */
  | { readonly kind: "input" }
  /** long: byte offset of the record, or of the unmatched span, in its uncompressed input. */
  | { readonly kind: "raw-offset" }
  /** long: bytes of the record, or of the unmatched span. */
  | { readonly kind: "raw-length" }
  /** string: the record's bytes as text; NULL for unmatched rows. */
  | { readonly kind: "raw-text" }
  /** string: the bytes of a span that no record covers; NULL for records. */
  | { readonly kind: "unmatched" };

/** Filters with SQL's three values; a row passes when the predicate is true. */
export type ScanPredicate =
  | { readonly kind: "and"; readonly operands: readonly ScanPredicate[] }
  | { readonly kind: "or"; readonly operands: readonly ScanPredicate[] }
  | { readonly kind: "not"; readonly operand: ScanPredicate }
  | { readonly kind: "is-null"; readonly slot: SlotIndex }
  /** boolean: true, false, or unknown for NULL. */
  | { readonly kind: "is-true"; readonly slot: SlotIndex }
  /** Same type on both sides: numbers by value, texts by the bytes of their value as valid UTF-8, times and addresses as integers. Unknown against NULL. */
  | {
      readonly kind: "compare";
      readonly operator: "equal" | "less" | "less-equal" | "greater" | "greater-equal";
      readonly slot: SlotIndex;
      readonly value: Value;
    }
  | { readonly kind: "in"; readonly slot: SlotIndex; readonly values: readonly Value[] }
  /** ip: within the network `base/prefixLength`, counted in 128 bits. */
  | {
      readonly kind: "in-network";
      readonly slot: SlotIndex;
      readonly base: bigint;
      readonly prefixLength: number;
    }
  /** text: `parts` in order with anything between them; anchored at the ends unless open. `ignoresCase`: ASCII letters. Covers prefix, suffix, contains, LIKE with `%` only. */
  | {
      readonly kind: "text-parts";
      readonly slot: SlotIndex;
      readonly parts: readonly string[];
      readonly isOpenStart: boolean;
      readonly isOpenEnd: boolean;
      readonly ignoresCase: boolean;
    };

/** A group key: a column, or a time cut down to a multiple of `truncateMs` since 1970 (timestamps of either kind; also before 1970). NULL is a key of its own. */
export interface ScanKey {
  readonly column: ScanColumn;
  readonly truncateMs: bigint | null;
}

/** An aggregate over the rows of a group; partial: the parts of several workers are added up by the caller. */
export type ScanAggregate =
  /** long: rows for which `when` is true (null: all). A count of non-NULLs is `when: not is-null`. */
  | { readonly kind: "count"; readonly when: ScanPredicate | null }
  /** huge: exact sum of an integer or long slot; NULL without values. */
  | { readonly kind: "sum"; readonly slot: SlotIndex }
  /** Same type as the slot (integer, long, double, timestamp, ip); NULL without values. */
  | { readonly kind: "min"; readonly slot: SlotIndex }
  | { readonly kind: "max"; readonly slot: SlotIndex };

/** What leaves the scan. `groups` may give the same key several times (per worker, or when its table was full). */
export type ScanOutput =
  | { readonly kind: "rows"; readonly columns: readonly ScanColumn[] }
  | {
      readonly kind: "groups";
      readonly keys: readonly ScanKey[];
      readonly aggregates: readonly ScanAggregate[];
    };

export interface ScanSpec {
  readonly program: MatchProgram;
  readonly filter: ScanPredicate | null;
  readonly output: ScanOutput;
  /** Stop after this many rows in the order of the inputs; null: all. Only with `rows`. */
  readonly rowLimit: number | null;
  /** Rows for spans of unmatched bytes are given out too, and grouped (all slots NULL; the filter sees them as such). A span reaches from record to record. */
  readonly givesUnmatched: boolean;
}
