/**
 * The first rows of an order inside the module. The host keeps the best rows it was given and sets a bound: the first key of the last
 * of them. A row that comes behind the bound is not written. `$topState` says what the bound is:
 *
 * ```
 * 0  there is none yet      1  a value      2  NULL, which comes behind all values
 * ```
 */
import { invariant } from "#text";
import type { ScanColumn, ScanTop } from "../../program/scan-spec.ts";
import { LONGEST_BOUND_BYTES } from "../layout.ts";
import type { ModuleContext } from "./context.ts";
import { recordOffset, type Storage, slotIsKnown, slotPart } from "./slots.ts";
import { get, i32 } from "./wat.ts";

/** What the host needs to set the bound. */
export interface TopLayout {
  readonly storage: Storage;
  /** Where a text's bytes go. */
  readonly textAt: number;
}

/** Writes `$mayRank`: 1 unless the row comes behind the bound. `first` is the column of the first key. */
export function emitTopFunction(
  { keys, isWhole }: ScanTop,
  first: { readonly column: ScanColumn; readonly storage: Storage },
  module: ModuleContext,
): TopLayout {
  const { column, storage } = first;
  const [key] = keys;
  invariant(key !== undefined, "an order has keys");
  // Rows come in order: one that is like the bound's row in all keys comes behind it.
  const isStrict = isWhole && keys.length === 1;
  const ranks = isBefore(column, storage, { isDescending: key.isDescending, isStrict });
  const isKnown = column.kind === "slot" ? slotIsKnown(column.slot, storage) : i32(1);
  module.functions.push(`(func $mayRank (param $p i32) (result i32)
(if (i32.eqz (global.get $topState)) (then (return ${i32(1)})))
(if (i32.eqz ${isKnown}) (then (return ${isStrict ? i32(0) : `(i32.eq (global.get $topState) ${i32(2)})`})))
(if (i32.eq (global.get $topState) ${i32(2)}) (then (return ${i32(1)})))
${ranks}
)`);
  return { storage, textAt: storage === "text" ? module.data.reserve(LONGEST_BOUND_BYTES + 16) : 0 };
}

/** Instructions that end in 1 when the column's value comes before the bound, or is the bound's where that counts too. */
function isBefore(
  column: ScanColumn,
  storage: Storage,
  { isDescending, isStrict }: { readonly isDescending: boolean; readonly isStrict: boolean },
): string {
  const [strict, loose] = isDescending ? ["gt", "ge"] : ["lt", "le"];
  const beats = isStrict ? strict : loose;
  if (column.kind === "raw-offset") return `(i64.${beats}_s ${recordOffset()} (global.get $topLow))`;
  invariant(column.kind === "slot", "rows are ordered by slots and places");
  const { slot } = column;
  switch (storage) {
    case "text":
      return `(call $view ${slotPart(slot, "at")} ${slotPart(slot, "length")} ${slotPart(slot, "encoding")})
(i32.${beats}_s (call $order (global.get $textAt) (global.get $textLength) (global.get $topTextAt) (global.get $topLength)) ${i32(0)})`;
    case "huge": {
      const [high, low] = [slotPart(slot, "high"), slotPart(slot, "low")];
      const isSameHigh = `(i64.eq ${high} (global.get $topHigh))`;
      return `(i32.or (i64.${strict}_u ${high} (global.get $topHigh)) (i32.and ${isSameHigh} (i64.${beats}_u ${low} (global.get $topLow))))`;
    }
    case "double":
      return `(f64.${beats} ${slotPart(slot, "value")} (f64.reinterpret_i64 (global.get $topLow)))`;
    default:
      return `(i64.${beats}_s ${slotPart(slot, "value")} (global.get $topLow))`;
  }
}

/** What `$give` does first: a row behind the bound is as good as given. */
export function skipUnranked(): string {
  return `(if (i32.eqz (call $mayRank ${get("$p")})) (then (return ${i32(0)})))`;
}
