/** Key-value pairs of which single members are wanted: each round's key is compared, and the value kept where it stands. */
import type { PairMember, PairsOperation } from "../../program/program.ts";
import { ENCODING_BITS } from "../layout.ts";
import { differs } from "./basics.ts";
import { type EmitContext, slotsIn } from "./context.ts";
import { copyText, markSlot } from "./decode.ts";
import { emitRounds } from "./rounds.ts";
import { resetSlot, setText, slotIsKnown, slotPart } from "./slots.ts";
import type { EmitSequence } from "./until.ts";
import { get, i32, set } from "./wat.ts";

/** Writes the rounds. */
export function emitPairs(
  operation: PairsOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, module, isTest } = context;
  if (isTest) {
    const nothing = { start: [], behind: () => [], end: [], capturesNothing: true };
    return emitRounds(operation, fail, context, { emitSequence, ...nothing });
  }
  const own = slotsIn(operation.body).map((slot) => resetSlot(slot, module.storages[slot] ?? "text"));
  const members = operation.members.map((member) => ({ member, done: writer.local("i32", "done") }));
  const start = members.flatMap(({ member, done }) => [set(done, i32(0)), resetSlot(member.slot, "text")]);
  const behind = (before: string) => [
    `(if ${slotIsKnown(operation.key, "text")} (then`,
    `(call $view ${(["at", "length", "encoding"] as const).map((part) => slotPart(operation.key, part)).join(" ")})`,
    ...members.flatMap(({ member, done }) => memberCode(operation, member, { before, done }, context)),
    "))",
  ];
  emitRounds(operation, fail, context, {
    emitSequence,
    start,
    behind,
    end: own,
    round: own,
    capturesNothing: false,
  });
}

function memberCode(
  operation: PairsOperation,
  member: PairMember,
  { before, done }: { readonly before: string; readonly done: string },
  context: EmitContext,
): string[] {
  const { writer, q, module } = context;
  const other = writer.label("other");
  const { utf8, slot, textDecoder, decoder } = member;
  const round = [
    ...setText(slot, get(before), `(i32.sub ${get(q)} ${get(before)})`, "plain"),
    markSlot(slot, decoder, context),
    `(br ${other})`,
  ].join(" ");
  const values = operation.values.map((value) => {
    const storage = module.storages[value] ?? "text";
    const isString = module.program.slots[value]?.type.kind === "string";
    if (!isString) return `(if ${slotIsKnown(value, storage)} (then ${round}))`;
    const isPlain = `(i32.lt_u ${slotPart(value, "encoding")} ${i32(1 << ENCODING_BITS.decoder)})`;
    const copy = copyText(value, slot).join(" ");
    const text =
      textDecoder < 0
        ? `${copy} (br ${other})`
        : `(if ${isPlain} (then ${copy} ${markSlot(slot, textDecoder, context)} (br ${other}))) ${round}`;
    return `(if ${slotIsKnown(value, storage)} (then ${text}))`;
  });
  return [
    `(block ${other}`,
    `(br_if ${other} ${get(done)})`,
    ...nameTest(utf8, other),
    set(done, i32(1)),
    ...values,
    ")",
  ];
}

/** Branches to `other` unless the text in view is the name. */
function nameTest(utf8: readonly number[], other: string): string[] {
  const lines = [`(br_if ${other} (i32.ne (global.get $textLength) ${i32(utf8.length)}))`];
  for (let index = 0; index < utf8.length; ) {
    const left = utf8.length - index;
    const width = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const part = utf8.slice(index, index + width);
    lines.push(`(br_if ${other} ${differs(part, "(global.get $textAt)", index, false)})`);
    index += width;
  }
  return lines;
}
