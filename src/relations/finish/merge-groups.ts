/** Merges partial groups in this thread. */

import type { Value } from "#language";
import { type Batch, type BatchColumn, valueAt } from "#records";
import { invariant } from "#text";
import { compareTexts } from "./compare-texts.ts";
import { KeyNumbers } from "./key-words.ts";
import type { MergedPart, MergeKind } from "./partial-merges.ts";

/** What is merged: indexes into the columns of the batches. */
export interface GroupMerge {
  readonly keys: readonly number[];
  readonly parts: readonly MergedPart[];
}

/** Merged groups, numbered in the order in which they first came. */
export interface MergedGroups {
  readonly count: number;
  /** A value of a key, by its index among the keys. */
  keyAt(key: number, group: number): Value;
  /** A merged value, by its index among the parts; sums of safe size are numbers. */
  partAt(part: number, group: number): Value;
}

/** The groups that batches hold parts of. Without keys there is one group even when there is no part of it. */
export function mergeGroups(batches: readonly Batch[], { keys, parts }: GroupMerge): MergedGroups {
  const numbers = new KeyNumbers(keys);
  const firstBatch: number[] = [];
  const firstRow: number[] = [];
  const mergers = parts.map((part, index) => mergerOf(part, parts[index + 1]));
  for (const [place, batch] of batches.entries()) {
    const groups = numbers.numbersOf(batch);
    for (let row = 0; row < batch.rowCount; row++) {
      if ((groups[row] ?? 0) < firstRow.length) continue;
      firstBatch.push(place);
      firstRow.push(row);
    }
    for (const merger of mergers) merger.take(groups, batch);
  }
  const count = keys.length === 0 ? 1 : firstRow.length;
  return {
    count,
    keyAt: (key, group) => {
      const column = batches[firstBatch[group] ?? 0]?.columns[keys[key] ?? 0];
      return column === undefined ? null : valueAt(column, firstRow[group] ?? 0);
    },
    partAt: (part, group) => mergers[part]?.valueAt(group) ?? null,
  };
}

/** Merges a part of all groups. */
interface Merger {
  /** Adds the rows of a batch, whose groups have these numbers. */
  take(groups: Int32Array, batch: Batch): void;
  valueAt(group: number): Value;
}

function mergerOf({ kind, index }: MergedPart, position: MergedPart | undefined): Merger {
  if (kind === "distinct") return distinctMerger(index);
  if (kind === "first" || kind === "last") {
    invariant(position !== undefined, "behind a value that has a place stands its position");
    return placedMerger(kind === "first", index, position.index);
  }
  const merged: Value[] = [];
  return {
    take: (groups, batch) => mergeColumn(merged, groups, columnAt(batch, index), kind),
    valueAt: (group) => merged[group] ?? null,
  };
}

function columnAt(batch: Batch, index: number): BatchColumn {
  const column = batch.columns[index];
  invariant(column !== undefined, "batches have the columns that are merged");
  return column;
}

function placedMerger(isFirst: boolean, index: number, positionIndex: number): Merger {
  const values: Value[] = [];
  const positions: bigint[] = [];
  return {
    take: (groups, batch) => {
      const [column, places] = [columnAt(batch, index), columnAt(batch, positionIndex)];
      for (const [row, group] of groups.entries()) {
        const [value, position] = [valueAt(column, row), valueAt(places, row)];
        if (value === null || typeof position !== "bigint") continue;
        const before = positions[group];
        if (before !== undefined && (isFirst ? position >= before : position <= before)) continue;
        values[group] = value;
        positions[group] = position;
      }
    },
    valueAt: (group) => values[group] ?? null,
  };
}

function distinctMerger(index: number): Merger {
  const sets: Set<Value>[] = [];
  return {
    take: (groups, batch) => {
      const column = columnAt(batch, index);
      for (const [row, group] of groups.entries()) {
        const value = valueAt(column, row);
        if (value === null) continue;
        const set = sets[group] ?? new Set();
        sets[group] = set;
        set.add(value);
      }
    },
    valueAt: (group) => BigInt(sets[group]?.size ?? 0),
  };
}

type ValueKind = Extract<MergeKind, "sum" | "min" | "max">;

function mergeColumn(merged: Value[], groups: Int32Array, column: BatchColumn, kind: ValueKind): void {
  const read = kind === "sum" ? addableAt(column) : (row: number) => valueAt(column, row);
  for (let row = 0; row < groups.length; row++) {
    const value = read(row);
    if (value === null) continue;
    const group = groups[row] ?? 0;
    const before = merged[group] ?? null;
    merged[group] =
      before === null ? value : kind === "sum" ? sum(before, value) : chosen(before, value, kind);
  }
}

/** Values of a column that is added up: as numbers where they are safe integers, which is ten times as fast. */
function addableAt(column: BatchColumn): (row: number) => Value {
  if (column.kind !== "long" && column.kind !== "huge") return (row) => valueAt(column, row);
  const wide = column.kind === "long" ? column.values : column.words;
  const words = new Int32Array(wide.buffer, wide.byteOffset, wide.byteLength / 4);
  const width = column.kind === "long" ? 2 : 4;
  const { validity } = column;
  return (row) => {
    if (validity !== null && (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0) return null;
    const low = (words[row * width] ?? 0) >>> 0;
    const high = words[row * width + 1] ?? 0;
    const isSafe = high >= -SAFE_HIGH && high < SAFE_HIGH && isExtended(words, row, width, high);
    return isSafe ? high * 4294967296 + low : valueAt(column, row);
  };
}

/** High words of safe integers. */
const SAFE_HIGH = 1 << 21;

/** Whether the upper half of 128 bits only repeats the sign. */
function isExtended(words: Int32Array, row: number, width: number, high: number): boolean {
  if (width === 2) return true;
  const sign = high >> 31;
  return words[row * width + 2] === sign && words[row * width + 3] === sign;
}

function sum(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") {
    const total = a + b;
    if (Number.isSafeInteger(total)) return total;
  }
  return toBigInt(a) + toBigInt(b);
}

function toBigInt(value: Value): bigint {
  invariant(typeof value === "bigint" || typeof value === "number", "sums are of whole numbers");
  return BigInt(value);
}

/** The better of two; of those that are the same, the one before. */
function chosen(a: Value, b: Value, kind: "min" | "max"): Value {
  const isText = typeof a === "string" && typeof b === "string";
  const order = isText ? compareTexts(b, a) : (b ?? 0) < (a ?? 0) ? -1 : (b ?? 0) > (a ?? 0) ? 1 : 0;
  return (kind === "min" ? order < 0 : order > 0) ? b : a;
}
