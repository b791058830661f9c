/** Cells of CSV records, and card numbers. */
import { setOfBytes } from "../../program/byte-set.ts";
import type { CellOperation } from "../../program/program.ts";
import { ENCODING_BITS } from "../layout.ts";
import { type EmitContext, slotsIn, tableOf } from "./context.ts";
import { emitWithin } from "./decode.ts";
import { memoOf } from "./memo.ts";
import { resetSlot, setText, slotPart } from "./slots.ts";
import { rememberOpenTexts } from "./texts.ts";
import type { EmitSequence } from "./until.ts";
import { byteAt, get, i32, plus, set, tableEntry } from "./wat.ts";

const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];

/** Globals of a cell that was not closed, see `$cellQuoted`. */
const OPEN_CELL_MEMOS = ["$cellFrom", "$cellEnd", "$cellQuote", "$cellLimit"];

interface CellLocals {
  /** Local with the cell's start. */
  readonly start: string;
  /** Locals with the text's bounds, and behind the cell. */
  readonly from: string;
  readonly to: string;
  readonly behind: string;
}

/** Writes a cell. */
export function emitCell(
  operation: CellOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q, module } = context;
  const local = (word: string) => writer.local("i32", word);
  rememberOpenTexts(module);
  if (!module.memos.includes("$cellFrom")) module.memos.push(...OPEN_CELL_MEMOS);
  const locals: CellLocals = {
    start: local("cell"),
    from: local("from"),
    to: local("to"),
    behind: local("behind"),
  };
  const { start, from, to, behind } = locals;
  const done = writer.label("cell");
  const isQuoted = `(i32.eq ${byteAt(get(q))} ${i32(operation.quote)})`;
  writer.line(
    set(start, get(q)),
    "(global.set $escaped (i32.const 0))",
    `(block ${done}`,
    `(if (i32.and (i32.lt_u ${get(q)} (global.get $realEnd)) ${isQuoted}) (then`,
    set(
      to,
      `(call $cellQuoted ${get(q)} ${i32(operation.quote)} ${i32(operation.separator)} ${i32(operation.max)})`,
    ),
    `(br_if ${fail} (i32.eqz ${get(to)}))`,
    set(from, plus(get(q), 1)),
    set(behind, plus(get(to), 1)),
    ") (else",
  );
  emitBare(operation, locals, context);
  writer.line("))", `(br_if ${fail} (i32.gt_u (i32.sub ${get(to)} ${get(from)}) ${i32(operation.max)}))`);
  if (operation.emptyIsNull) {
    const resets = context.isTest
      ? []
      : slotsIn([operation]).map((slot) => resetSlot(slot, context.module.storages[slot] ?? "text"));
    const isEmpty = `(i32.eq ${get(behind)} ${get(start)})`;
    writer.line(`(if ${isEmpty} (then ${resets.join(" ")} ${set(q, get(start))} (br ${done})))`);
  }
  if (operation.body.length === 0) emitText(operation, locals, context);
  else emitColumn(operation, locals, fail, context, emitSequence);
  writer.line(set(q, get(behind)), ")");
}

/** Bytes up to the separator, the end of the line or of the input. */
function emitBare(
  { separator }: CellOperation,
  { start, from, to, behind }: CellLocals,
  context: EmitContext,
): void {
  const { writer, q, module } = context;
  const [over, step] = [writer.label("over"), writer.label("step")];
  const table = module.data.place(tableOf(setOfBytes([separator, LINE_FEED])));
  const memo = memoOf(context);
  writer.line(
    ...memo.skip,
    `(block ${over}`,
    `(loop ${step}`,
    `(if (i32.ge_u ${get(q)} (global.get $realEnd)) (then (global.set $hit ${i32(1)}) (br ${over})))`,
    `(br_if ${over} ${tableEntry(table, get(q))})`,
    set(q, plus(get(q), 1)),
    `(br ${step})`,
    ")",
    ")",
    ...memo.remember(start),
    set(from, get(start)),
    set(to, get(q)),
    `(if (i32.and (i32.lt_u ${get(q)} (global.get $realEnd)) (i32.gt_u ${get(q)} ${get(start)})) (then`,
    `(if (i32.and (i32.eq ${byteAt(get(q))} ${i32(LINE_FEED)}) (i32.eq ${byteAt(`(i32.sub ${get(q)} ${i32(1)})`)} ${i32(CARRIAGE_RETURN)}))`,
    `(then ${set(to, `(i32.sub ${get(q)} ${i32(1)})`)}))))`,
    set(behind, get(to)),
  );
}

function emitText(operation: CellOperation, { from, to }: CellLocals, context: EmitContext): void {
  const { slot, decoder } = operation;
  if (slot < 0 || context.isTest) return;
  const coded = i32((decoder + 1) << ENCODING_BITS.decoder);
  context.writer.line(
    ...setText(slot, get(from), `(i32.sub ${get(to)} ${get(from)})`, "plain"),
    `(if (global.get $escaped) (then (global.set $slot${slot}.encoding (i32.or ${slotPart(slot, "encoding")} ${coded}))))`,
  );
}

function emitColumn(
  operation: CellOperation,
  { from, to }: CellLocals,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const coded = i32((operation.decoder + 1) << ENCODING_BITS.decoder);
  context.writer.line(
    "(if (global.get $escaped) (then",
    `(call $keepText ${get(from)} (i32.sub ${get(to)} ${get(from)}) ${coded})`,
    set(from, "(global.get $textAt)"),
    set(to, "(i32.add (global.get $textAt) (global.get $textLength))"),
    "))",
  );
  emitWithin(operation.body, { start: from, end: to, fail }, context, emitSequence);
}

/** Writes a card number. */
export function emitCard(fail: string, context: EmitContext): void {
  const { writer, q } = context;
  writer.line(`(br_if ${fail} (i32.eqz (local.tee ${q} (call $card ${get(q)}))))`);
}
