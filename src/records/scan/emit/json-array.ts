/** JSON arrays of a type: every element is checked where it stands; the value is read when it is given out. */
import type { JsonArrayOperation, JsonValueOperation } from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { markSlot } from "./decode.ts";
import { resetSlot, setText } from "./slots.ts";
import { byteAt, get, i32, plus, set } from "./wat.ts";

/** Writes a value; passed in, since values hold arrays. */
export type EmitValue = (value: JsonValueOperation, fail: string, context: EmitContext) => void;

const [OPEN, CLOSE, COMMA, LETTER_N] = [0x5b, 0x5d, 0x2c, 0x6e];

/** Writes an array, or null in its place. */
export function emitJsonArray(
  value: JsonArrayOperation,
  fail: string,
  context: EmitContext,
  emitValue: EmitValue,
): void {
  const { writer, q } = context;
  const start = writer.local("i32", "array");
  const [ended, done, elements] = [writer.label("ended"), writer.label("array"), writer.label("elements")];
  const isWanted = value.slot >= 0 && !context.isTest;
  const isByte = (byte: number) => `(i32.eq ${byteAt(get(q))} ${i32(byte)})`;
  const broken = `(drop (call $jsonFail ${get(q)})) (br ${fail})`;
  writer.line(
    set(start, get(q)),
    `(block ${done}`,
    `(if ${isByte(LETTER_N)} (then`,
    `(br_if ${fail} (i32.eqz (local.tee ${q} (call $jsonSkip ${get(q)}))))`,
    ...(isWanted ? [resetSlot(value.slot, "text")] : []),
    `(br ${done})))`,
    `(if (i32.eqz ${isByte(OPEN)}) (then ${broken}))`,
    set(q, `(call $jsonBlank ${plus(get(q), 1)})`),
    `(block ${ended}`,
    `(br_if ${ended} ${isByte(CLOSE)})`,
    `(loop ${elements}`,
  );
  emitValue(value.element, fail, { ...context, isTest: true });
  writer.line(
    set(q, `(call $jsonBlank ${get(q)})`),
    `(if ${isByte(COMMA)} (then ${set(q, `(call $jsonBlank ${plus(get(q), 1)})`)} (br ${elements})))`,
    `(br_if ${ended} ${isByte(CLOSE)})`,
    broken,
    ")",
    ")",
    set(q, plus(get(q), 1)),
  );
  if (isWanted) {
    writer.line(
      ...setText(value.slot, get(start), `(i32.sub ${get(q)} ${get(start)})`, "plain"),
      markSlot(value.slot, value.decoder, context),
    );
  }
  writer.line(")");
}
