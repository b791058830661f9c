/** Values that are decoded when they are given out: the slot says by which decoder, and in which text when it is not the input itself. */
import type { DecodeOperation, MatchOperation } from "../../program/program.ts";
import { ENCODING_BITS } from "../layout.ts";
import type { EmitContext } from "./context.ts";
import { slotGlobals, slotIsKnown, slotPart } from "./slots.ts";
import type { EmitSequence } from "./until.ts";
import { get, i32, set } from "./wat.ts";

/** Writes the body, then marks its text. */
export function emitDecode(
  operation: DecodeOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, isTest } = context;
  const { slot, decoder } = operation;
  emitSequence(operation.body, fail, context);
  if (slot < 0 || isTest) return;
  writer.line(`(if ${slotIsKnown(slot, "text")} (then ${markSlot(slot, decoder, context)}))`);
}

/** Code that has the text in a slot decoded. */
export function markSlot(slot: number, decoder: number, context: EmitContext): string {
  const base = `(i32.and ${slotPart(slot, "encoding")} ${i32((1 << ENCODING_BITS.decoder) - 1)})`;
  const coded = `(i32.or ${base} ${i32((decoder + 1) << ENCODING_BITS.decoder)})`;
  return `(global.set $slot${slot}.encoding ${withText(coded, decoder, context)})`;
}

/** A decoder that matches again must know the bounds of the text that stands for the input. */
function withText(coded: string, decoder: number, { module }: EmitContext): string {
  const kind = module.program.decoders[decoder]?.kind;
  if (kind === "charset" || kind === "doubled" || kind === "json-string" || kind === "json-words")
    return coded;
  const bounds = "(call $textBounds (global.get $textFrom) (global.get $end))";
  return `(i32.or ${coded} (if (result i32) (global.get $inText) (then ${bounds}) (else ${i32(0)})))`;
}

/** The state that says what stands for the input. */
const INPUT_STATE = ["end", "realEnd", "isLast", "hit", "inText", "textFrom"] as const;

/**
 * Writes operations that must match all of the text between the addresses in two locals, as if it were a whole input. The position is
 * undefined afterwards.
 */
export function emitWithin(
  body: readonly MatchOperation[],
  { start, end, fail }: { readonly start: string; readonly end: string; readonly fail: string },
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const saved = INPUT_STATE.map((global) => ({ global, local: writer.local("i32", global) }));
  const [fits, not] = [writer.label("fits"), writer.label("not")];
  for (const { global, local } of saved) writer.line(set(local, `(global.get $${global})`));
  writer.line(
    set(q, get(start)),
    `(global.set $end ${get(end)})`,
    `(global.set $realEnd ${get(end)})`,
    `(global.set $textFrom ${get(start)})`,
    "(global.set $isLast (i32.const 1))",
    "(global.set $inText (i32.const 1))",
    `(block ${fits}`,
    `(block ${not}`,
  );
  emitSequence(body, not, { ...context, isChecked: true, retry: null });
  writer.line(`(br_if ${fits} (i32.eq ${get(q)} ${get(end)}))`, ")");
  const restore = saved.map(({ global, local }) => `(global.set $${global} ${get(local)})`);
  writer.line(...restore, `(br ${fail})`, ")", ...restore);
}

/** Code that copies the text of one slot into another. */
export function copyText(from: number, to: number): string[] {
  const [target, source] = [slotGlobals(to, "text"), slotGlobals(from, "text")];
  return target.map(({ name }, index) => `(global.set ${name} (global.get ${source[index]?.name ?? ""}))`);
}
