/**
 * Keys of groups inside the module. When no key is a text, an entry holds them at fixed places and a word with a bit per NULL;
 * they are compared as words. Otherwise they are written one after the other and compared as bytes.
 */
import { invariant, unreachable } from "#text";
import type { ScanCut, ScanKey } from "../../program/scan-spec.ts";
import type { ModuleContext } from "./context.ts";
import { columnStorage } from "./rows.ts";
import { RAW_LENGTH, recordOffset, type Storage, slotIsKnown, slotPart } from "./slots.ts";
import { type FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

/** Bits of the word of NULLs. */
const MOST_FIXED_KEYS = 32;

/** Whether entries hold these keys at fixed places. */
export function haveFixedPlaces(storages: readonly Storage[]): boolean {
  return storages.length <= MOST_FIXED_KEYS && !storages.includes("text");
}

/** Bytes of a key at a fixed place. */
export function keyBytes(storage: Storage): number {
  return storage === "huge" ? 16 : 8;
}

/** Words of a key that is no text, low word first. `isKnown` is an expression, null: always. */
interface KeyWords {
  readonly isKnown: string | null;
  readonly words: readonly string[];
}

function wordsOf(key: ScanKey, storage: Storage, module: ModuleContext): KeyWords {
  const { column } = key;
  if (column.kind === "input") return { isKnown: null, words: ["(i64.extend_i32_u (global.get $input))"] };
  if (column.kind === "raw-offset") return { isKnown: null, words: [recordOffset()] };
  if (column.kind === "raw-length") return { isKnown: null, words: [RAW_LENGTH] };
  invariant(column.kind === "slot", "only slots and places have words");
  const { slot } = column;
  const isKnown = slotIsKnown(slot, storage);
  if (storage === "huge") return { isKnown, words: addressWords(slot, key.cut) };
  const value = slotPart(slot, "value");
  if (storage === "double") return { isKnown, words: [`(i64.reinterpret_f64 ${value})`] };
  return { isKnown, words: [cutNumber(value, key, module)] };
}

function addressWords(slot: number, cut: ScanCut | null): string[] {
  const [low, high] = [slotPart(slot, "low"), slotPart(slot, "high")];
  if (cut === null) return [low, high];
  invariant(cut.kind === "network", "addresses are cut to networks");
  const isV4 = `(i32.and (i64.eqz ${high}) (i64.eq (i64.shr_u ${low} ${i64(32)}) ${i64(0xffff)}))`;
  const masks = (bits: number) => {
    const mask = (1n << 128n) - (1n << BigInt(128 - bits));
    return { low: i64(BigInt.asIntN(64, mask)), high: i64(BigInt.asIntN(64, mask >> 64n)) };
  };
  const [v4, v6] = [masks(96 + cut.v4Bits), masks(cut.v6Bits)];
  return [
    `(i64.and ${low} (select ${v4.low} ${v6.low} ${isV4}))`,
    `(i64.and ${high} (select ${v4.high} ${v6.high} ${isV4}))`,
  ];
}

function cutNumber(value: string, { column, cut }: ScanKey, module: ModuleContext): string {
  if (cut === null) return value;
  invariant(cut.kind !== "network", "numbers are not cut to networks");
  switch (cut.kind) {
    case "time": {
      const type = column.kind === "slot" ? module.program.slots[column.slot]?.type.kind : null;
      return multipleOf(value, type === "timestamp-nano" ? cut.stepMs * 1_000_000n : cut.stepMs);
    }
    case "multiple": {
      const size = `(i64.shr_u (i64.xor ${value} (i64.shr_s ${value} ${i64(63)})) ${i64(52)})`;
      return `(select ${multipleOf(value, cut.of)} ${value} (i64.eqz ${size}))`;
    }
    case "remainder":
      return `(i64.rem_s ${value} ${i64(cut.by)})`;
    default:
      return unreachable(cut);
  }
}

/** The largest multiple of `unit` that is not greater, below 0 too. */
function multipleOf(value: string, unit: bigint): string {
  const rest = `(i64.rem_s (i64.add (i64.rem_s ${value} ${i64(unit)}) ${i64(unit)}) ${i64(unit)})`;
  return `(i64.sub ${value} ${rest})`;
}

/** Keys at fixed places: what they are compared and stored with, once the locals are set. */
export interface FixedKeys {
  /** Local: 31 bits. */
  readonly hash: string;
  /** Local: bit i is set when key i is NULL. */
  readonly nulls: string;
  /** Locals, in the order in which entries hold them. */
  readonly words: readonly string[];
}

/** Puts keys into locals and hashes them. */
export function emitFixedKeys(
  keys: readonly ScanKey[],
  module: ModuleContext,
  writer: FunctionWriter,
): FixedKeys {
  const nulls = writer.local("i32", "nulls");
  const hash = writer.local("i32", "hash");
  const wide = writer.local("i64", "wide");
  const words: string[] = [];
  writer.line(set(nulls, i32(0)));
  keys.forEach((key, index) => {
    const { isKnown, words: values } = wordsOf(key, columnStorage(key.column, module), module);
    const locals = values.map(() => writer.local("i64", "key"));
    const taken = values.map((value, place) => set(locals[place] ?? "", value));
    if (isKnown === null) writer.line(...taken);
    else {
      writer.line(
        `(if ${isKnown} (then`,
        ...taken,
        ") (else",
        ...locals.map((local) => set(local, i64(0))),
        set(nulls, `(i32.or ${get(nulls)} ${i32((1 << index) | 0)})`),
        "))",
      );
    }
    words.push(...locals);
  });
  writer.line(set(wide, `(i64.extend_i32_u ${get(nulls)})`));
  for (const word of words) {
    writer.line(
      set(wide, `(i64.mul (i64.xor ${get(wide)} ${get(word)}) (i64.const 0x9E3779B97F4A7C15))`),
      set(wide, `(i64.xor ${get(wide)} (i64.shr_u ${get(wide)} ${i64(32)}))`),
    );
  }
  writer.line(
    set(hash, `(i32.wrap_i64 (i64.shr_u (i64.mul ${get(wide)} (i64.const 0xff51afd7ed558ccd)) ${i64(33)}))`),
  );
  return { hash, nulls, words };
}

/** Bytes of a key that is no text, at most, when keys are written. */
export const LONGEST_WRITTEN_KEY = 17;

/**
 * Writes a key behind the others at `top`, and moves `top`; the function gives 1 when there is no room for a text and `slack` bytes
 * behind it.
 */
export function emitWrittenKey(
  key: ScanKey,
  { top, slack }: { readonly top: string; readonly slack: number },
  module: ModuleContext,
  writer: FunctionWriter,
): void {
  const storage = columnStorage(key.column, module);
  const { column } = key;
  if (storage === "text") {
    if (column.kind !== "slot") {
      const length = `(i32.sub ${get("$q")} ${get("$p")})`;
      const isThere = column.kind === "raw-text" ? `(i32.eqz ${get("$gap")})` : get("$gap");
      writer.line(`(if ${isThere} (then`);
      emitText({ at: get("$p"), length, encoding: i32(0), slack }, top, writer);
    } else {
      const { slot } = column;
      const part = (name: "at" | "length" | "encoding") => slotPart(slot, name);
      writer.line(`(if ${slotIsKnown(slot, storage)} (then`);
      emitText({ at: part("at"), length: part("length"), encoding: part("encoding"), slack }, top, writer);
    }
    emitMissing(top, writer);
    return;
  }
  const { isKnown, words } = wordsOf(key, storage, module);
  const stores = words.map((word, index) => `(i64.store offset=${1 + 8 * index} ${get(top)} ${word})`);
  const write = [
    `(i32.store8 ${get(top)} ${i32(1)})`,
    ...stores,
    set(top, plus(get(top), 1 + 8 * words.length)),
  ];
  if (isKnown === null) return writer.line(...write);
  writer.line(`(if ${isKnown} (then`, ...write);
  emitMissing(top, writer);
}

function emitMissing(top: string, writer: FunctionWriter): void {
  writer.line(") (else", `(i32.store8 ${get(top)} ${i32(0)})`, set(top, plus(get(top), 1)), "))");
}

interface TextKey {
  readonly at: string;
  readonly length: string;
  readonly encoding: string;
  readonly slack: number;
}

function emitText({ at, length, encoding, slack }: TextKey, top: string, writer: FunctionWriter): void {
  writer.line(
    `(call $view ${at} ${length} ${encoding})`,
    `(global.set $heapNeeded (i32.add (global.get $textLength) ${i32(slack)}))`,
    `(if (i32.gt_u (global.get $heapNeeded) (i32.sub (global.get $arenaEnd) ${get(top)})) (then (return ${i32(1)})))`,
    `(i32.store8 ${get(top)} ${i32(1)})`,
    `(i32.store offset=1 ${get(top)} (global.get $textLength))`,
    `(call $copy ${plus(get(top), 5)} (global.get $textAt) (global.get $textLength))`,
    set(top, plus(`(i32.add ${get(top)} (global.get $textLength))`, 5)),
  );
}
