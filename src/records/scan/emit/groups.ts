/**
 * Groups inside the module: a hash table of entries in an arena. An entry is, 16 bytes aligned:
 *
 * ```
 * 0  hash (u32)    4  bytes of the key (u32)    8  flags: bit i set when aggregate i has a value (u32)
 * 16 aggregates, 16 bytes each: count i64 · sum i128 · min and max i64, f64 or u128
 * .. key: per key column one byte (0: NULL), then 8 or 16 bytes, or of texts a length (u32) and the bytes
 * ```
 */
import { invariant } from "#text";
import type { ScanAggregate, ScanKey } from "../../program/scan-spec.ts";
import { GROUP_SLOTS } from "../layout.ts";
import type { ModuleContext } from "./context.ts";
import { isTrue } from "./predicates.ts";
import { columnStorage, RAW_LENGTH, RAW_OFFSET } from "./rows.ts";
import { type Storage, slotIsKnown, slotPart } from "./slots.ts";
import { FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

/** What the host needs to know to read the entries. */
export interface GroupLayout {
  readonly table: number;
  readonly headerBytes: number;
  readonly keys: readonly Storage[];
  readonly aggregates: readonly Storage[];
}

/** Bytes of a key or aggregate that are not texts. */
const LONGEST_FIXED_BYTES = 17;

const INPUT = "(i64.extend_i32_u (global.get $input))";

/** Writes `$give` for groups: adds the record to its group, gives 1 when the table is full. */
export function emitGroupFunction(
  keys: readonly ScanKey[],
  aggregates: readonly ScanAggregate[],
  module: ModuleContext,
): GroupLayout {
  const table = module.data.reserve(GROUP_SLOTS * 4);
  const headerBytes = 16 + 16 * aggregates.length;
  const writer = new FunctionWriter(
    "(func $give (param $p i32) (param $q i32) (param $gap i32) (result i32)",
    "(i32.const 0)",
  );
  const [entry, top] = [writer.local("i32", "entry"), writer.local("i32", "top")];
  const room = headerBytes + LONGEST_FIXED_BYTES * keys.length + 64;
  writer.line(
    `(if (i32.gt_u (global.get $groups) ${i32(GROUP_SLOTS / 2)}) (then (return ${i32(1)})))`,
    `(if (i32.gt_u ${i32(room)} (i32.sub (global.get $arenaEnd) (global.get $arenaTop))) (then (return ${i32(1)})))`,
    set(entry, "(global.get $arenaTop)"),
    set(top, plus(get(entry), headerBytes)),
  );
  for (const key of keys) emitKey(key, top, module, writer);
  emitProbe({ entry, top, table, headerBytes }, aggregates.length, writer);
  for (const [index, aggregate] of aggregates.entries())
    emitAggregate(aggregate, index, entry, module, writer);
  module.functions.push(writer.text());
  return {
    table,
    headerBytes,
    keys: keys.map((key) => columnStorage(key.column, module)),
    aggregates: aggregates.map((aggregate) => aggregateStorage(aggregate, module)),
  };
}

/** How an aggregate's value is held in a column. */
function aggregateStorage(aggregate: ScanAggregate, module: ModuleContext): Storage {
  if (aggregate.kind === "count") return "long";
  if (aggregate.kind === "sum") return "huge";
  return slotStorage(aggregate.slot, module);
}

function slotStorage(slot: number, module: ModuleContext): Storage {
  const storage = module.storages[slot];
  invariant(storage !== undefined, "an aggregate names a slot of its program");
  return storage;
}

function emitKey(key: ScanKey, top: string, module: ModuleContext, writer: FunctionWriter): void {
  const storage = columnStorage(key.column, module);
  const { column } = key;
  if (column.kind === "input" || column.kind === "raw-offset" || column.kind === "raw-length") {
    const value = { input: INPUT, "raw-offset": RAW_OFFSET, "raw-length": RAW_LENGTH }[column.kind];
    writer.line(
      `(i32.store8 ${get(top)} ${i32(1)})`,
      `(i64.store offset=1 ${get(top)} ${value})`,
      set(top, plus(get(top), 9)),
    );
    return;
  }
  if (column.kind !== "slot")
    return emitTextKey(
      { at: get("$p"), length: `(i32.sub ${get("$q")} ${get("$p")})`, encoding: i32(0) },
      top,
      writer,
    );
  const { slot } = column;
  writer.line(`(if ${slotIsKnown(slot, storage)} (then`);
  if (storage === "text") {
    emitTextKey(
      { at: slotPart(slot, "at"), length: slotPart(slot, "length"), encoding: slotPart(slot, "encoding") },
      top,
      writer,
    );
  } else if (storage === "huge") {
    writer.line(
      `(i32.store8 ${get(top)} ${i32(1)})`,
      `(i64.store offset=1 ${get(top)} ${slotPart(slot, "low")})`,
      `(i64.store offset=9 ${get(top)} ${slotPart(slot, "high")})`,
      set(top, plus(get(top), 17)),
    );
  } else {
    const store = storage === "double" ? "f64.store" : "i64.store";
    writer.line(
      `(i32.store8 ${get(top)} ${i32(1)})`,
      `(${store} offset=1 ${get(top)} ${truncated(slotPart(slot, "value"), unitOf(key, module))})`,
      set(top, plus(get(top), 9)),
    );
  }
  writer.line(") (else", `(i32.store8 ${get(top)} ${i32(0)})`, set(top, plus(get(top), 1)), "))");
}

/** What a key's times are cut to, in the unit of its slot. */
function unitOf({ column, truncateMs }: ScanKey, module: ModuleContext): bigint | null {
  const type = column.kind === "slot" ? module.program.slots[column.slot]?.type.kind : null;
  return truncateMs !== null && type === "timestamp-nano" ? truncateMs * 1_000_000n : truncateMs;
}

/** The start of the multiple of `unitMs` that a time lies in, before 1970 too. */
function truncated(value: string, unit: bigint | null): string {
  if (unit === null) return value;
  const rest = `(i64.rem_s (i64.add (i64.rem_s ${value} ${i64(unit)}) ${i64(unit)}) ${i64(unit)})`;
  return `(i64.sub ${value} ${rest})`;
}

function emitTextKey(
  { at, length, encoding }: { readonly at: string; readonly length: string; readonly encoding: string },
  top: string,
  writer: FunctionWriter,
): void {
  writer.line(
    `(call $view ${at} ${length} ${encoding})`,
    `(global.set $heapNeeded (i32.add (global.get $textLength) ${i32(1024)}))`,
    `(if (i32.gt_u (global.get $heapNeeded) (i32.sub (global.get $arenaEnd) ${get(top)})) (then (return ${i32(1)})))`,
    `(i32.store8 ${get(top)} ${i32(1)})`,
    `(i32.store offset=1 ${get(top)} (global.get $textLength))`,
    `(call $copy ${plus(get(top), 5)} (global.get $textAt) (global.get $textLength))`,
    set(top, plus(`(i32.add ${get(top)} (global.get $textLength))`, 5)),
  );
}

interface ProbeLocals {
  readonly entry: string;
  readonly top: string;
  readonly table: number;
  readonly headerBytes: number;
}

/** Finds the entry of the key that lies behind the new entry's header, or makes the new entry the group's. */
function emitProbe(
  { entry, top, table, headerBytes }: ProbeLocals,
  aggregates: number,
  writer: FunctionWriter,
): void {
  const [hash, length, at, found] = [
    writer.local("i32", "hash"),
    writer.local("i32", "length"),
    writer.local("i32", "at"),
    writer.local("i32", "found"),
  ];
  const key = plus(get(entry), headerBytes);
  const zeroes = Array.from(
    { length: 2 * aggregates + 1 },
    (_, word) => `(i64.store offset=${8 + 8 * word} ${get(entry)} ${i64(0)})`,
  );
  writer.line(
    set(length, `(i32.sub ${get(top)} ${key})`),
    set(hash, `(call $hash ${key} ${get(length)})`),
    set(at, `(i32.and ${get(hash)} ${i32(GROUP_SLOTS - 1)})`),
    "(block $ready",
    "(loop $probe",
    set(found, `(i32.load (i32.add ${i32(table)} (i32.shl ${get(at)} ${i32(2)})))`),
    `(if (i32.eqz ${get(found)}) (then`,
    `(i32.store (i32.add ${i32(table)} (i32.shl ${get(at)} ${i32(2)})) ${get(entry)})`,
    `(i32.store ${get(entry)} ${get(hash)})`,
    `(i32.store offset=4 ${get(entry)} ${get(length)})`,
    ...zeroes,
    `(global.set $arenaTop (i32.and ${plus(get(top), 31)} ${i32(-16)}))`,
    `(global.set $groups (i32.add (global.get $groups) ${i32(1)}))`,
    "(br $ready)))",
    `(if (i32.and (i32.eq (i32.load ${get(found)}) ${get(hash)}) (i32.eq (i32.load offset=4 ${get(found)}) ${get(length)})) (then`,
    `(if (call $same ${plus(get(found), headerBytes)} ${key} ${get(length)}) (then ${set(entry, get(found))} (br $ready)))))`,
    set(at, `(i32.and ${plus(get(at), 1)} ${i32(GROUP_SLOTS - 1)})`),
    "(br $probe)",
    ")",
    ")",
  );
}

function emitAggregate(
  aggregate: ScanAggregate,
  index: number,
  entry: string,
  module: ModuleContext,
  writer: FunctionWriter,
): void {
  const offset = 16 + 16 * index;
  if (aggregate.kind === "count") {
    const add = `(i64.store offset=${offset} ${get(entry)} (i64.add (i64.load offset=${offset} ${get(entry)}) ${i64(1)}))`;
    writer.line(aggregate.when === null ? add : `(if ${isTrue(aggregate.when, module)} (then ${add}))`);
    return;
  }
  const storage = slotStorage(aggregate.slot, module);
  writer.line(`(if ${slotIsKnown(aggregate.slot, storage)} (then`);
  if (aggregate.kind === "sum") emitSum(aggregate.slot, offset, entry, writer);
  else emitExtreme(aggregate.kind, aggregate.slot, { storage, offset, index, entry }, writer);
  const flags = `(i32.load offset=8 ${get(entry)})`;
  writer.line(`(i32.store offset=8 ${get(entry)} (i32.or ${flags} ${i32((1 << index) | 0)}))`, "))");
}

function emitSum(slot: number, offset: number, entry: string, writer: FunctionWriter): void {
  const low = writer.local("i64", "low");
  const value = slotPart(slot, "value");
  const high = `(i64.load offset=${offset + 8} ${get(entry)})`;
  writer.line(
    set(low, `(i64.add (i64.load offset=${offset} ${get(entry)}) ${value})`),
    `(i64.store offset=${offset + 8} ${get(entry)} (i64.add (i64.add ${high} (i64.shr_s ${value} ${i64(63)}))`,
    `(i64.extend_i32_u (i64.lt_u ${get(low)} ${value}))))`,
    `(i64.store offset=${offset} ${get(entry)} ${get(low)})`,
  );
}

interface ExtremePlace {
  readonly storage: Storage;
  readonly offset: number;
  readonly index: number;
  readonly entry: string;
}

function emitExtreme(
  kind: "min" | "max",
  slot: number,
  { storage, offset, index, entry }: ExtremePlace,
  writer: FunctionWriter,
): void {
  const isFirst = `(i32.eqz (i32.and (i32.load offset=8 ${get(entry)}) ${i32((1 << index) | 0)}))`;
  if (storage === "huge") {
    const [low, high] = [
      `(i64.load offset=${offset} ${get(entry)})`,
      `(i64.load offset=${offset + 8} ${get(entry)})`,
    ];
    const beats = kind === "min" ? "lt_u" : "gt_u";
    const isBetter = `(i32.or (i64.${beats} ${slotPart(slot, "high")} ${high}) (i32.and (i64.eq ${slotPart(slot, "high")} ${high}) (i64.${beats} ${slotPart(slot, "low")} ${low})))`;
    writer.line(
      `(if (i32.or ${isFirst} ${isBetter}) (then`,
      `(i64.store offset=${offset} ${get(entry)} ${slotPart(slot, "low")})`,
      `(i64.store offset=${offset + 8} ${get(entry)} ${slotPart(slot, "high")})))`,
    );
    return;
  }
  const type = storage === "double" ? "f64" : "i64";
  const beats = `${type}.${kind === "min" ? "lt" : "gt"}${type === "i64" ? "_s" : ""}`;
  const value = slotPart(slot, "value");
  writer.line(
    `(if (i32.or ${isFirst} (${beats} ${value} (${type}.load offset=${offset} ${get(entry)}))) (then`,
    `(${type}.store offset=${offset} ${get(entry)} ${value})))`,
  );
}
