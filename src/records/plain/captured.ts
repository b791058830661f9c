/** Values while a record is being matched: texts are places in bytes until somebody asks for them. */
import type { DataType, Value } from "#language";
import { decodedText, type EncodedText } from "./decoded-text.ts";

/** A text as it stands in the data; `bytes` is the whole input it stands in. */
export type CapturedText = EncodedText;

/** What a slot holds: long, times, addresses are bigint, integer and double numbers. */
export type Captured = null | number | bigint | boolean | CapturedText;

/** Whether a captured value is a text. */
export function isText(value: Captured): value is CapturedText {
  return typeof value === "object" && value !== null;
}

/** The value as the edges of the system have it. `type` is that of the slot. */
export function valueOfCaptured(captured: Captured, type: DataType): Value {
  if (isText(captured)) return utf8.decode(decodedText(captured).utf8);
  if (captured === null || typeof captured === "boolean") return captured;
  switch (type.kind) {
    case "integer":
    case "float":
    case "double":
      return Number(captured);
    default:
      return BigInt(captured);
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
