/** What the scan does with the records it recognises: plain data, made by the planner, executed in workers. */
import type { Value } from "#language";
import type { ScanMarks } from "./marks.ts";
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
  | { readonly kind: "unmatched" }
  /** integer: what of the record, or of the unmatched span, is marked, a bit each; see `ScanMarks`. */
  | { readonly kind: "marks" }
  /** string: the bytes of a marked record or unmatched span as text; NULL for others. */
  | { readonly kind: "marked-text" };

/** In predicates, the slot that holds the record's bytes as text; NULL for unmatched rows. */
export const RAW_TEXT_SLOT = -1;
/** In `is-true`, the slot that holds whether the row is marked; never NULL. */
export const MARK_SLOT = -2;

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
  /** ip: within any of the networks. */
  | { readonly kind: "in-networks"; readonly slot: SlotIndex; readonly networks: readonly ScanNetwork[] }
  /**
   * text: `parts` in order with anything between them; anchored at the ends unless open. Covers prefix, suffix, contains, LIKE with
   * `%` only. `ignoresCase`: both sides in lower case by Unicode's simple mapping, the parts being ASCII: besides its letters only
   * U+0130 (to i) and U+212A (to k) matter.
   */
  | {
      readonly kind: "text-parts";
      readonly slot: SlotIndex;
      readonly parts: readonly string[];
      readonly isOpenStart: boolean;
      readonly isOpenEnd: boolean;
      readonly ignoresCase: boolean;
    };

/** A network `base/prefixLength`, counted in 128 bits. */
export interface ScanNetwork {
  readonly base: bigint;
  readonly prefixLength: number;
}

/** How the values of a key are made coarser before rows are grouped. NULL stays NULL. */
export type ScanCut =
  /** Timestamps of either kind: the start of the multiple of `stepMs` since 1970 that a time lies in, also before 1970. */
  | { readonly kind: "time"; readonly stepMs: bigint }
  /** integer, long: the largest multiple of `of` that is not greater. Numbers of 2^52 and more, in magnitude, stay as they are. */
  | { readonly kind: "multiple"; readonly of: bigint }
  /** integer, long: what remains of a division by `by` (above 0), with the number's sign. */
  | { readonly kind: "remainder"; readonly by: bigint }
  /** ip: the first address of the network of `v4Bits` (0 to 32) around an IPv4 address, of `v6Bits` (0 to 128) around others. */
  | { readonly kind: "network"; readonly v4Bits: number; readonly v6Bits: number };

/** A group key. NULL is a key of its own; of doubles, so is -0. */
export interface ScanKey {
  readonly column: ScanColumn;
  readonly cut: ScanCut | null;
}

/**
 * An aggregate over the rows of a group; partial: the same key may come several times, and `AGGREGATE_MERGES` says how the parts are
 * put together. A mean is a sum and a count.
 */
export type ScanAggregate =
  /** long: rows for which `when` is true (null: all). A count of non-NULLs is `when: not is-null`. */
  | { readonly kind: "count"; readonly when: ScanPredicate | null }
  /** huge: exact sum of an integer or long slot; NULL without values. */
  | { readonly kind: "sum"; readonly slot: SlotIndex }
  /** Same type as the slot; NULL without values. Texts are ordered by the bytes of their value as valid UTF-8. */
  | { readonly kind: "min" | "max"; readonly slot: SlotIndex }
  /** Same type as the slot: the first or last value that is not NULL, in the order of the inputs and of places in them. */
  | { readonly kind: "first" | "last"; readonly slot: SlotIndex }
  /**
   * huge: where the first or last value of a slot that is not NULL was (slot null: the first or last row): index of the input
   * times 2^64, plus the offset of the record. NULL without values.
   */
  | { readonly kind: "first-position" | "last-position"; readonly slot: SlotIndex | null };

/** How two parts of an aggregate become one. A part that is NULL counts for nothing. */
export type AggregateMerge =
  | "add"
  /** Numbers, times, addresses by value, false before true, texts by bytes. */
  | "least"
  | "greatest"
  /** The part whose `first-position` of the same slot is least, or whose `last-position` is greatest. */
  | "at-least-position"
  | "at-greatest-position";

/** The merge of every kind of aggregate. */
export const AGGREGATE_MERGES: Readonly<Record<ScanAggregate["kind"], AggregateMerge>> = {
  count: "add",
  sum: "add",
  min: "least",
  max: "greatest",
  first: "at-least-position",
  last: "at-greatest-position",
  "first-position": "least",
  "last-position": "greatest",
};

/**
 * Only the first `count` rows of an order are wanted. The scan leaves out rows that cannot be among them, and may give more than
 * needed: what it gives, ordered and cut, is the same as all rows, ordered and cut. Rows that are alike in all keys keep the order
 * of the input. NULLs come last.
 */
export interface ScanTop {
  /** At least one; the first of a slot or the offset. Columns are indexes into the output's. */
  readonly keys: readonly { readonly column: number; readonly isDescending: boolean }[];
  /** False: rows that are alike in `keys` are ordered by more than the scan knows, and are all given. */
  readonly isWhole: boolean;
  readonly count: number;
}

/** What leaves the scan. `groups` may give the same key several times (per worker, or when its table was full). */
export type ScanOutput =
  | { readonly kind: "rows"; readonly columns: readonly ScanColumn[]; readonly top?: ScanTop }
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
  /** Rows for spans of unmatched bytes are given out too, and grouped (all slots NULL; the filter sees them as such). A span reaches from record to record, or to the end of a piece; see `unmatched-pieces`. */
  readonly givesUnmatched: boolean;
  /** What marks records; absent: nothing, and no column or predicate asks. */
  readonly marks?: ScanMarks;
}
