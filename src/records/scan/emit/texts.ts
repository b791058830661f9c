/** Sets of bytes, quoted texts and words. */
import { bytesOf, bytesWithout, EVERY_BYTE, hasByte, setOfRanges } from "../../program/byte-set.ts";
import type { ByteSet, QuotedOperation, SetOperation, WordOperation } from "../../program/program.ts";
import { storeText } from "./basics.ts";
import { type EmitContext, tableOf } from "./context.ts";
import { memoOf } from "./memo.ts";
import { resetSlot, setText } from "./slots.ts";
import { byteAt, get, i32, plus, set, tableEntry } from "./wat.ts";

/** With at most this many bytes outside the set, its end is found 16 bytes at a time. */
const MOST_OTHERS_BY_VECTOR = 4;
const UNBOUNDED = 0x7fff_0000;

/** As many bytes of a set as there are. */
export function emitSet(operation: SetOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  writer.line(set(start, get(q)));
  const others = bytesOf(bytesWithout(EVERY_BYTE, operation.set));
  const isOpen = hasByte(operation.set, 10) || context.isChecked;
  if (operation.max === 1) emitOne(operation.set, isOpen, context);
  else {
    const memo = memoOf(context);
    writer.line(...memo.skip);
    if (others.length <= MOST_OTHERS_BY_VECTOR && !isOpen)
      emitFindByte(others, operation.max, start, context);
    else emitRunByTable(operation, isOpen, start, context);
    writer.line(...memo.remember(start));
    const most = plus(get(start), operation.max);
    if (operation.max < UNBOUNDED) writer.line(`(if (i32.gt_u ${get(q)} ${most}) (then ${set(q, most)}))`);
  }
  if (operation.min > 0) {
    writer.line(`(br_if ${fail} (i32.lt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.min)}))`);
  }
  storeText(operation, start, context);
}

/** 1 when the byte at the position is in the set. */
function isMember(bytes: ByteSet, context: EmitContext): string {
  const members = bytesOf(bytes);
  const byte = byteAt(get(context.q));
  const [first = 0] = members;
  const last = members.at(-1) ?? 0;
  if (members.length === 1) return `(i32.eq ${byte} ${i32(first)})`;
  if (last - first + 1 === members.length) {
    return `(i32.lt_u (i32.sub ${byte} ${i32(first)}) ${i32(members.length)})`;
  }
  return tableEntry(context.module.data.place(tableOf(bytes)), get(context.q));
}

/** Position before the end: only asked where the window's end does not stop the set by itself. */
function isInside(isOpen: boolean): string {
  return isOpen ? "(global.get $realEnd)" : "";
}

function emitOne(bytes: ByteSet, isOpen: boolean, context: EmitContext): void {
  const { writer, q } = context;
  const take = `(if ${isMember(bytes, context)} (then ${set(q, plus(get(q), 1))}))`;
  if (isOpen) {
    writer.line(
      `(if (i32.lt_u ${get(q)} ${isInside(isOpen)}) (then ${take}) (else (global.set $hit ${i32(1)})))`,
    );
  } else writer.line(take);
}

function emitRunByTable(operation: SetOperation, isOpen: boolean, start: string, context: EmitContext): void {
  const { writer, q } = context;
  const [over, step] = [writer.label("over"), writer.label("step")];
  writer.line(`(block ${over}`, `(loop ${step}`);
  if (isOpen) {
    writer.line(
      `(if (i32.ge_u ${get(q)} (global.get $realEnd)) (then (global.set $hit ${i32(1)}) (br ${over})))`,
    );
  }
  writer.line(`(br_if ${over} (i32.eqz ${isMember(operation.set, context)}))`);
  if (operation.max < UNBOUNDED) {
    writer.line(`(br_if ${over} (i32.ge_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.max)}))`);
  }
  writer.line(set(q, plus(get(q), 1)), `(br ${step})`, ")", ")");
}

/** Moves the position to the next of a few bytes; gives up some time after `max` bytes. The line feed must be among them. */
function emitFindByte(bytes: readonly number[], max: number, start: string, context: EmitContext): void {
  const { writer, q } = context;
  const vector = writer.local("v128", "vector");
  const mask = writer.local("i32", "mask");
  const [hit, step] = [writer.label("hit"), writer.label("step")];
  const any = bytes
    .map((byte) => `(i8x16.eq ${get(vector)} (v128.const i8x16${` ${byte}`.repeat(16)}))`)
    .reduce((all, one) => `(v128.or ${all} ${one})`);
  writer.line(
    `(block ${hit}`,
    `(loop ${step}`,
    set(vector, `(v128.load ${get(q)})`),
    `(br_if ${hit} (local.tee ${mask} (i8x16.bitmask ${any})))`,
    set(q, plus(get(q), 16)),
    `(br_if ${step} (i32.le_u (i32.sub ${get(q)} ${get(start)}) ${i32(max)}))`,
    ")",
    ")",
    set(q, `(i32.add ${get(q)} (i32.ctz ${get(mask)}))`),
  );
}

/** A quoted text; the slot gets what is between the quotes. */
export function emitQuoted(operation: QuotedOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  const end = writer.local("i32", "end");
  const staysInLine = operation.staysInLine || !context.isChecked;
  rememberOpenTexts(context.module);
  const isDoubled = operation.encoding.startsWith("doubled");
  const call = isDoubled ? "$quotedDoubled" : "$quotedEscaped";
  writer.line(
    set(start, plus(get(q), 1)),
    set(end, `(call ${call} ${get(q)} ${i32(operation.quote)} ${i32(staysInLine ? 1 : 0)})`),
    `(br_if ${fail} (i32.eqz ${get(end)}))`,
    set(q, `(i32.sub ${get(end)} ${i32(1)})`),
    `(br_if ${fail} (i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.max)}))`,
  );
  if (operation.min > 0) {
    writer.line(`(br_if ${fail} (i32.lt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.min)}))`);
  }
  if (operation.slot >= 0 && !context.isTest) {
    const length = `(i32.sub ${get(q)} ${get(start)})`;
    writer.line(...setText(operation.slot, get(start), length, operation.encoding));
    if (operation.emptyIsNull) {
      writer.line(`(if (i32.eq ${get(q)} ${get(start)}) (then ${resetSlot(operation.slot, "text")}))`);
    }
  }
  writer.line(set(q, get(end)));
}

/** Globals of quoted texts that were not closed, and of runs of quotes, see `$quotedEscaped`. */
const OPEN_MEMOS = [
  ..."openFrom openEnd openKind openHit openLimit quotesFrom quotesEnd quotesByte quotesLimit"
    .split(" ")
    .map((name) => `$${name}`),
];

/** Declares what the runtime remembers of quotes. */
export function rememberOpenTexts({ memos }: EmitContext["module"]): void {
  if (!memos.includes("$openFrom")) memos.push(...OPEN_MEMOS);
}

/** What a word without quotes is made of. */
const VISIBLE: ByteSet = setOfRanges([
  [0x21, 0x7e],
  [0x80, 0xff],
]);

/** A quoted text or a run of visible characters. */
export function emitWord(operation: WordOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const end = writer.local("i32", "end");
  const [done, plain] = [writer.label("word"), writer.label("plain")];
  rememberOpenTexts(context.module);
  writer.line(
    `(block ${done}`,
    `(block ${plain}`,
    `(br_if ${plain} (i32.eqz (local.tee ${end} (call $quotedWord ${get(q)} ${i32(operation.max)}))))`,
    `(br_if ${fail} (i32.lt_u (global.get $textLength) ${i32(operation.min)}))`,
  );
  if (operation.slot >= 0 && !context.isTest) {
    writer.line(...setText(operation.slot, "(global.get $textAt)", "(global.get $textLength)", "backslash"));
    if (operation.emptyIsNull) {
      writer.line(`(if (i32.eqz (global.get $textLength)) (then ${resetSlot(operation.slot, "text")}))`);
    }
  }
  writer.line(set(q, get(end)), `(br ${done})`, ")");
  const { slot, at, max } = operation;
  const min = Math.max(1, operation.min);
  emitSet({ kind: "set", set: VISIBLE, min, max, slot, emptyIsNull: false, at }, fail, context);
  writer.line(")");
}
