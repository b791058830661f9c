/** `LD` and `DATA`: the search for the next place where what follows matches, 16 bytes at a time where few bytes can begin it. */
import { bytesOf, setOfBytes } from "../../program/byte-set.ts";
import type { MatchOperation, UntilOperation } from "../../program/program.ts";
import { storeText, testLiteral } from "./basics.ts";
import { type EmitContext, tableOf } from "./context.ts";
import { memoOf } from "./memo.ts";
import { byteAt, get, i32, plus, set, tableEntry } from "./wat.ts";

/** Writes a sequence; passed in, since sequences hold `until`s. */
export type EmitSequence = (
  operations: readonly MatchOperation[],
  fail: string,
  context: EmitContext,
) => void;

const LINE_FEED = 10;
/** More wanted bytes than this are faster found through a table. */
const MOST_BYTES_BY_VECTOR = 4;

/** Writes the search; the position is at the first byte of the stop unit afterwards. */
export function emitUntil(
  operation: UntilOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  const from = writer.local("i32", "from");
  const [found, next, lost, done] = [
    writer.label("found"),
    writer.label("next"),
    writer.label("lost"),
    writer.label("done"),
  ];
  const memo = memoOf(context);
  writer.line(set(start, get(q)));
  emitLeastBytes(operation, fail, context);
  writer.line(
    set(from, get(q)),
    ...memo.skip,
    `(block ${done}`,
    `(block ${lost}`,
    `(block ${found}`,
    `(loop ${next}`,
  );
  emitCandidate(operation, start, lost, context);
  emitStopTest(operation, found, context, emitSequence);
  emitNoCandidate(operation, start, { fail: lost, found, next }, context);
  writer.line(")", ")", ...memo.remember(from));
  writer.line(`(br_if ${fail} (i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.max)}))`);
  storeText(operation, start, context);
  writer.line(`(br ${done})`, ")");
  if (context.isChecked) emitClampToEnd(context);
  writer.line(...memo.remember(from), `(br ${fail})`, ")");
}

/** Takes the first `min` bytes, which may not hold a line feed in `LD`. */
function emitLeastBytes(operation: UntilOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  if (operation.min === 0) return;
  const limit = writer.local("i32", "least");
  const again = writer.label("least");
  const step = () => {
    if (context.isChecked) {
      writer.line(
        `(if (i32.ge_u ${get(q)} (global.get $end)) (then (global.set $hit ${i32(1)}) (br ${fail})))`,
      );
    }
    if (operation.staysInLine || !context.isChecked) {
      writer.line(`(br_if ${fail} (i32.eq ${byteAt(get(q))} ${i32(LINE_FEED)}))`);
    }
    writer.line(set(q, plus(get(q), 1)));
  };
  if (operation.min === 1) return step();
  writer.line(set(limit, plus(get(q), operation.min)), `(loop ${again}`);
  step();
  writer.line(`(br_if ${again} (i32.lt_u ${get(q)} ${get(limit)}))`, ")");
}

/** Moves the position to the next byte that the stop unit can begin with, to a line feed, or to the end. */
function emitCandidate(operation: UntilOperation, start: string, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const wanted = bytesOf(operation.stopFirst);
  const stops = operation.staysInLine || !context.isChecked ? [...new Set([...wanted, LINE_FEED])] : wanted;
  if (stops.length === 0) {
    // Only the end of input can end it.
    writer.line(set(q, "(global.get $end)"));
    return;
  }
  if (stops.length > MOST_BYTES_BY_VECTOR) return emitCandidateByTable(stops, operation, start, context);
  const vector = writer.local("v128", "vector");
  const mask = writer.local("i32", "mask");
  const [hit, step] = [writer.label("hit"), writer.label("step")];
  const equals = stops.map((byte) => `(i8x16.eq ${get(vector)} (v128.const i8x16${` ${byte}`.repeat(16)}))`);
  const any = equals.reduce((all, one) => `(v128.or ${all} ${one})`);
  writer.line(
    `(block ${hit}`,
    `(loop ${step}`,
    set(vector, `(v128.load ${get(q)})`),
    `(br_if ${hit} (local.tee ${mask} (i8x16.bitmask ${any})))`,
    set(q, plus(get(q), 16)),
  );
  const isTooFar = `(i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(Math.min(operation.max + 16, 0x7fff_ffff))})`;
  writer.line(`(br_if ${fail} ${isTooFar})`);
  if (context.isChecked) {
    // Nothing more to see: the position is set to the end, whatever stands in the padding.
    writer.line(
      `(br_if ${step} (i32.lt_u ${get(q)} (global.get $end)))`,
      set(mask, i32(1)),
      set(q, "(global.get $end)"),
    );
  } else {
    writer.line(`(br ${step})`);
  }
  writer.line(")", ")", set(q, `(i32.add ${get(q)} (i32.ctz ${get(mask)}))`));
  if (context.isChecked) emitClampToEnd(context);
}

function emitClampToEnd(context: EmitContext): void {
  const { writer, q } = context;
  writer.line(`(if (i32.gt_u ${get(q)} (global.get $end)) (then ${set(q, "(global.get $end)")}))`);
}

function emitCandidateByTable(
  stops: readonly number[],
  operation: UntilOperation,
  start: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  const step = writer.label("step");
  const over = writer.label("over");
  if (stops.length >= 256) {
    if (context.isChecked) emitClampToEnd(context);
    return;
  }
  const table = context.module.data.place(tableOf(setOfBytes(stops)));
  writer.line(`(block ${over}`, `(loop ${step}`);
  if (context.isChecked) writer.line(`(br_if ${over} (i32.ge_u ${get(q)} (global.get $end)))`);
  writer.line(
    `(br_if ${over} ${tableEntry(table, get(q))})`,
    `(br_if ${over} (i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.max)}))`,
    set(q, plus(get(q), 1)),
    `(br ${step})`,
    ")",
    ")",
  );
}

/** Branches to `found` when the stop unit matches at the position; the position stays. */
function emitStopTest(
  operation: UntilOperation,
  found: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const [first] = operation.stop;
  const no = writer.label("no");
  if (operation.stop.length === 0) return;
  if (operation.stop.length === 1 && first?.kind === "literal" && !first.ignoresCase && !context.isChecked) {
    const isWholeMask = first.bytes.length === 1 && first.bytes[0] !== LINE_FEED;
    if (isWholeMask) {
      writer.line(`(br_if ${found} (i32.eq ${byteAt(get(q))} ${i32(first.bytes[0] ?? 0)}))`);
      return;
    }
  }
  const before = writer.local("i32", "candidate");
  writer.line(set(before, get(q)), `(block ${no}`);
  if (operation.stop.length === 1 && first?.kind === "literal" && !context.isChecked)
    testLiteral(first, no, context);
  else emitSequence(operation.stop, no, { ...context, isTest: true });
  writer.line(set(q, get(before)), `(br ${found})`, ")", set(q, get(before)));
}

/** What happens where the stop unit does not match: give up at the end of line or input, else go on behind this byte. */
function emitNoCandidate(
  operation: UntilOperation,
  start: string,
  { fail, found, next }: { readonly fail: string; readonly found: string; readonly next: string },
  context: EmitContext,
): void {
  const { writer, q } = context;
  const endsHere = operation.stop.length === 0 ? found : fail;
  if (context.isChecked) {
    writer.line(
      `(if (i32.ge_u ${get(q)} (global.get $end)) (then`,
      `(global.set $hit ${i32(1)})`,
      `(br ${endsHere})))`,
    );
  }
  if (operation.staysInLine || !context.isChecked) {
    writer.line(`(br_if ${endsHere} (i32.eq ${byteAt(get(q))} ${i32(LINE_FEED)}))`);
  }
  writer.line(
    set(q, plus(get(q), 1)),
    `(br_if ${fail} (i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.max)}))`,
    `(br ${next})`,
  );
}
