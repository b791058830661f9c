/** Which type holds the values of two. */
import type { DataType, Field } from "../types.ts";

/** How wide a number is; whole numbers beside fractions of 32 bits need 64. */
const NUMBER_WIDTHS: ReadonlyMap<string, number> = new Map([
  ["integer", 1],
  ["long", 2],
  ["float", 3],
  ["double", 4],
]);

/** The type that holds the values of both, or null when there is none. */
export function mergedType(first: DataType, second: DataType): DataType | null {
  if (first.kind === "unknown") return second;
  if (second.kind === "unknown") return first;
  if (first.kind === "array" && second.kind === "array") {
    const element = mergedType(first.element, second.element);
    return element === null ? null : { kind: "array", element };
  }
  if (first.kind === "tuple" && second.kind === "tuple") return mergedTuple(first.fields, second.fields);
  return first.kind === second.kind ? first : widened(first, second);
}

function mergedTuple(first: readonly Field[], second: readonly Field[]): DataType | null {
  if (first.length !== second.length) return null;
  const fields: Field[] = [];
  for (const [index, field] of first.entries()) {
    const other = second[index];
    const type = other?.name === field.name ? mergedType(field.type, other.type) : null;
    if (type === null) return null;
    fields.push({ name: field.name, type });
  }
  return { kind: "tuple", fields };
}

function widened(first: DataType, second: DataType): DataType | null {
  const firstWidth = NUMBER_WIDTHS.get(first.kind);
  const secondWidth = NUMBER_WIDTHS.get(second.kind);
  if (firstWidth === undefined || secondWidth === undefined) return null;
  return Math.max(firstWidth, secondWidth) > 2 ? { kind: "double" } : { kind: "long" };
}
