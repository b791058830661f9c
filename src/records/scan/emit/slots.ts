/** How captured values are held while a record is being matched: one or more globals per slot. */
import type { DataType } from "#language";
import type { TextEncoding } from "../../program/program.ts";
import { ENCODINGS } from "../layout.ts";
import { i32 } from "./wat.ts";

/** text: address and length of the raw bytes, address 0 for NULL · long: 64 bits · double · huge: 128 bits as two words · boolean: 0 or 1. */
export type Storage = "text" | "long" | "integer" | "double" | "huge" | "boolean";

/** How values of a type are held and given out. */
export function storageOf(type: DataType): Storage {
  switch (type.kind) {
    case "integer":
      return "integer";
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
      return "long";
    case "float":
    case "double":
      return "double";
    case "ip":
      return "huge";
    case "boolean":
      return "boolean";
    default:
      return "text";
  }
}

/** Names of the globals of a slot. */
function global(slot: number, part: string): string {
  return `$slot${slot}.${part}`;
}

/** The globals that hold a slot's value. */
export function slotGlobals(
  slot: number,
  storage: Storage,
): readonly { readonly name: string; readonly type: "i32" | "i64" | "f64" }[] {
  const named = (type: "i32" | "i64" | "f64", ...parts: string[]) =>
    parts.map((part) => ({ name: global(slot, part), type }));
  switch (storage) {
    case "text":
      return named("i32", "at", "length", "encoding");
    case "double":
      return [...named("i32", "known"), ...named("f64", "value")];
    case "huge":
      return [...named("i32", "known"), ...named("i64", "high", "low")];
    default:
      return [...named("i32", "known"), ...named("i64", "value")];
  }
}

/** Declarations of the globals of a slot; exported ones are set by the host. */
export function declareSlot(slot: number, storage: Storage, isExported: boolean): string[] {
  return slotGlobals(slot, storage).map(({ name, type }) => {
    const exported = isExported ? ` (export "${name.slice(1)}")` : "";
    return `(global ${name}${exported} (mut ${type}) (${type}.const 0))`;
  });
}

/** Not 0 when the slot holds a value. */
export function slotIsKnown(slot: number, storage: Storage): string {
  return `(global.get ${global(slot, storage === "text" ? "at" : "known")})`;
}

/** Makes the slot NULL. */
export function resetSlot(slot: number, storage: Storage): string {
  return `(global.set ${global(slot, storage === "text" ? "at" : "known")} ${i32(0)})`;
}

/** A part of the slot's value. */
export function slotPart(
  slot: number,
  part: "at" | "length" | "encoding" | "value" | "high" | "low",
): string {
  return `(global.get ${global(slot, part)})`;
}

/** Puts a text into a slot. */
export function setText(slot: number, at: string, length: string, encoding: TextEncoding): string[] {
  return [
    `(global.set ${global(slot, "at")} ${at})`,
    `(global.set ${global(slot, "length")} ${length})`,
    `(global.set ${global(slot, "encoding")} ${i32(ENCODINGS.indexOf(encoding))})`,
  ];
}

/** Puts an i64 or f64 into a slot. */
export function setNumber(slot: number, value: string): string[] {
  return [
    `(global.set ${global(slot, "value")} ${value})`,
    `(global.set ${global(slot, "known")} ${i32(1)})`,
  ];
}

/** Puts the text of a decimal fraction into a slot; `readLateNumber` makes it a number. A slot that is known by more than 1 holds one. */
export function setLateNumber(slot: number, at: string, length: string, point: number): string[] {
  const bits = `(i64.or (i64.extend_i32_u ${at}) (i64.shl (i64.extend_i32_u ${length}) (i64.const 32)))`;
  return [
    `(global.set ${global(slot, "value")} (f64.reinterpret_i64 ${bits}))`,
    `(global.set ${global(slot, "known")} ${i32(point)})`,
  ];
}

/** Reads the number whose text a slot holds, if it holds one. */
export function readLateNumber(slot: number): string {
  const [known, value] = [global(slot, "known"), global(slot, "value")];
  const bits = `(i64.reinterpret_f64 (global.get ${value}))`;
  const length = `(i32.wrap_i64 (i64.shr_u ${bits} (i64.const 32)))`;
  const number = `(call $parseDouble (i32.wrap_i64 ${bits}) ${length} (global.get ${known}))`;
  return `(if (i32.gt_u (global.get ${known}) ${i32(1)}) (then (global.set ${value} ${number}) (global.set ${known} ${i32(1)})))`;
}

/** Puts two words into a slot. */
export function setHuge(slot: number, high: string, low: string): string[] {
  return [
    `(global.set ${global(slot, "high")} ${high})`,
    `(global.set ${global(slot, "low")} ${low})`,
    `(global.set ${global(slot, "known")} ${i32(1)})`,
  ];
}

/** How many bytes the row has. */
export const RAW_LENGTH = "(i64.extend_i32_u (i32.sub (local.get $q) (local.get $p)))";

/** Offset in its input of the record that begins at `$p`. */
export function recordOffset(): string {
  return "(i64.add (global.get $base) (i64.extend_i32_u (local.get $p)))";
}
