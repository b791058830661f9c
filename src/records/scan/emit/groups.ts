/**
 * Groups inside the module: a hash table of entries in an arena. An entry is, 16 bytes aligned:
 *
 * ```
 * 0  hash (u32)
 * 4  keys at fixed places: bit i set when key i is NULL (u32) · written keys: their bytes (u32)
 * 8  aggregates and their flags, see `group-aggregates.ts`
 * .. keys at fixed places: 8 or 16 bytes each, 0 when NULL
 *    written keys: per key one byte (0: NULL), then 8 or 16 bytes, or of texts a length (u32) and the bytes
 * ```
 *
 * The table starts small, so that few groups stay in the processor's cache, and doubles while it is more than half full.
 */
import type { ScanAggregate, ScanKey } from "../../program/scan-spec.ts";
import { GROUP_SLOTS } from "../layout.ts";
import type { ModuleContext } from "./context.ts";
import {
  type AggregateLayout,
  type AggregatePlace,
  emitAggregates,
  layOutAggregates,
  textRoom,
} from "./group-aggregates.ts";
import {
  emitFixedKeys,
  emitWrittenKey,
  haveFixedPlaces,
  keyBytes,
  LONGEST_WRITTEN_KEY,
} from "./group-keys.ts";
import { columnStorage } from "./rows.ts";
import type { Storage } from "./slots.ts";
import { FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

/** What the host needs to know to read the entries. */
export interface GroupLayout {
  readonly table: number;
  /** Where the keys begin in an entry. */
  readonly headerBytes: number;
  /** Bytes of an entry whose keys have fixed places; null: keys are written, and entries as long as they are. */
  readonly entryBytes: number | null;
  readonly keys: readonly Storage[];
  readonly aggregates: readonly AggregatePlace[];
  /** Where the aggregates' flags are in an entry. */
  readonly flagsAt: number;
}

interface GroupEmission {
  readonly keys: readonly ScanKey[];
  readonly storages: readonly Storage[];
  readonly aggregates: readonly ScanAggregate[];
  readonly layout: AggregateLayout;
  readonly table: number;
  readonly entryBytes: number | null;
  readonly module: ModuleContext;
  readonly writer: FunctionWriter;
}

/** Writes `$give` for groups: adds the record to its group, gives 1 when the table is full. */
export function emitGroupFunction(
  keys: readonly ScanKey[],
  aggregates: readonly ScanAggregate[],
  module: ModuleContext,
): GroupLayout {
  const table = module.data.reserve(GROUP_SLOTS * 4);
  const layout = layOutAggregates(aggregates, 8, module);
  const storages = keys.map((key) => columnStorage(key.column, module));
  const fixedBytes = storages.reduce((sum, storage) => sum + keyBytes(storage), layout.end);
  const entryBytes = haveFixedPlaces(storages) ? (fixedBytes + 15) & ~15 : null;
  const writer = new FunctionWriter(
    "(func $give (param $p i32) (param $q i32) (param $gap i32) (result i32)",
    i32(0),
  );
  const emission = { keys, storages, aggregates, layout, table, entryBytes, module, writer };
  writer.line(`(if (i32.gt_u (global.get $groups) ${i32(GROUP_SLOTS / 2)}) (then (return ${i32(1)})))`);
  const entry = writer.local("i32", "entry");
  if (entryBytes === null) emitWrittenGroup(entry, emission);
  else emitFixedGroup(entry, entryBytes, emission);
  emitAggregates(aggregates, layout, { entry, module, writer });
  module.functions.push(growFunction(emission), writer.text());
  return {
    table,
    headerBytes: layout.end,
    entryBytes,
    keys: storages,
    aggregates: layout.places,
    flagsAt: layout.flagsAt,
  };
}

/** Gives 1 unless the arena has room between the entries and the texts for `bytes` more. */
function emitRoomCheck(from: string, bytes: string, writer: FunctionWriter): void {
  writer.line(
    `(global.set $heapNeeded ${bytes})`,
    `(if (i32.gt_u (global.get $heapNeeded) (i32.sub (global.get $arenaEnd) ${from})) (then (return ${i32(1)})))`,
  );
}

/** Finds the entry of keys at fixed places, or makes one. */
function emitFixedGroup(entry: string, entryBytes: number, emission: GroupEmission): void {
  const { keys, aggregates, layout, module, writer } = emission;
  const texts = textRoom(aggregates, module);
  emitRoomCheck("(global.get $arenaTop)", plus(texts ?? i32(0), entryBytes), writer);
  const { hash, nulls, words } = emitFixedKeys(keys, module, writer);
  const place = (index: number) => layout.end + 8 * index;
  const isSame = words.reduce(
    (all, word, index) =>
      `(i32.and ${all} (i64.eq (i64.load offset=${place(index)} ${get(entry)}) ${get(word)}))`,
    `(i32.and (i32.eq (i32.load ${get(entry)}) ${get(hash)}) (i32.eq (i32.load offset=4 ${get(entry)}) ${get(nulls)}))`,
  );
  const stores = words.map((word, index) => `(i64.store offset=${place(index)} ${get(entry)} ${get(word)})`);
  emitProbe(hash, emission, {
    found: (found) => [set(entry, get(found)), `(br_if $ready ${isSame})`],
    insert: (at) => [
      set(entry, "(global.get $arenaTop)"),
      `(i32.store ${at} ${get(entry)})`,
      `(i32.store ${get(entry)} ${get(hash)})`,
      `(i32.store offset=4 ${get(entry)} ${get(nulls)})`,
      ...zeroes(entry, layout),
      ...stores,
      `(global.set $arenaTop ${plus(get(entry), entryBytes)})`,
    ],
  });
}

/** Writes the keys behind the header of a new entry, then finds the entry that has the same, or keeps the new one. */
function emitWrittenGroup(entry: string, emission: GroupEmission): void {
  const { keys, aggregates, layout, module, writer } = emission;
  const [top, hash, length] = [
    writer.local("i32", "top"),
    writer.local("i32", "hash"),
    writer.local("i32", "length"),
  ];
  const slack = LONGEST_WRITTEN_KEY * keys.length + 128;
  writer.line(set(entry, "(global.get $arenaTop)"));
  emitRoomCheck(get(entry), i32(layout.end + slack), writer);
  writer.line(set(top, plus(get(entry), layout.end)));
  for (const key of keys) emitWrittenKey(key, { top, slack }, module, writer);
  const texts = textRoom(aggregates, module);
  if (texts !== null) emitRoomCheck(get(top), plus(texts, slack), writer);
  const key = plus(get(entry), layout.end);
  writer.line(set(length, `(i32.sub ${get(top)} ${key})`), set(hash, `(call $hash ${key} ${get(length)})`));
  emitProbe(hash, emission, {
    found: (found) => [
      `(if (i32.and (i32.eq (i32.load ${get(found)}) ${get(hash)}) (i32.eq (i32.load offset=4 ${get(found)}) ${get(length)})) (then`,
      `(if (call $same ${plus(get(found), layout.end)} ${key} ${get(length)}) (then ${set(entry, get(found))} (br $ready)))))`,
    ],
    insert: (at) => [
      `(i32.store ${at} ${get(entry)})`,
      `(i32.store ${get(entry)} ${get(hash)})`,
      `(i32.store offset=4 ${get(entry)} ${get(length)})`,
      ...zeroes(entry, layout),
      `(global.set $arenaTop (i32.and ${plus(get(top), 31)} ${i32(-16)}))`,
    ],
  });
}

function zeroes(entry: string, layout: AggregateLayout): string[] {
  return Array.from(
    { length: (layout.end - 8) / 8 },
    (_, word) => `(i64.store offset=${8 + 8 * word} ${get(entry)} ${i64(0)})`,
  );
}

interface ProbeSteps {
  /** Leaves for `$ready` when the entry in the local has the keys. */
  readonly found: (local: string) => readonly string[];
  /** Makes the new entry; its address goes to the free slot at the address. */
  readonly insert: (at: string) => readonly string[];
}

function emitProbe(hash: string, { table, writer }: GroupEmission, steps: ProbeSteps): void {
  const [at, found] = [writer.local("i32", "at"), writer.local("i32", "found")];
  const slotAt = `(i32.add ${i32(table)} (i32.shl ${get(at)} ${i32(2)}))`;
  writer.line(
    set(at, `(i32.and ${get(hash)} (global.get $groupMask))`),
    "(block $ready",
    "(loop $probe",
    set(found, `(i32.load ${slotAt})`),
    `(if (i32.eqz ${get(found)}) (then`,
    ...steps.insert(slotAt),
    `(global.set $groups (i32.add (global.get $groups) ${i32(1)}))`,
    `(if (i32.gt_u (i32.shl (global.get $groups) ${i32(1)}) (global.get $groupMask)) (then (call $growTable)))`,
    "(br $ready)))",
    ...steps.found(found),
    set(at, `(i32.and ${plus(get(at), 1)} (global.get $groupMask))`),
    "(br $probe)",
    ")",
    ")",
  );
}

/** A function that doubles the slots in use and puts all entries into them anew. */
function growFunction({ table, entryBytes, layout }: GroupEmission): string {
  const [entry, slot] = ["(local.get $entry)", "(local.get $slot)"];
  const slotAt = `(i32.add ${i32(table)} (i32.shl ${slot} ${i32(2)}))`;
  const length =
    entryBytes === null
      ? `(i32.and (i32.add (i32.load offset=4 ${entry}) ${i32(layout.end + 31)}) ${i32(-16)})`
      : i32(entryBytes);
  return `(func $growTable (local $entry i32) (local $slot i32)
(if (i32.ge_u (global.get $groupMask) ${i32(GROUP_SLOTS - 1)}) (then (return)))
(global.set $groupMask (i32.or (i32.shl (global.get $groupMask) ${i32(1)}) ${i32(1)}))
(memory.fill ${i32(table)} ${i32(0)} (i32.shl (i32.add (global.get $groupMask) ${i32(1)}) ${i32(2)}))
(local.set $entry (global.get $heapBase))
(loop $entries
(if (i32.lt_u ${entry} (global.get $arenaTop)) (then
(local.set $slot (i32.and (i32.load ${entry}) (global.get $groupMask)))
(loop $probe
(if (i32.load ${slotAt}) (then
(local.set $slot (i32.and (i32.add ${slot} ${i32(1)}) (global.get $groupMask)))
(br $probe))))
(i32.store ${slotAt} ${entry})
(local.set $entry (i32.add ${entry} ${length}))
(br $entries))))
)`;
}
