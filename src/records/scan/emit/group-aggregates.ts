/**
 * Aggregates of groups inside the module. Each has a place in its group's entry, and, when it can be NULL, a flag that says whether
 * it has a value:
 *
 * ```
 * count                 8: i64                          sum             16: i128
 * min max               8: i64 or f64 · 16: u128 · texts 16: address (u32), length (u32), room there (u32)
 * first last            16: input and offset (i64 each), then the value as above
 * first- last-position  16: offset, input
 * ```
 *
 * The bytes of texts lie at the arena's other end, which comes down to meet the entries.
 */
import { invariant } from "#text";
import type { ScanAggregate } from "../../program/scan-spec.ts";
import { ENCODING_BITS } from "../layout.ts";
import type { ModuleContext } from "./context.ts";
import { isTrue } from "./predicates.ts";
import { recordOffset, type Storage, slotIsKnown, slotPart } from "./slots.ts";
import { type FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

/** Where the host finds an aggregate in an entry. */
export interface AggregatePlace {
  readonly kind: ScanAggregate["kind"];
  readonly storage: Storage;
  /** Of the value. */
  readonly offset: number;
  /** Index of its flag; null: it always has a value. */
  readonly flag: number | null;
}

/** The places of aggregates in an entry, from `start` on, and of their flags (words of 32). */
export interface AggregateLayout {
  readonly places: readonly AggregatePlace[];
  readonly flagsAt: number;
  /** Behind everything, a multiple of 8. */
  readonly end: number;
}

/** Lays out aggregates behind `start`, a multiple of 8. */
export function layOutAggregates(
  aggregates: readonly ScanAggregate[],
  start: number,
  module: ModuleContext,
): AggregateLayout {
  const places: AggregatePlace[] = [];
  let [top, flags] = [start, 0];
  for (const aggregate of aggregates) {
    const storage = storageOfAggregate(aggregate, module);
    const { kind } = aggregate;
    if (kind === "first" || kind === "last") top += 16;
    places.push({ kind, storage, offset: top, flag: kind === "count" ? null : flags++ });
    top += storage === "huge" || storage === "text" ? 16 : 8;
  }
  return { places, flagsAt: top, end: top + 8 * Math.ceil(flags / 64) };
}

function storageOfAggregate(aggregate: ScanAggregate, module: ModuleContext): Storage {
  switch (aggregate.kind) {
    case "count":
      return "long";
    case "sum":
    case "first-position":
    case "last-position":
      return "huge";
    default:
      return slotStorage(aggregate.slot, module);
  }
}

function slotStorage(slot: number, module: ModuleContext): Storage {
  const storage = module.storages[slot];
  invariant(storage !== undefined, "an aggregate names a slot of its program");
  return storage;
}

/** Replacing bytes that are not UTF-8 makes at most three of one; a text's room is twice what it needs when it moves. */
const WORST_ROOM = 6;

/** Bytes that the texts of a record may need, or null when no aggregate holds texts. */
export function textRoom(aggregates: readonly ScanAggregate[], module: ModuleContext): string | null {
  const lengths = aggregates.flatMap((aggregate) => {
    if (storageOfAggregate(aggregate, module) !== "text") return [];
    invariant("slot" in aggregate && aggregate.slot !== null, "texts are those of slots");
    const [at, length, encoding] = (["at", "length", "encoding"] as const).map((part) =>
      slotPart(Number(aggregate.slot), part),
    );
    const grown = `(i32.mul ${length} ${i32(WORST_ROOM)})`;
    // What a decoder makes of a text may have any length.
    const isPlain = `(i32.lt_u ${encoding} ${i32(1 << ENCODING_BITS.decoder)})`;
    const measured = `(i32.mul (call $measure ${at} ${length} ${encoding}) ${i32(2)})`;
    const needed =
      module.program.decoders.length === 0
        ? grown
        : `(if (result i32) ${isPlain} (then ${grown}) (else ${measured}))`;
    const need = `(i32.add ${i32(64)} ${needed})`;
    return [`(if (result i32) ${slotIsKnown(aggregate.slot, "text")} (then ${need}) (else ${i32(0)}))`];
  });
  return lengths.length === 0 ? null : lengths.reduce((sum, one) => `(i32.add ${sum} ${one})`);
}

/** Where an aggregate is written to. */
interface Target {
  readonly entry: string;
  readonly place: AggregatePlace;
  readonly flagsAt: number;
  readonly module: ModuleContext;
  readonly writer: FunctionWriter;
}

/** Adds the record to the aggregates of an entry. */
export function emitAggregates(
  aggregates: readonly ScanAggregate[],
  { places, flagsAt }: AggregateLayout,
  { entry, module, writer }: Pick<Target, "entry" | "module" | "writer">,
): void {
  aggregates.forEach((aggregate, index) => {
    const place = places[index];
    invariant(place !== undefined, "every aggregate has a place");
    emitAggregate(aggregate, { entry, place, flagsAt, module, writer });
  });
}

function emitAggregate(aggregate: ScanAggregate, target: Target): void {
  const { entry, place, module, writer } = target;
  if (aggregate.kind === "count") {
    const held = `(i64.load offset=${place.offset} ${get(entry)})`;
    const add = `(i64.store offset=${place.offset} ${get(entry)} (i64.add ${held} ${i64(1)}))`;
    writer.line(aggregate.when === null ? add : `(if ${isTrue(aggregate.when, module)} (then ${add}))`);
    return;
  }
  const { slot } = aggregate;
  if (slot !== null) writer.line(`(if ${slotIsKnown(slot, slotStorage(slot, module))} (then`);
  switch (aggregate.kind) {
    case "sum":
      emitSum(aggregate.slot, target);
      break;
    case "min":
    case "max":
      emitExtreme(aggregate.kind, aggregate.slot, target);
      break;
    case "first":
    case "last":
      whenBeyond(aggregate.kind === "first", place.offset - 16, target);
      emitStore(aggregate.slot, target);
      writer.line("))");
      break;
    default:
      whenBeyond(aggregate.kind === "first-position", place.offset, target);
      writer.line("))");
  }
  if (slot !== null) writer.line("))");
}

/** The word of an aggregate's flag, as an expression, and its bit. */
function flagOf({ entry, place, flagsAt }: Target): { at: number; word: string; bit: string } {
  const flag = place.flag ?? 0;
  const at = flagsAt + 4 * (flag >> 5);
  return { at, word: `(i32.load offset=${at} ${get(entry)})`, bit: i32((1 << (flag & 31)) | 0) };
}

function hasNone(target: Target): string {
  const { word, bit } = flagOf(target);
  return `(i32.eqz (i32.and ${word} ${bit}))`;
}

function setFlag(target: Target): void {
  const { at, word, bit } = flagOf(target);
  target.writer.line(`(i32.store offset=${at} ${get(target.entry)} (i32.or ${word} ${bit}))`);
}

function emitSum(slot: number, target: Target): void {
  const { entry, place, writer } = target;
  const low = writer.local("i64", "low");
  const value = slotPart(slot, "value");
  const high = `(i64.load offset=${place.offset + 8} ${get(entry)})`;
  writer.line(
    set(low, `(i64.add (i64.load offset=${place.offset} ${get(entry)}) ${value})`),
    `(i64.store offset=${place.offset + 8} ${get(entry)} (i64.add (i64.add ${high} (i64.shr_s ${value} ${i64(63)}))`,
    `(i64.extend_i32_u (i64.lt_u ${get(low)} ${value}))))`,
    `(i64.store offset=${place.offset} ${get(entry)} ${get(low)})`,
  );
  setFlag(target);
}

/** Opens what is done when the record comes before (or behind) the place that is held at `offset`, and puts its place there. */
function whenBeyond(isFirst: boolean, offset: number, target: Target): void {
  const { entry, writer } = target;
  const [heldOffset, heldInput] = [offset, offset + 8].map((at) => `(i64.load offset=${at} ${get(entry)})`);
  const input = "(i64.extend_i32_u (global.get $input))";
  const beyond = isFirst ? "lt_s" : "gt_s";
  const isBeyond = `(i32.or (i64.${beyond} ${input} ${heldInput}) (i32.and (i64.eq ${input} ${heldInput}) (i64.${beyond} ${recordOffset()} ${heldOffset})))`;
  writer.line(
    `(if (i32.or ${hasNone(target)} ${isBeyond}) (then`,
    `(i64.store offset=${offset} ${get(entry)} ${recordOffset()})`,
    `(i64.store offset=${offset + 8} ${get(entry)} ${input})`,
  );
  setFlag(target);
}

function emitExtreme(kind: "min" | "max", slot: number, target: Target): void {
  const { writer } = target;
  writer.line(`(if (i32.or ${hasNone(target)} ${isBetter(kind, slot, target)}) (then`);
  emitStore(slot, target);
  setFlag(target);
  writer.line("))");
}

/** 1 when the slot's value goes before the one that is held; of texts, the function that is called also views the slot's. */
function isBetter(kind: "min" | "max", slot: number, { entry, place, writer }: Target): string {
  const { storage, offset } = place;
  const held = (type: string, more = 0) => `(${type}.load offset=${offset + more} ${get(entry)})`;
  const sign = kind === "min" ? "lt" : "gt";
  switch (storage) {
    case "text": {
      const order = writer.local("i32", "order");
      viewSlot(slot, writer);
      writer.line(
        set(
          order,
          `(call $order (global.get $textAt) (global.get $textLength) ${held("i32")} ${held("i32", 4)})`,
        ),
      );
      return `(i32.${sign}_s ${get(order)} ${i32(0)})`;
    }
    case "huge": {
      const [high, low] = [slotPart(slot, "high"), slotPart(slot, "low")];
      const isSameHigh = `(i64.eq ${high} ${held("i64", 8)})`;
      return `(i32.or (i64.${sign}_u ${high} ${held("i64", 8)}) (i32.and ${isSameHigh} (i64.${sign}_u ${low} ${held("i64")})))`;
    }
    case "double":
      return `(f64.${sign} ${slotPart(slot, "value")} ${held("f64")})`;
    default:
      return `(i64.${sign}_s ${slotPart(slot, "value")} ${held("i64")})`;
  }
}

function viewSlot(slot: number, writer: FunctionWriter): void {
  writer.line(
    `(call $view ${slotPart(slot, "at")} ${slotPart(slot, "length")} ${slotPart(slot, "encoding")})`,
  );
}

/** Puts the slot's value into the aggregate's place. */
function emitStore(slot: number, { entry, place, writer }: Target): void {
  const { storage, offset } = place;
  if (storage === "text") {
    viewSlot(slot, writer);
    return writer.line(`(call $holdText ${plus(get(entry), offset)})`);
  }
  if (storage === "huge") {
    return writer.line(
      `(i64.store offset=${offset} ${get(entry)} ${slotPart(slot, "low")})`,
      `(i64.store offset=${offset + 8} ${get(entry)} ${slotPart(slot, "high")})`,
    );
  }
  const type = storage === "double" ? "f64" : "i64";
  writer.line(`(${type}.store offset=${offset} ${get(entry)} ${slotPart(slot, "value")})`);
}

/** Runtime functions of groups. */
export const GROUP_RUNTIME: string = `
;; Puts the text in view into a place (address, length, room there); takes more of the arena's end when the room is too small.
(func $holdText (param $place i32)
  (local $room i32)
  (if (i32.gt_u (global.get $textLength) (i32.load offset=8 (local.get $place))) (then
    (local.set $room (i32.and (i32.add (i32.shl (global.get $textLength) (i32.const 1)) (i32.const 31)) (i32.const -16)))
    (global.set $arenaEnd (i32.sub (global.get $arenaEnd) (local.get $room)))
    (i32.store (local.get $place) (global.get $arenaEnd))
    ;; A copy may write up to 15 bytes more.
    (i32.store offset=8 (local.get $place) (i32.sub (local.get $room) (i32.const 15)))))
  (call $copy (i32.load (local.get $place)) (global.get $textAt) (global.get $textLength))
  (i32.store offset=4 (local.get $place) (global.get $textLength))
)
`;
