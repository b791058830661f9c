/** Copies rows or groups out of the module's memory into batches that can go to another thread. */
import type { Batch, BatchColumn } from "../batch.ts";
import type { AggregatePlace } from "./emit/group-aggregates.ts";
import type { GroupLayout } from "./emit/groups.ts";
import type { ColumnLayout } from "./emit/rows.ts";
import type { Storage } from "./emit/slots.ts";
import type { TopLayout } from "./emit/top.ts";
import type { Instance } from "./instance.ts";
import { FIRST_GROUP_SLOTS, LONGEST_BOUND_BYTES, ROWS_PER_BATCH } from "./layout.ts";
import type { Ranked } from "./top-rows.ts";

/** Empties the row columns: nothing NULL, no text. */
export function clearRows(instance: Instance, columns: readonly ColumnLayout[]): void {
  const bytes = instance.bytes();
  for (const column of columns) {
    bytes.fill(0xff, column.validity, column.validity + ROWS_PER_BATCH / 8);
    bytes[column.hasNull] = 0;
  }
  instance.setNarrow("row", 0);
  instance.setNarrow("heapTop", instance.narrow("heapBase"));
}

/** Tells the module what no row may come behind; see `emit/top.ts`. */
export function setBound(instance: Instance, { storage, textAt }: TopLayout, bound: Ranked): void {
  if (bound instanceof Uint8Array) {
    if (bound.length > LONGEST_BOUND_BYTES) return;
    instance.bytes().set(bound, textAt);
    instance.setNarrow("topTextAt", textAt);
    instance.setNarrow("topLength", bound.length);
  } else if (bound !== null) {
    const bits = new BigInt64Array(Float64Array.of(Number(bound)).buffer);
    const wide = storage === "double" ? bits[0]! : BigInt(bound);
    instance.setWide("topLow", BigInt.asIntN(64, wide));
    instance.setWide("topHigh", BigInt.asIntN(64, wide >> 64n));
  }
  instance.setNarrow("topState", bound === null ? 2 : 1);
}

/** The rows that are ready, as a batch of its own buffers. */
export function takeRows(instance: Instance, columns: readonly ColumnLayout[]): Batch {
  return rowsIn(instance, columns, (bytes, at, size) => bytes.slice(at, at + size));
}

/** The rows that are ready where they lie in the module's memory: until it runs again. */
export function viewRows(instance: Instance, columns: readonly ColumnLayout[]): Batch {
  return rowsIn(instance, columns, (bytes, at, size) => bytes.subarray(at, at + size));
}

type Cut = (bytes: Uint8Array<ArrayBuffer>, at: number, size: number) => Uint8Array<ArrayBuffer>;

function rowsIn(instance: Instance, columns: readonly ColumnLayout[], cut: Cut): Batch {
  const rowCount = instance.narrow("row");
  const bytes = instance.bytes();
  const base = instance.narrow("heapBase");
  const heap = cut(bytes, base, instance.narrow("heapTop") - base);
  const part = (at: number, size: number) => cut(bytes, at, size);
  const isNullable = (column: ColumnLayout) => bytes[column.hasNull] === 1;
  return {
    rowCount,
    columns: columns.map((column) =>
      columnIn(column, rowCount, { part, heap, isNullable: isNullable(column) }),
    ),
  };
}

interface RowParts {
  readonly part: (at: number, size: number) => Uint8Array<ArrayBuffer>;
  readonly heap: Uint8Array;
  readonly isNullable: boolean;
}

function columnIn(column: ColumnLayout, rowCount: number, { part, heap, isNullable }: RowParts): BatchColumn {
  const validity = isNullable ? part(column.validity, (rowCount + 7) >> 3) : null;
  const at = column.values;
  switch (column.storage) {
    case "integer": {
      const { buffer, byteOffset } = part(at, 4 * rowCount);
      return { kind: "integer", values: new Int32Array(buffer, byteOffset, rowCount), validity };
    }
    case "long": {
      const { buffer, byteOffset } = part(at, 8 * rowCount);
      return { kind: "long", values: new BigInt64Array(buffer, byteOffset, rowCount), validity };
    }
    case "double": {
      const { buffer, byteOffset } = part(at, 8 * rowCount);
      return { kind: "double", values: new Float64Array(buffer, byteOffset, rowCount), validity };
    }
    case "boolean":
      return { kind: "boolean", values: part(at, rowCount), validity };
    case "huge": {
      const { buffer, byteOffset } = part(at, 16 * rowCount);
      const words = new BigUint64Array(buffer, byteOffset, 2 * rowCount);
      return { kind: "huge", words, isSigned: column.isSigned, validity };
    }
    case "text": {
      const [starts, lengths] = [part(at, 4 * rowCount), part(column.lengths, 4 * rowCount)];
      return {
        kind: "text",
        starts: new Uint32Array(starts.buffer, starts.byteOffset, rowCount),
        lengths: new Uint32Array(lengths.buffer, lengths.byteOffset, rowCount),
        heap,
        validity,
      };
    }
  }
}

/** Empties the group table. What was in use stays so: as many groups are to be expected again. */
export function clearGroups(instance: Instance, layout: GroupLayout): void {
  const slots = Math.max(FIRST_GROUP_SLOTS, instance.narrow("groupMask") + 1);
  instance.bytes().fill(0, layout.table, layout.table + 4 * slots);
  instance.setNarrow("groupMask", slots - 1);
  instance.setNarrow("groups", 0);
  instance.setNarrow("arenaTop", instance.narrow("heapBase"));
  instance.setNarrow("arenaEnd", instance.narrow("heapEnd"));
}

/** All groups as a batch: key columns, then aggregate columns. */
export function takeGroups(instance: Instance, layout: GroupLayout): Batch {
  const bytes = instance.bytes();
  const start = instance.narrow("heapBase");
  const arena = bytes.slice(start, instance.narrow("arenaTop"));
  const rowCount = instance.narrow("groups");
  const view = new DataView(arena.buffer);
  const entries = new Uint32Array(rowCount);
  for (let at = 0, row = 0; row < rowCount; row++) {
    entries[row] = at;
    at += layout.entryBytes ?? (layout.headerBytes + view.getUint32(at + 4, true) + 31) & ~15;
  }
  const groups: Groups = { view, arena, entries };
  const aggregates = layout.aggregates.map((place) =>
    place.storage === "text" ? takeTexts(place, layout, bytes, groups) : takeAggregate(place, layout, groups),
  );
  return { rowCount, columns: [...takeKeys(layout, groups), ...aggregates] };
}

/** A copy of the entries, and where each begins. */
interface Groups {
  readonly view: DataView;
  readonly arena: Uint8Array;
  readonly entries: Uint32Array;
}

/**
 * A column under construction; `set` reads the value that lies at `at` in the arena. Wide values are moved by halves: as bigints they
 * would each be an object.
 */
interface Filling {
  readonly column: (validity: Uint8Array | null) => BatchColumn;
  readonly set: (row: number, at: number) => void;
}

function fill(storage: Storage, rowCount: number, view: DataView, isSigned: boolean): Filling {
  switch (storage) {
    case "integer": {
      const values = new Int32Array(rowCount);
      return {
        column: (validity) => ({ kind: "integer", values, validity }),
        set: (row, at) => {
          values[row] = view.getInt32(at, true);
        },
      };
    }
    case "boolean": {
      const values = new Uint8Array(rowCount);
      return {
        column: (validity) => ({ kind: "boolean", values, validity }),
        set: (row, at) => {
          values[row] = view.getUint8(at);
        },
      };
    }
    case "double": {
      const values = new Float64Array(rowCount);
      return {
        column: (validity) => ({ kind: "double", values, validity }),
        set: (row, at) => {
          values[row] = view.getFloat64(at, true);
        },
      };
    }
    case "huge": {
      const words = new BigUint64Array(2 * rowCount);
      const halves = new Int32Array(words.buffer);
      return {
        column: (validity) => ({ kind: "huge", words, isSigned, validity }),
        set: (row, at) => {
          for (let half = 0; half < 4; half++) halves[4 * row + half] = view.getInt32(at + 4 * half, true);
        },
      };
    }
    default: {
      const values = new BigInt64Array(rowCount);
      const halves = new Int32Array(values.buffer);
      return {
        column: (validity) => ({ kind: "long", values, validity }),
        set: (row, at) => {
          halves[2 * row] = view.getInt32(at, true);
          halves[2 * row + 1] = view.getInt32(at + 4, true);
        },
      };
    }
  }
}

const FIXED_BYTES: Readonly<Record<Storage, number>> = {
  integer: 8,
  long: 8,
  double: 8,
  boolean: 8,
  huge: 16,
  text: 0,
};

function takeKeys(layout: GroupLayout, groups: Groups): BatchColumn[] {
  if (layout.entryBytes === null) {
    const tops = groups.entries.map((entry) => entry + layout.headerBytes);
    return layout.keys.map((storage) => takeWrittenKey(storage, groups, tops));
  }
  let offset = layout.headerBytes;
  return layout.keys.map((storage, index) => {
    const column = takeFixedKey(storage, { index, offset }, groups);
    offset += FIXED_BYTES[storage];
    return column;
  });
}

function takeFixedKey(
  storage: Storage,
  { index, offset }: { readonly index: number; readonly offset: number },
  { view, entries }: Groups,
): BatchColumn {
  const validity = new Uint8Array((entries.length + 7) >> 3);
  const filling = fill(storage, entries.length, view, false);
  let nulls = 0;
  for (let row = 0; row < entries.length; row++) {
    const entry = entries[row]!;
    filling.set(row, entry + offset);
    const isNull = (view.getUint32(entry + 4, true) >>> index) & 1;
    nulls += isNull;
    validity[row >> 3] = validity[row >> 3]! | ((1 - isNull) << (row & 7));
  }
  return filling.column(nulls === 0 ? null : validity);
}

/** The next key of all entries; `tops` moves behind it. */
function takeWrittenKey(storage: Storage, { view, arena }: Groups, tops: Uint32Array): BatchColumn {
  const rowCount = tops.length;
  const validity = new Uint8Array((rowCount + 7) >> 3);
  const isText = storage === "text";
  const starts = new Uint32Array(isText ? rowCount : 0);
  const lengths = new Uint32Array(isText ? rowCount : 0);
  const filling = isText ? null : fill(storage, rowCount, view, false);
  for (let row = 0; row < rowCount; row++) {
    const top = tops[row]!;
    if (arena[top] === 0) {
      tops[row] = top + 1;
      continue;
    }
    validity[row >> 3] = validity[row >> 3]! | (1 << (row & 7));
    if (filling !== null) {
      filling.set(row, top + 1);
      tops[row] = top + 1 + FIXED_BYTES[storage];
      continue;
    }
    starts[row] = top + 5;
    lengths[row] = view.getUint32(top + 1, true);
    tops[row] = top + 5 + lengths[row]!;
  }
  if (filling !== null) return filling.column(validity);
  return { kind: "text", starts, lengths, heap: arena, validity };
}

/** A bit per group: whether the aggregate has a value. Null: it always has one. */
function validityOf(
  { flag }: AggregatePlace,
  layout: GroupLayout,
  { view, entries }: Groups,
): Uint8Array | null {
  if (flag === null) return null;
  const validity = new Uint8Array((entries.length + 7) >> 3);
  const at = layout.flagsAt + 4 * (flag >> 5);
  for (let row = 0; row < entries.length; row++) {
    const isKnown = (view.getUint32(entries[row]! + at, true) >>> (flag & 31)) & 1;
    validity[row >> 3] = validity[row >> 3]! | (isKnown << (row & 7));
  }
  return validity;
}

function takeAggregate(place: AggregatePlace, layout: GroupLayout, groups: Groups): BatchColumn {
  const { view, entries } = groups;
  const filling = fill(place.storage, entries.length, view, place.kind === "sum");
  for (let row = 0; row < entries.length; row++) filling.set(row, entries[row]! + place.offset);
  return filling.column(validityOf(place, layout, groups));
}

/** Texts lie outside the entries, in the module's memory. */
function takeTexts(
  place: AggregatePlace,
  layout: GroupLayout,
  bytes: Uint8Array,
  groups: Groups,
): BatchColumn {
  const { view, entries } = groups;
  const starts = new Uint32Array(entries.length);
  const lengths = new Uint32Array(entries.length);
  let size = 0;
  for (let row = 0; row < entries.length; row++) {
    starts[row] = size;
    lengths[row] = view.getUint32(entries[row]! + place.offset + 4, true);
    size += lengths[row]!;
  }
  const heap = new Uint8Array(size);
  for (let row = 0; row < entries.length; row++) {
    const at = view.getUint32(entries[row]! + place.offset, true);
    heap.set(bytes.subarray(at, at + lengths[row]!), starts[row]!);
  }
  return { kind: "text", starts, lengths, heap, validity: validityOf(place, layout, groups) };
}
