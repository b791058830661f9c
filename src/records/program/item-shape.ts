/** Values inside of values: the slots that a type needs. */
import type { DataType } from "#language";
import type { ItemShape, Slot } from "./program.ts";

/** Where the value of a type is found when all its leaves have slots, which are added to `slots`. */
export function shapeOf(type: DataType, path: readonly string[], slots: Slot[]): ItemShape {
  if (type.kind !== "tuple") return { kind: "slot", slot: slots.push({ path, type }) - 1 };
  const members = type.fields.map((field) => ({
    name: field.name,
    shape: shapeOf(field.type, [...path, field.name], slots),
  }));
  return { kind: "tuple", members };
}
