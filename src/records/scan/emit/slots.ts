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

/** Declarations of the globals of a slot. */
export function declareSlot(slot: number, storage: Storage): string[] {
  return slotGlobals(slot, storage).map(
    ({ name, type }) => `(global ${name} (mut ${type}) (${type}.const 0))`,
  );
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

/** Puts two words into a slot. */
export function setHuge(slot: number, high: string, low: string): string[] {
  return [
    `(global.set ${global(slot, "high")} ${high})`,
    `(global.set ${global(slot, "low")} ${low})`,
    `(global.set ${global(slot, "known")} ${i32(1)})`,
  ];
}
