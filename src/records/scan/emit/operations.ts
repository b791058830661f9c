/**
 * Match operations as WebAssembly. Every emitter writes code that, from the position in `context.q`, either moves the position
 * behind what it matched and falls through, or branches to `fail` (the position is then undefined: who catches restores it).
 */
import { unreachable } from "#text";
import type {
  ChoiceOperation,
  LineEndOperation,
  LiteralOperation,
  LookOperation,
  MatchOperation,
  OptionalOperation,
  RepeatOperation,
} from "../../program/program.ts";
import { emitApart } from "./apart.ts";
import { needBytes, storeText, testLiteral } from "./basics.ts";
import { emitByTwin, isForTwin } from "./by-twin.ts";
import { emitCard, emitCell } from "./cells.ts";
import { type EmitContext, slotsIn } from "./context.ts";
import { emitDecode } from "./decode.ts";
import { emitJson } from "./json.ts";
import { emitAddress, emitBoolean, emitDecimal, emitEnum, emitInteger, emitMac } from "./numbers.ts";
import { emitPairs } from "./pairs.ts";
import { emitRounds } from "./rounds.ts";
import { resetSlot, setText, slotGlobals } from "./slots.ts";
import { emitQuoted, emitSet, emitWord } from "./texts.ts";
import { emitTimestamp } from "./timestamp.ts";
import { emitUntil } from "./until.ts";
import { byteAt, get, i32, plus, set } from "./wat.ts";

/** Writes operations one after the other. */
export function emitSequence(
  operations: readonly MatchOperation[],
  fail: string,
  context: EmitContext,
): void {
  for (const operation of operations) emitOperation(operation, fail, context);
}

function emitOperation(operation: MatchOperation, fail: string, context: EmitContext): void {
  switch (operation.kind) {
    case "literal":
      return emitLiteral(operation, fail, context);
    case "set":
      return emitSet(operation, fail, context);
    case "until":
      return emitUntil(operation, fail, context, emitSequence);
    case "integer":
      return emitInteger(operation, fail, context);
    case "decimal":
      return emitDecimal(operation, fail, context);
    case "boolean":
      return emitBoolean(operation, fail, context);
    case "address":
      return emitAddress(operation, fail, context);
    case "mac":
      return emitMac(operation, fail, context);
    case "timestamp":
      return emitTimestamp(operation, fail, context);
    case "quoted":
      return emitQuoted(operation, fail, context);
    case "word":
      return emitWord(operation, fail, context);
    case "line-end":
      return emitLineEnd(operation, fail, context);
    case "edge":
      return emitEdge(operation.edge, fail, context);
    case "optional":
      return emitOptional(operation, context);
    case "choice":
      return emitChoice(operation, fail, context);
    case "repeat":
      return emitRepeat(operation, fail, context);
    case "look":
      return emitLook(operation, fail, context);
    case "capture":
      return emitCapture(operation, fail, context);
    case "constant": {
      const address = i32(context.module.data.place(operation.utf8));
      const writes = operation.slot >= 0 && !context.isTest;
      if (writes)
        context.writer.line(...setText(operation.slot, address, i32(operation.utf8.length), "plain"));
      return;
    }
    case "enum":
      return emitEnum(operation, fail, context);
    case "json":
      if (isForTwin(operation)) return emitByTwin(operation, fail, context);
      return emitJson(operation, fail, context, emitSequence);
    case "decode":
      return emitDecode(operation, fail, context, emitSequence);
    case "pairs":
      return emitPairs(operation, fail, context, emitSequence);
    case "cell":
      return emitCell(operation, fail, context, emitSequence);
    case "card":
      return emitCard(fail, context);
    default:
      return unreachable(operation);
  }
}

function emitLiteral(operation: LiteralOperation, fail: string, context: EmitContext): void {
  needBytes(i32(operation.bytes.length), fail, context);
  testLiteral(operation, fail, context);
  context.writer.line(set(context.q, plus(get(context.q), operation.bytes.length)));
}

function emitLineEnd(operation: LineEndOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const done = writer.label("ended");
  writer.line(`(block ${done}`);
  if (context.isChecked) {
    // At the end of input the line ends too, unless a line feed stands right before.
    writer.line(
      `(if (i32.ge_u ${get(q)} (global.get $end)) (then`,
      `(global.set $hit ${i32(1)})`,
      `(br_if ${fail} (i32.eqz (global.get $isLast)))`,
      `(br_if ${fail} (i64.eqz ${bytesBefore(get(q))}))`,
      `(br_if ${fail} (i32.eq ${byteAt(`(i32.sub ${get(q)} ${i32(1)})`)} ${i32(10)}))`,
      `(br ${done})))`,
    );
  }
  if (operation.allowsCarriageReturn) {
    writer.line(
      // A line feed that was added at the end of input does not make a pair.
      `(if (i32.and (i32.and (i32.eq ${byteAt(get(q))} ${i32(13)}) (i32.eq ${byteAt(get(q), 1)} ${i32(10)})) (i32.lt_u ${plus(get(q), 1)} (global.get $realEnd)))`,
      `(then ${set(q, plus(get(q), 1))}))`,
    );
    needBytes(i32(1), fail, context);
  }
  writer.line(`(br_if ${fail} (i32.ne ${byteAt(get(q))} ${i32(10)}))`, set(q, plus(get(q), 1)), ")");
}

/** How many bytes of the input, or of the text that stands for it, lie before an address. */
function bytesBefore(address: string): string {
  const inText = `(i64.extend_i32_u (i32.sub ${address} (global.get $textFrom)))`;
  const inInput = `(i64.add (global.get $base) (i64.extend_i32_u ${address}))`;
  return `(select ${inText} ${inInput} (global.get $inText))`;
}

function emitEdge(edge: "start" | "not-start" | "end", fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const isStart = `(i64.eqz ${bytesBefore(get(q))})`;
  if (edge === "start") writer.line(`(br_if ${fail} (i32.eqz ${isStart}))`);
  else if (edge === "not-start") writer.line(`(br_if ${fail} ${isStart})`);
  else {
    writer.line(
      `(br_if ${fail} (i32.lt_u ${get(q)} (global.get $realEnd)))`,
      `(global.set $hit ${i32(1)})`,
      `(br_if ${fail} (i32.eqz (global.get $isLast)))`,
    );
  }
}

/** Code that makes NULL what `operations` may have captured. */
function resetSlots(operations: readonly MatchOperation[], context: EmitContext): void {
  if (context.isTest) return;
  for (const slot of slotsIn(operations)) context.writer.line(nullSlot(slot, context));
}

function nullSlot(slot: number, context: EmitContext): string {
  return resetSlot(slot, context.module.storages[slot] ?? "text");
}

function emitOptional(operation: OptionalOperation, context: EmitContext): void {
  const { writer, q } = context;
  const before = writer.local("i32", "before");
  const done = writer.label("there");
  const missing = writer.label("missing");
  writer.line(set(before, get(q)), `(block ${done}`, `(block ${missing}`);
  emitSequence(operation.body, missing, context);
  writer.line(`(br ${done})`, ")", set(q, get(before)));
  resetSlots(operation.body, context);
  writer.line(")");
}

function emitChoice(operation: ChoiceOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const before = writer.local("i32", "before");
  const done = writer.label("chosen");
  writer.line(set(before, get(q)), `(block ${done}`);
  for (const [index, branch] of operation.branches.entries()) {
    const other = writer.label("other");
    writer.line(`(block ${other}`);
    if (index === 0) emitSequence(branch, other, context);
    else emitApart(branch, other, context, emitSequence);
    writer.line(`(br ${done})`, ")", set(q, get(before)));
    resetSlots(branch, context);
  }
  writer.line(`(br ${fail})`, ")");
}

function emitRepeat(operation: RepeatOperation, fail: string, context: EmitContext): void {
  const slots = context.isTest ? [] : slotsIn(operation.body);
  const held = slots.map((slot) => holdSlot(slot, context));
  emitRounds(operation, fail, context, {
    emitSequence,
    start: [],
    round: [...held.flatMap(({ save }) => save), ...slots.map((slot) => nullSlot(slot, context))],
    behind: () => [],
    failed: held.flatMap(({ restore }) => restore),
    end: [],
    capturesNothing: slots.length === 0,
  });
}

/** Code that keeps a slot's value in locals, and code that puts it back. */
function holdSlot(
  slot: number,
  context: EmitContext,
): { readonly save: string[]; readonly restore: string[] } {
  const globals = slotGlobals(slot, context.module.storages[slot] ?? "text");
  const kept = globals.map(({ name, type }) => ({ name, local: context.writer.local(type, "held") }));
  return {
    save: kept.map(({ name, local }) => set(local, `(global.get ${name})`)),
    restore: kept.map(({ name, local }) => `(global.set ${name} ${get(local)})`),
  };
}

const LOOK_BEHIND_LIMIT = 64;

function emitLook(operation: LookOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const inner: EmitContext = { ...context, isTest: true };
  const before = writer.local("i32", "before");
  const [found, absent] = [writer.label("found"), writer.label("absent")];
  writer.line(set(before, get(q)), `(block ${found}`, `(block ${absent}`);
  if (operation.direction === "ahead") emitSequence(operation.body, absent, inner);
  else emitBehind(operation, before, absent, inner);
  writer.line(set(q, get(before)), `(br ${operation.isNegated ? fail : found})`, ")");
  writer.line(set(q, get(before)));
  if (!operation.isNegated) writer.line(`(br ${fail})`);
  writer.line(")");
}

/** Tries the body from 1, 2, … 64 bytes before, until it ends at `before`. */
function emitBehind(operation: LookOperation, before: string, absent: string, context: EmitContext): void {
  const { writer, q } = context;
  const fixed = fixedLength(operation.body);
  if (fixed !== null) return emitBehindFixed(operation, fixed, { before, absent }, context);
  const reach = writer.local("i32", "reach");
  const [again, matched, next] = [writer.label("again"), writer.label("matched"), writer.label("next")];
  writer.line(set(reach, i32(0)), `(block ${matched}`, `(loop ${again}`, set(reach, plus(get(reach), 1)));
  writer.line(
    `(br_if ${absent} (i32.gt_u ${get(reach)} ${i32(LOOK_BEHIND_LIMIT)}))`,
    `(br_if ${absent} (i64.lt_s ${bytesBefore(get(before))} (i64.extend_i32_u ${get(reach)})))`,
    set(q, `(i32.sub ${get(before)} ${get(reach)})`),
    `(block ${next}`,
  );
  emitSequence(operation.body, next, context);
  writer.line(`(br_if ${matched} (i32.eq ${get(q)} ${get(before)}))`, ")", `(br ${again})`, ")", ")");
}

/** How many bytes a body takes when it always takes the same number, else null. */
function fixedLength(body: readonly MatchOperation[]): number | null {
  let length = 0;
  for (const operation of body) {
    if (operation.kind === "literal") length += operation.bytes.length;
    else if (operation.kind === "set" && operation.min === operation.max) length += operation.max;
    else return null;
  }
  return length > 0 && length <= LOOK_BEHIND_LIMIT ? length : null;
}

function emitBehindFixed(
  operation: LookOperation,
  length: number,
  { before, absent }: { readonly before: string; readonly absent: string },
  context: EmitContext,
): void {
  const { writer, q } = context;
  writer.line(
    `(br_if ${absent} (i64.lt_s ${bytesBefore(get(before))} (i64.const ${length})))`,
    set(q, `(i32.sub ${get(before)} ${i32(length)})`),
  );
  // The bytes are all there: nothing needs to be asked of the window's end.
  emitSequence(operation.body, absent, { ...context, isChecked: false });
}

function emitCapture(
  operation: {
    readonly body: readonly MatchOperation[];
    readonly slot: number;
    readonly emptyIsNull: boolean;
  },
  fail: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  writer.line(set(start, get(q)));
  emitSequence(operation.body, fail, context);
  storeText(operation, start, context);
}
