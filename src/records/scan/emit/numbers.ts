/** Numbers, truth values, addresses and enumerations. */
import type {
  AddressOperation,
  BooleanOperation,
  DecimalOperation,
  EnumOperation,
  IntegerOperation,
  MacOperation,
} from "../../program/program.ts";
import { needBytes, testLiteral } from "./basics.ts";
import type { EmitContext } from "./context.ts";
import { resetSlot, setHuge, setLateNumber, setNumber } from "./slots.ts";
import { byteAt, get, i32, i64, plus, set } from "./wat.ts";

/** Digits of a decimal number that cannot overflow 64 bits. */
const SAFE_DIGITS = 18;
const MOST_BYTES = 0x7fff_0000;

/** A decimal or hexadecimal integer. */
export function emitInteger(operation: IntegerOperation, fail: string, context: EmitContext): void {
  if (operation.radix === 16) return emitHexadecimal(operation, fail, context);
  const { writer, q } = context;
  const [start, digits, digit] = [
    writer.local("i32", "start"),
    writer.local("i32", "digits"),
    writer.local("i32", "digit"),
  ];
  const value = writer.local("i64", "value");
  const sign = writer.local("i32", "sign");
  const zeros = writer.local("i32", "zeros");
  const [over, step] = [writer.label("over"), writer.label("step")];
  const limit = operation.maxBytes < MOST_BYTES;
  writer.line(
    set(start, get(q)),
    set(value, i64(0)),
    set(sign, byteAt(get(q))),
    // 43 is plus, 45 minus; 44, the comma, lies between.
    `(if (i32.and (i32.le_u (i32.sub ${get(sign)} ${i32(43)}) ${i32(2)}) (i32.and ${get(sign)} ${i32(1)})) (then`,
    `${set(q, plus(get(q), 1))}))`,
  );
  writer.line(set(digits, get(q)), set(zeros, get(q)), `(block ${over}`, `(loop ${step}`);
  writer.line(
    `(br_if ${over} (i32.gt_u (local.tee ${digit} (i32.sub ${byteAt(get(q))} ${i32(48)})) ${i32(9)}))`,
  );
  if (limit)
    writer.line(`(br_if ${over} (i32.ge_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.maxBytes)}))`);
  // Twenty digits of which the first is none make no number of 64 bits, however many follow.
  const isTooLong = `(i32.eq (i32.sub ${get(q)} ${get(digits)}) ${i32(20)})`;
  const longest = limit ? plus(get(start), operation.maxBytes) : i32(-1);
  rememberRuns(context.module);
  writer.line(
    `(if ${isTooLong} (then (br_if ${fail} (i32.ne ${byteAt(get(digits))} ${i32(48)}))`,
    set(zeros, `(call $zerosTo ${get(digits)} ${longest})`),
    set(q, `(call $digitsTo ${get(zeros)} ${longest})`),
    `(br ${over})))`,
  );
  writer.line(
    set(value, `(i64.add (i64.mul ${get(value)} ${i64(10)}) (i64.extend_i32_u ${get(digit)}))`),
    set(q, plus(get(q), 1)),
    `(br ${step})`,
    ")",
    ")",
  );
  emitReachedEnd(context);
  writer.line(
    `(if (i32.gt_u (i32.sub ${get(q)} ${get(digits)}) ${i32(SAFE_DIGITS)}) (then`,
    `(br_if ${fail} (i32.eqz (call $longDigits ${get(zeros)} ${get(q)} (i32.eq ${get(sign)} ${i32(45)}))))`,
    set(value, "(global.get $number)"),
    `) (else (if (i32.eq ${get(sign)} ${i32(45)}) (then ${set(value, `(i64.sub ${i64(0)} ${get(value)})`)}))))`,
  );
  emitNumberEnd(operation, { start, digits, value }, fail, context);
}

/** Globals of the runs of digits and of zeros that were last seen, see `$digitsTo`. */
const RUN_MEMOS = ["$digitsFrom", "$digitsEnd", "$zerosFrom", "$zerosEnd"];

/** Declares the runs that the runtime remembers. */
function rememberRuns({ memos }: EmitContext["module"]): void {
  if (!memos.includes("$digitsFrom")) memos.push(...RUN_MEMOS);
}

interface NumberLocals {
  readonly start: string;
  readonly digits: string;
  readonly value: string;
}

/** Checks of a number that has been read, and its way into the slot. */
function emitNumberEnd(
  operation: IntegerOperation,
  { start, digits, value }: NumberLocals,
  fail: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  const done = writer.label("number");
  writer.line(`(block ${done}`, `(if (i32.eq ${get(q)} ${get(digits)}) (then`);
  emitNothing(operation, start, done, fail, context);
  writer.line("))");
  if (operation.minBytes > 1) {
    writer.line(`(br_if ${fail} (i32.lt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.minBytes)}))`);
  }
  const [least, most] = [-(1n << 63n), (1n << 63n) - 1n];
  if (operation.min > least) writer.line(`(br_if ${fail} (i64.lt_s ${get(value)} ${i64(operation.min)}))`);
  if (operation.max < most) writer.line(`(br_if ${fail} (i64.gt_s ${get(value)} ${i64(operation.max)}))`);
  if (operation.slot >= 0 && !context.isTest) {
    const isDouble = context.module.storages[operation.slot] === "double";
    writer.line(...setNumber(operation.slot, isDouble ? `(f64.convert_i64_s ${get(value)})` : get(value)));
  }
  writer.line(")");
}

/** No digit: nothing is matched and the slot is NULL, or failure. */
function emitNothing(
  operation: { readonly mayBeEmpty: boolean; readonly slot: number },
  start: string,
  done: string,
  fail: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  if (!operation.mayBeEmpty) {
    writer.line(`(br ${fail})`);
    return;
  }
  writer.line(set(q, get(start)));
  if (operation.slot >= 0 && !context.isTest) {
    writer.line(resetSlot(operation.slot, context.module.storages[operation.slot] ?? "long"));
  }
  writer.line(`(br ${done})`);
}

/**
 * A number that comes to the end of the window may go on behind it. `ahead` bytes behind it may still belong to it when they are
 * followed by digits: the exponent's letter and sign, the prefix of a hexadecimal number.
 */
function emitReachedEnd(context: EmitContext, ahead = 0): void {
  if (!context.isChecked) return;
  context.writer.line(
    `(if (i32.ge_u ${plus(get(context.q), ahead)} (global.get $end)) (then (global.set $hit ${i32(1)})))`,
  );
}

function emitHexadecimal(operation: IntegerOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  const digits = writer.local("i32", "digits");
  const value = writer.local("i64", "value");
  rememberRuns(context.module);
  writer.line(
    set(start, get(q)),
    set(q, `(call $hexadecimal ${get(q)} ${i32(Math.min(operation.maxBytes, MOST_BYTES))})`),
    `(br_if ${fail} (i32.lt_s ${get(q)} ${i32(0)}))`,
    set(digits, `(select ${get(start)} ${i32(-1)} (i32.eq ${get(q)} ${get(start)}))`),
    set(value, "(global.get $number)"),
  );
  emitReachedEnd(context, 2);
  emitNumberEnd(operation, { start, digits, value }, fail, context);
}

/** A decimal fraction. */
export function emitDecimal(operation: DecimalOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  const done = writer.label("number");
  rememberRuns(context.module);
  const isBounded = operation.min !== null || operation.max !== null;
  const writes = operation.slot >= 0 && !context.isTest;
  writer.line(
    set(start, get(q)),
    set(
      q,
      `(call $decimal ${get(q)} ${i32(operation.point)} ${i32(Math.min(operation.maxBytes, MOST_BYTES))})`,
    ),
  );
  emitReachedEnd(context, 2);
  writer.line(`(block ${done}`, `(if (i32.eq ${get(q)} ${get(start)}) (then`);
  emitNothing(operation, start, done, fail, context);
  writer.line("))");
  if (operation.minBytes > 1) {
    writer.line(`(br_if ${fail} (i32.lt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.minBytes)}))`);
  }
  const length = `(i32.sub ${get(q)} ${get(start)})`;
  // Why late: digits without end would be read as a number from each of them.
  if (writes && !isBounded) {
    context.module.lateNumbers.add(operation.slot);
    writer.line(...setLateNumber(operation.slot, get(start), length, operation.point));
  } else if (isBounded) {
    const value = writer.local("f64", "value");
    writer.line(set(value, `(call $parseDouble ${get(start)} ${length} ${i32(operation.point)})`));
    if (operation.min !== null)
      writer.line(`(br_if ${fail} (f64.lt ${get(value)} (f64.const ${operation.min})))`);
    if (operation.max !== null)
      writer.line(`(br_if ${fail} (f64.gt ${get(value)} (f64.const ${operation.max})))`);
    if (writes) writer.line(...setNumber(operation.slot, get(value)));
  }
  writer.line(")");
}

/** `true` or `false`, any case. */
export function emitBoolean(operation: BooleanOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const end = writer.local("i32", "end");
  const done = writer.label("boolean");
  writer.line(`(block ${done}`, `(if (i32.eqz (local.tee ${end} (call $boolean ${get(q)}))) (then`);
  emitPartAtEnd(5, fail, context);
  emitNothing(operation, q, done, fail, context);
  writer.line("))", set(q, get(end)));
  if (operation.slot >= 0 && !context.isTest)
    writer.line(...setNumber(operation.slot, "(global.get $number)"));
  writer.line(")");
}

/** Where fewer than `bytes` are left, a mismatch may only mean that the rest has not been read yet. */
function emitPartAtEnd(bytes: number, _fail: string, context: EmitContext): void {
  if (!context.isChecked) return;
  context.writer.line(
    `(if (i32.gt_u ${plus(get(context.q), bytes)} (global.get $end)) (then (global.set $hit ${i32(1)})))`,
  );
}

/** The longest text of an IPv6 address, and one more byte to see that it ends. */
const LONGEST_ADDRESS = 46;

/** An address of either family. */
export function emitAddress(operation: AddressOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const end = writer.local("i32", "end");
  const done = writer.label("address");
  emitPartAtEnd(LONGEST_ADDRESS, fail, context);
  const v4 = `(call $ipv4 ${get(q)})`;
  const v6 = `(call $ipv6 ${get(q)})`;
  writer.line(`(block ${done}`, set(end, operation.allowsV4 ? v4 : v6));
  if (operation.allowsV4 && operation.allowsV6) {
    writer.line(`(if (i32.eqz ${get(end)}) (then ${set(end, v6)}))`);
  }
  writer.line(`(if (i32.eqz ${get(end)}) (then`);
  emitNothing(operation, q, done, fail, context);
  writer.line("))", set(q, get(end)));
  if (operation.slot >= 0 && !context.isTest) {
    writer.line(...setHuge(operation.slot, "(global.get $high)", "(global.get $low)"));
  }
  writer.line(")");
}

/** Six pairs of hexadecimal digits. */
export function emitMac(operation: MacOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const end = writer.local("i32", "end");
  const done = writer.label("mac");
  emitPartAtEnd(17, fail, context);
  writer.line(`(block ${done}`, `(if (i32.eqz (local.tee ${end} (call $mac ${get(q)}))) (then`);
  emitNothing(operation, q, done, fail, context);
  writer.line("))", set(q, get(end)));
  if (operation.slot >= 0 && !context.isTest)
    writer.line(...setNumber(operation.slot, "(global.get $number)"));
  writer.line(")");
}

/** The longest entry that stands here. */
export function emitEnum(operation: EnumOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  const done = writer.label("entry");
  const entries = [...operation.entries].sort((a, b) => b.bytes.length - a.bytes.length);
  writer.line(`(block ${done}`);
  for (const entry of entries) {
    const other = writer.label("other");
    writer.line(`(block ${other}`);
    needBytes(i32(entry.bytes.length), other, context);
    const literal = {
      kind: "literal",
      bytes: entry.bytes,
      ignoresCase: operation.ignoresCase,
      at: operation.at,
    } as const;
    testLiteral(literal, other, context);
    writer.line(set(q, plus(get(q), entry.bytes.length)));
    if (operation.slot >= 0 && !context.isTest) {
      const isDouble = context.module.storages[operation.slot] === "double";
      writer.line(...setNumber(operation.slot, isDouble ? `(f64.const ${entry.value})` : i64(entry.value)));
    }
    writer.line(`(br ${done})`, ")");
  }
  writer.line(`(br ${fail})`, ")");
}
