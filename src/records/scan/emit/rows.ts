/** Rows leave the module as columns: one function writes the row of a record, or of a span that no record covers. */
import { invariant, unreachable } from "#text";
import type { ScanColumn, ScanOutput, ScanTop } from "../../program/scan-spec.ts";
import { ENCODING_BITS, ROWS_PER_BATCH } from "../layout.ts";
import type { ModuleContext } from "./context.ts";
import { IS_MARKED } from "./marks.ts";
import { RAW_LENGTH, recordOffset, type Storage, slotIsKnown, slotPart } from "./slots.ts";
import { emitTopFunction, skipUnranked, type TopLayout } from "./top.ts";
import { FunctionWriter, get, i32, set } from "./wat.ts";

/** Where a column's values lie in the module's memory. Of texts, `values` holds starts and `lengths` lengths, both u32. */
export interface ColumnLayout {
  readonly storage: Storage;
  readonly isSigned: boolean;
  readonly values: number;
  readonly lengths: number;
  readonly validity: number;
  /** Address of a byte that is 1 once the column holds a NULL. */
  readonly hasNull: number;
}

const WIDTH: Readonly<Record<Storage, number>> = {
  integer: 4,
  long: 8,
  double: 8,
  boolean: 1,
  huge: 16,
  text: 4,
};

/** How a scan column is held. */
export function columnStorage(column: ScanColumn, module: ModuleContext): Storage {
  switch (column.kind) {
    case "slot": {
      const storage = module.storages[column.slot];
      invariant(storage !== undefined, "a column names a slot of its program");
      return storage;
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

/** Reserves the places of a batch's columns. */
export function layOutColumns(storages: readonly Storage[], module: ModuleContext): ColumnLayout[] {
  const { data } = module;
  return storages.map((storage) => ({
    storage,
    isSigned: false,
    values: data.reserve(WIDTH[storage] * ROWS_PER_BATCH + 16),
    lengths: storage === "text" ? data.reserve(4 * ROWS_PER_BATCH + 16) : 0,
    validity: data.reserve(ROWS_PER_BATCH / 8 + 16),
    hasNull: data.reserve(16),
  }));
}

/** Address of the current row's value. */
function place(base: number, width: number): string {
  const shift = Math.log2(width);
  const index = "(global.get $row)";
  return `(i32.add ${i32(base)} ${shift === 0 ? index : `(i32.shl ${index} ${i32(shift)})`})`;
}

interface TextParts {
  readonly at: string;
  readonly length: string;
  readonly encoding: string;
}

/** What a text column's value is made of, and when it is there. */
function textOf(column: ScanColumn): { readonly parts: TextParts; readonly isKnown: string } {
  const span = { at: get("$p"), length: `(i32.sub ${get("$q")} ${get("$p")})`, encoding: i32(0) };
  if (column.kind === "raw-text") return { parts: span, isKnown: `(i32.eqz ${get("$gap")})` };
  if (column.kind === "unmatched") return { parts: span, isKnown: get("$gap") };
  if (column.kind === "marked-text") return { parts: span, isKnown: IS_MARKED };
  invariant(column.kind === "slot", "only slots and spans are texts");
  const { slot } = column;
  return {
    parts: {
      at: slotPart(slot, "at"),
      length: slotPart(slot, "length"),
      encoding: slotPart(slot, "encoding"),
    },
    isKnown: slotIsKnown(slot, "text"),
  };
}

/**
 * Writes `$give`: it appends the row of the record [p, q), or of the unmatched span when `gap` is 1, and gives 1 when there is no
 * room (`$heapNeeded` says how much was needed); nothing is written then.
 */
export function emitRowFunction(
  { columns, top }: Extract<ScanOutput, { readonly kind: "rows" }>,
  layouts: readonly ColumnLayout[],
  module: ModuleContext,
): TopLayout | null {
  const writer = new FunctionWriter(
    "(func $give (param $p i32) (param $q i32) (param $gap i32) (result i32)",
    "(i32.const 0)",
  );
  const topLayout = top === undefined ? null : layOutTop(top, columns, module);
  if (topLayout !== null) writer.line(skipUnranked());
  writer.line(`(if (i32.ge_u (global.get $row) ${i32(ROWS_PER_BATCH)}) (then (return ${i32(1)})))`);
  emitRoomCheck(columns, layouts, module.program.decoders.length > 0, writer);
  for (const [index, column] of columns.entries()) {
    const layout = layouts[index];
    if (layout !== undefined) emitColumn(column, layout, writer);
  }
  writer.line(`(global.set $row (i32.add (global.get $row) ${i32(1)}))`);
  module.functions.push(writer.text());
  return topLayout;
}

function layOutTop(top: ScanTop, columns: readonly ScanColumn[], module: ModuleContext): TopLayout {
  const column = columns[top.keys[0]?.column ?? -1];
  invariant(column !== undefined, "an order names columns of its rows");
  return emitTopFunction(top, { column, storage: columnStorage(column, module) }, module);
}

/** Replacing bytes that are not UTF-8 makes at most three of one. */
const WORST_GROWTH = 3;

function emitRoomCheck(
  columns: readonly ScanColumn[],
  layouts: readonly ColumnLayout[],
  hasDecoders: boolean,
  writer: FunctionWriter,
): void {
  const texts = columns.filter((_, index) => layouts[index]?.storage === "text");
  if (texts.length === 0) return;
  const room = writer.local("i32", "room");
  writer.line(set(room, i32(64 * texts.length)));
  for (const column of texts) {
    const { parts, isKnown } = textOf(column);
    const grown = `(i32.mul ${parts.length} ${i32(WORST_GROWTH)})`;
    // What a decoder makes of a text may have any length.
    const isPlain = `(i32.lt_u ${parts.encoding} ${i32(1 << ENCODING_BITS.decoder)})`;
    const measured = `(call $measure ${parts.at} ${parts.length} ${parts.encoding})`;
    const size = hasDecoders ? `(if (result i32) ${isPlain} (then ${grown}) (else ${measured}))` : grown;
    writer.line(`(if ${isKnown} (then ${set(room, `(i32.add ${get(room)} ${size})`)}))`);
  }
  writer.line(
    `(global.set $heapNeeded ${get(room)})`,
    `(if (i32.gt_u ${get(room)} (i32.sub (global.get $heapEnd) (global.get $heapTop))) (then (return ${i32(1)})))`,
  );
}

function emitColumn(column: ScanColumn, layout: ColumnLayout, writer: FunctionWriter): void {
  if (layout.storage === "text") return emitTextColumn(column, layout, writer);
  const values = place(layout.values, WIDTH[layout.storage]);
  if (column.kind === "input") return writer.line(`(i32.store ${values} (global.get $input))`);
  if (column.kind === "raw-offset") {
    return writer.line(`(i64.store ${values} ${recordOffset()})`);
  }
  if (column.kind === "raw-length") return writer.line(`(i64.store ${values} ${RAW_LENGTH})`);
  if (column.kind === "marks") return writer.line(`(i32.store ${values} (global.get $marked))`);
  invariant(column.kind === "slot", "only slots have other storages");
  writer.line(
    `(if ${slotIsKnown(column.slot, layout.storage)} (then`,
    ...storeSlot(column.slot, layout, values),
    ") (else",
  );
  emitNull(layout, writer);
  writer.line("))");
}

function storeSlot(slot: number, { storage }: ColumnLayout, values: string): string[] {
  const value = slotPart(slot, "value");
  switch (storage) {
    case "integer":
      return [`(i32.store ${values} (i32.wrap_i64 ${value}))`];
    case "boolean":
      return [`(i32.store8 ${values} (i32.wrap_i64 ${value}))`];
    case "double":
      return [`(f64.store ${values} ${value})`];
    case "huge":
      return [
        `(i64.store ${values} ${slotPart(slot, "low")})`,
        `(i64.store offset=8 ${values} ${slotPart(slot, "high")})`,
      ];
    default:
      return [`(i64.store ${values} ${value})`];
  }
}

function emitTextColumn(column: ScanColumn, layout: ColumnLayout, writer: FunctionWriter): void {
  const { parts, isKnown } = textOf(column);
  writer.line(
    `(i32.store ${place(layout.values, 4)} (i32.sub (global.get $heapTop) (global.get $heapBase)))`,
    `(if ${isKnown} (then`,
    `(call $giveText ${parts.at} ${parts.length} ${parts.encoding})`,
    `(i32.store ${place(layout.lengths, 4)} (global.get $textLength))`,
    ") (else",
    `(i32.store ${place(layout.lengths, 4)} ${i32(0)})`,
  );
  emitNull(layout, writer);
  writer.line("))");
}

function emitNull(layout: ColumnLayout, writer: FunctionWriter): void {
  const byte = `(i32.add ${i32(layout.validity)} (i32.shr_u (global.get $row) ${i32(3)}))`;
  writer.line(
    `(i32.store8 ${byte} (i32.and (i32.load8_u ${byte}) (i32.xor (i32.shl ${i32(1)} (i32.and (global.get $row) ${i32(7)})) ${i32(255)})))`,
    `(i32.store8 ${i32(layout.hasNull)} ${i32(1)})`,
  );
}
