/** Columns that grow row by row and become batches. */

import type { DataType } from "#language";
import { unreachable } from "#text";
import type { BatchColumn } from "../batch.ts";
import { type Captured, isText } from "./captured.ts";
import { decodedText } from "./decoded-text.ts";

/** How a column's values are packed. */
export type ColumnKind = "integer" | "long" | "huge" | "sum" | "double" | "boolean" | "text";

/** How values of a type are packed. */
export function columnKind(type: DataType): ColumnKind {
  switch (type.kind) {
    case "integer":
    case "boolean":
    case "double":
      return type.kind;
    case "float":
      return "double";
    case "ip":
      return "huge";
    case "long":
    case "timestamp":
    case "timestamp-nano":
    case "duration":
    case "mac":
      return "long";
    default:
      return "text";
  }
}

/** A column that is being filled. */
export class GrowingColumn {
  readonly kind: ColumnKind;
  readonly #values: (number | bigint | boolean | Uint8Array | null)[] = [];
  #textBytes = 0;

  constructor(kind: ColumnKind) {
    this.kind = kind;
  }

  /** Bytes of texts so far. */
  get textBytes(): number {
    return this.#textBytes;
  }

  /** Appends a value; true when bytes of a text had to be replaced. */
  append(value: Captured): boolean {
    if (!isText(value)) {
      this.#values.push(value);
      return false;
    }
    const { utf8, isReplaced } = decodedText(value);
    this.#values.push(utf8);
    this.#textBytes += utf8.length;
    return isReplaced;
  }

  /** The column, packed. */
  finish(): BatchColumn {
    const values = this.#values;
    const validity = validityOf(values);
    const numbers = () => values.map((value) => (typeof value === "object" ? 0 : Number(value)));
    const bigs = () => values.map((value) => (typeof value === "object" ? 0n : BigInt(value)));
    switch (this.kind) {
      case "integer":
        return { kind: "integer", values: Int32Array.from(numbers()), validity };
      case "long":
        return { kind: "long", values: BigInt64Array.from(bigs()), validity };
      case "double":
        return { kind: "double", values: Float64Array.from(numbers()), validity };
      case "boolean":
        return { kind: "boolean", values: Uint8Array.from(numbers()), validity };
      case "huge":
      case "sum":
        return { kind: "huge", words: wordsOf(bigs()), isSigned: this.kind === "sum", validity };
      case "text":
        return textColumn(values, this.#textBytes, validity);
      default:
        return unreachable(this.kind);
    }
  }
}

function validityOf(values: readonly unknown[]): Uint8Array | null {
  if (!values.includes(null)) return null;
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) {
    if (value !== null) validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return validity;
}

/** Two words per value, low word first. */
function wordsOf(values: readonly bigint[]): BigUint64Array {
  return BigUint64Array.from(
    values.flatMap((value) => [BigInt.asUintN(64, value), BigInt.asUintN(64, value >> 64n)]),
  );
}

function textColumn(values: readonly unknown[], textBytes: number, validity: Uint8Array | null): BatchColumn {
  const heap = new Uint8Array(textBytes);
  const starts = new Uint32Array(values.length);
  const lengths = new Uint32Array(values.length);
  let top = 0;
  for (const [row, value] of values.entries()) {
    starts[row] = top;
    if (!(value instanceof Uint8Array)) continue;
    heap.set(value, top);
    lengths[row] = value.length;
    top += value.length;
  }
  return { kind: "text", starts, lengths, heap, validity };
}
