/** Pieces that several operations are written with. */
import type { LiteralOperation } from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { resetSlot, setText } from "./slots.ts";
import { byteAt, get, i32, plus } from "./wat.ts";

/** Code that fails when fewer than `count` bytes are left. */
export function needBytes(count: string, fail: string, context: EmitContext): void {
  if (!context.isChecked) return;
  const { writer, q } = context;
  writer.line(
    `(if (i32.gt_u ${count} (i32.sub (global.get $end) ${get(q)}))`,
    `(then (global.set $hit ${i32(1)}) (br ${fail})))`,
  );
}

/** Code that fails unless exactly `bytes` stand at the position; does not move it. */
export function testLiteral(operation: LiteralOperation, fail: string, context: EmitContext, from = 0): void {
  const { writer, q } = context;
  const { bytes, ignoresCase } = operation;
  // A line feed in the last place must be a real one, not the one that closes a last line without it.
  if (!context.isChecked && bytes.at(-1) === 10) {
    writer.line(`(br_if ${fail} (i32.gt_u ${plus(get(q), bytes.length)} (global.get $realEnd)))`);
  }
  let index = from;
  while (index < bytes.length) {
    const left = bytes.length - index;
    const width = ignoresCase ? 1 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    writer.line(`(br_if ${fail} ${differs(bytes.slice(index, index + width), get(q), index, ignoresCase)})`);
    index += width;
  }
}

/** 1 when the 1, 2, 4 or 8 bytes at an address are others. */
export function differs(
  bytes: readonly number[],
  address: string,
  offset: number,
  ignoresCase: boolean,
): string {
  const at = offset === 0 ? "" : ` offset=${offset}`;
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (bytes.length === 8) return `(i64.ne (i64.load${at} ${address}) (i64.const ${value}))`;
  if (bytes.length === 4) return `(i32.ne (i32.load${at} ${address}) (i32.const ${value}))`;
  if (bytes.length === 2) return `(i32.ne (i32.load16_u${at} ${address}) (i32.const ${value}))`;
  const byte = Number(value);
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  if (ignoresCase && isLetter) {
    return `(i32.ne (i32.or ${byteAt(address, offset)} (i32.const 32)) (i32.const ${byte | 0x20}))`;
  }
  return `(i32.ne ${byteAt(address, offset)} (i32.const ${byte}))`;
}

/** Code that puts the text from `start` to the position into the operation's slot. */
export function storeText(
  operation: { readonly slot: number; readonly emptyIsNull: boolean },
  start: string,
  context: EmitContext,
): void {
  if (operation.slot < 0 || context.isTest) return;
  const { writer, q } = context;
  writer.line(...setText(operation.slot, get(start), `(i32.sub ${get(q)} ${get(start)})`, "plain"));
  if (operation.emptyIsNull) {
    writer.line(`(if (i32.eq ${get(q)} ${get(start)}) (then ${resetSlot(operation.slot, "text")}))`);
  }
}
