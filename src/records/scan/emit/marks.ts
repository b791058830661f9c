/**
 * Marks of records, see `program/marks.ts`. Each byte's three-byte text is looked up in a set of bits (hashed, so that the table stays in
 * the first cache); what is found there is compared with the literals of that hash. Disguises are found 16 bytes at a time by two
 * table look-ups per byte, of its low and its high half.
 */
import {
  DISGUISES,
  LONGEST_DECODED_BYTES,
  MOST_DECODINGS,
  markOfSlot,
  RECORD_MARK,
  type ScanMarks,
} from "../../program/marks.ts";
import type { ModuleContext } from "./context.ts";
import { slotIsKnown, slotPart } from "./slots.ts";
import { i32 } from "./wat.ts";

/** Bits of the hash per table: so many that about one in sixteen of a table's bits is set. */
const [FEWEST_HASH_BITS, MOST_HASH_BITS] = [11, 18];
const BITS_PER_ENTRY = 16;
/** Literals of a hash are found in one of so many lists, by the hash's highest bits. */
const LIST_BITS = 10;
/** An entry: hash, address of the literal, its length, offset of the three bytes in it. */
const ENTRY_BYTES = 16;
const [QUOTE, PERCENT, PLUS] = [0x22, 0x25, 0x2b];

/** Declares the global that tells what of the current record is marked. */
export const MARK_GLOBALS: readonly string[] = [
  "(global $marked (mut i32) (i32.const 0))",
  "(global $encoded (mut i32) (i32.const 0))",
];

/** Code that marks a span without a record. */
export const MARK_UNMATCHED: string = `(global.set $marked ${i32(RECORD_MARK)})`;

/** 1 when the record is marked. */
export const IS_MARKED: string = `(i32.ne (global.get $marked) ${i32(0)})`;

/** Code that marks the record [p, q), whose slots are set. */
export function markRecord(marks: ScanMarks, p: string, q: string): readonly string[] {
  const tables = tablesOf(marks);
  const ofSlots = marks.slots.map((one, index) => {
    const { slot, bytes, literals } = one;
    const span = `${slotPart(slot, "at")} (i32.add ${slotPart(slot, "at")} ${slotPart(slot, "length")})`;
    const isFound = `(call $mark${tables.indexOf(keyOf(literals))} ${span} ${i32(bytes.length === 0 ? NO_SIGNS : index)})`;
    const mark = `(global.set $marked (i32.or (global.get $marked) ${i32(markOfSlot(index))}))`;
    return `(if ${slotIsKnown(slot, "text")} (then (if ${isFound} (then ${mark}))))`;
  });
  const whole = `(if (i32.eqz (global.get $marked)) (then (global.set $marked (call $mark${tables.indexOf(keyOf(marks.literals))} ${p} ${q} ${i32(NO_SIGNS)}))))`;
  return ["(global.set $marked (i32.const 0))", ...ofSlots, ...(marks.literals.length === 0 ? [] : [whole])];
}

/** In place of the number of a set of bytes: none is looked for. */
const NO_SIGNS = -1;

/** The lists of literals, each once. */
function tablesOf({ literals, slots }: ScanMarks): readonly string[] {
  const lists = [...(literals.length === 0 ? [] : [literals]), ...slots.map((one) => one.literals)];
  return [...new Set(lists.map(keyOf))];
}

function keyOf(literals: readonly string[]): string {
  return JSON.stringify(literals);
}

/** Writes `$mark0` and its like, one per list of literals, and what they need. */
export function emitMarks(marks: ScanMarks, module: ModuleContext): void {
  const { data } = module;
  const shared: Readonly<Record<string, number>> = {
    LOW_HALVES: data.place(halves(ALL_DISGUISES, "low")),
    HIGH_HALVES: data.place(halves(ALL_DISGUISES, "high")),
    SIGN_HALVES: data.place(
      marks.slots.flatMap(({ bytes }) => [...halves(bytes, "low"), ...halves(bytes, "high")]),
    ),
    FOLDED: data.place(
      Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)),
    ),
    DECODED: data.reserve(2 * (LONGEST_DECODED_BYTES + 64)),
    ...CONSTANTS,
  };
  writeFunctions(MARK_RUNTIME, shared, module);
  const lists = [marks.literals, ...marks.slots.map(({ literals }) => literals)];
  for (const [table, key] of tablesOf(marks).entries()) {
    const literals = lists.find((list) => keyOf(list) === key) ?? [];
    const places = { ...shared, ...placeTable(literals, module), TABLE: table };
    writeFunctions(TABLE_RUNTIME, places, module);
  }
}

function writeFunctions(
  text: string,
  places: Readonly<Record<string, number>>,
  { functions }: ModuleContext,
): void {
  const filled = text.replace(/[A-Z]{3,}(?:_[A-Z]+)*/g, (word) => String(places[word] ?? word));
  for (const part of filled.split(/\n(?=;;)/)) functions.push(part.trim());
}

/** Places a table of literals, and tells where it lies. Cost: linear; tables of ten thousand literals are usual. */
function placeTable(literals: readonly string[], { data }: ModuleContext): Readonly<Record<string, number>> {
  const anchors = literals.map(anchorOf);
  const count = anchors.reduce((sum, { words }) => sum + words.length, 0);
  const hashBits = Math.min(
    MOST_HASH_BITS,
    Math.max(FEWEST_HASH_BITS, Math.ceil(Math.log2(BITS_PER_ENTRY * count))),
  );
  const hashOf = (word: number) => Math.imul(word, HASH_FACTOR) >>> (32 - hashBits);
  const listShift = hashBits - LIST_BITS;
  const bits = new Uint8Array((1 << hashBits) / 8 + 16);
  const starts = new Uint32Array((1 << LIST_BITS) + 2);
  for (const { words } of anchors) {
    for (const word of words) {
      const hash = hashOf(word);
      bits[hash >> 3] = (bits[hash >> 3] ?? 0) | (1 << (hash & 7));
      const next = (hash >> listShift) + 1;
      starts[next] = (starts[next] ?? 0) + ENTRY_BYTES;
    }
  }
  for (let list = 1; list <= 1 << LIST_BITS; list++)
    starts[list] = (starts[list] ?? 0) + (starts[list - 1] ?? 0);
  const ends = starts.slice();
  const rows = new Uint32Array((ENTRY_BYTES / 4) * count + 1);
  let address = data.place(Buffer.from(literals.join(""), "latin1"));
  for (const { length, offset, words } of anchors) {
    for (const word of words) {
      const hash = hashOf(word);
      const end = ends[hash >> listShift] ?? 0;
      ends[hash >> listShift] = end + ENTRY_BYTES;
      rows.set([hash, address, length, offset], end / 4);
    }
    address += length;
  }
  const place = (words: Uint32Array) => data.place(new Uint8Array(words.buffer));
  return {
    BITS: data.place(bits),
    STARTS: place(starts),
    ENTRIES: place(rows),
    HASH_SHIFT: 32 - hashBits,
    LIST_SHIFT: listShift,
  };
}

interface Anchor {
  readonly length: number;
  /** Where the three bytes stand that are looked for. */
  readonly offset: number;
  /** What these bytes are, as the scan hashes them. */
  readonly words: readonly number[];
}

/** How often letters stand in logs, roughly: the rarest three bytes of a literal are those that are looked for. */
const FREQUENT = ' etaoinsr/lcdhpum.g01-2;:3fybwk45)(,67_"89vjxqz=&?';

const RARITIES: readonly number[] = Array.from({ length: 256 }, (_, code) => {
  const rank = FREQUENT.indexOf(String.fromCharCode(code));
  return rank < 0 ? 60 : rank;
});

/** How rare the three characters from a place on are. */
function rarity(text: string, start: number): number {
  let sum = 0;
  for (let at = start; at < Math.min(start + 3, text.length); at++)
    sum += RARITIES[text.charCodeAt(at)] ?? 60;
  return sum;
}

/** Set in all bytes that are hashed: letters of both cases, and some other bytes, become the same. */
const CASE_BIT = 0x20;

/** What may stand behind a literal of two bytes, as the scan hashes it: anything. */
const ANY_THIRD: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => (byte & CASE_BIT) !== 0,
);

function anchorOf(literal: string): Anchor {
  let offset = 0;
  let rarest = rarity(literal, 0);
  for (let start = 1; start + 3 <= literal.length; start++) {
    const found = rarity(literal, start);
    if (found <= rarest) continue;
    rarest = found;
    offset = start;
  }
  const byteAt = (index: number) => literal.charCodeAt(offset + index) | CASE_BIT;
  const pair = byteAt(0) | (byteAt(1) << 8);
  const thirds = literal.length === 2 ? ANY_THIRD : [byteAt(2)];
  return { length: literal.length, offset, words: thirds.map((byte) => pair | (byte << 16)) };
}

const HASH_FACTOR = 0x9e3779b1;

const ALL_DISGUISES = [...DISGUISES, QUOTE, PERCENT, PLUS];

/**
 * A bit for each set of low halves that wanted bytes have behind some high half, eight at most: a byte is one of them where both tables have
 * the bit.
 */
function halves(wanted: readonly number[], side: "low" | "high"): readonly number[] {
  const lowsOf = Array.from({ length: 16 }, () => 0);
  for (const byte of wanted) lowsOf[byte >> 4] = (lowsOf[byte >> 4] ?? 0) | (1 << (byte & 15));
  const groups = [...new Set(lowsOf)].filter((lows) => lows !== 0);
  const bitOf = (lows: number) => (lows === 0 ? 0 : 1 << groups.indexOf(lows));
  if (side === "high") return lowsOf.map(bitOf);
  return lowsOf.map((_, low) =>
    groups.reduce((bits, lows) => bits | (((lows >> low) & 1) === 0 ? 0 : bitOf(lows)), 0),
  );
}

const CONSTANTS: Readonly<Record<string, number>> = {
  HASH_FACTOR: HASH_FACTOR | 0,
  CASE_BITS: CASE_BIT * 0x010101,
  DECODED_BYTES: LONGEST_DECODED_BYTES,
  DECODED_STEP: LONGEST_DECODED_BYTES + 64,
  MOST_DECODINGS,
};

/** Per list of literals. */
const TABLE_RUNTIME = `
;; Whether the bytes [p, q) are marked, by a literal, a disguise or a byte of the set with this number; -1: no set.
(func $markTABLE (param $p i32) (param $q i32) (param $set i32) (result i32)
  (local $round i32) (local $to i32) (local $end i32)
  (loop $again
    (global.set $encoded (i32.const 0))
    (if (i32.ge_s (local.get $set) (i32.const 0)) (then
      (if (call $hasSign (local.get $p) (local.get $q) (local.get $set)) (then (return (i32.const 1))))))
    (if (call $isDisguised (local.get $p) (local.get $q)) (then (return (i32.const 1))))
    (if (call $hasLiteralTABLE (local.get $p) (local.get $q)) (then (return (i32.const 1))))
    ;; What is left undecoded in the end is a percent sign.
    (if (i32.eq (local.get $round) (i32.const MOST_DECODINGS)) (then (return (i32.and (global.get $encoded) (i32.const 1)))))
    ;; A plus is a blank at first only.
    (if (local.get $round) (then (global.set $encoded (i32.and (global.get $encoded) (i32.const 1)))))
    (if (i32.eqz (global.get $encoded)) (then (return (i32.const 0))))
    (if (i32.gt_u (i32.sub (local.get $q) (local.get $p)) (i32.const DECODED_BYTES)) (then (return (i32.const 1))))
    (local.set $to (i32.add (i32.const DECODED) (i32.mul (i32.and (local.get $round) (i32.const 1)) (i32.const DECODED_STEP))))
    (local.set $end (call $decode (local.get $p) (local.get $q) (local.get $to) (select (i32.const 43) (i32.const 32) (local.get $round))))
    (if (i32.eqz (local.get $end)) (then (return (i32.const 1))))
    (local.set $p (local.get $to))
    (local.set $q (local.get $end))
    (local.set $round (i32.add (local.get $round) (i32.const 1)))
    (br $again))
  (unreachable)
)

;; Whether one of the literals stands in [p, q).
(func $hasLiteralTABLE (param $p i32) (param $q i32) (result i32)
  (local $at i32) (local $last i32) (local $hash i32)
  (local.set $at (local.get $p))
  (local.set $last (i32.sub (local.get $q) (i32.const 1)))
  (loop $again
    (if (i32.ge_s (local.get $at) (local.get $last)) (then (return (i32.const 0))))
    (local.set $hash (i32.shr_u (i32.mul (i32.or (i32.and (i32.load (local.get $at)) (i32.const 16777215)) (i32.const CASE_BITS)) (i32.const HASH_FACTOR)) (i32.const HASH_SHIFT)))
    (if (i32.and (i32.shr_u (i32.load8_u offset=BITS (i32.shr_u (local.get $hash) (i32.const 3))) (i32.and (local.get $hash) (i32.const 7))) (i32.const 1)) (then
      (if (call $isLiteralAtTABLE (local.get $p) (local.get $q) (local.get $at) (local.get $hash)) (then (return (i32.const 1))))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br $again))
  (unreachable)
)

;; Whether a literal of this hash stands in [p, q), the three bytes of the hash at "at".
(func $isLiteralAtTABLE (param $p i32) (param $q i32) (param $at i32) (param $hash i32) (result i32)
  (local $entry i32) (local $end i32) (local $from i32) (local $to i32) (local $literal i32)
  (local.set $entry (i32.load offset=STARTS (i32.shl (i32.shr_u (local.get $hash) (i32.const LIST_SHIFT)) (i32.const 2))))
  (local.set $end (i32.load offset=STARTS (i32.add (i32.shl (i32.shr_u (local.get $hash) (i32.const LIST_SHIFT)) (i32.const 2)) (i32.const 4))))
  (loop $again
    (if (i32.ge_u (local.get $entry) (local.get $end)) (then (return (i32.const 0))))
    (block $no
      (br_if $no (i32.ne (i32.load offset=ENTRIES (local.get $entry)) (local.get $hash)))
      (local.set $from (i32.sub (local.get $at) (i32.load offset=ENTRIES (i32.add (local.get $entry) (i32.const 12)))))
      (local.set $to (i32.add (local.get $from) (i32.load offset=ENTRIES (i32.add (local.get $entry) (i32.const 8)))))
      (br_if $no (i32.or (i32.lt_u (local.get $from) (local.get $p)) (i32.gt_u (local.get $to) (local.get $q))))
      (local.set $literal (i32.load offset=ENTRIES (i32.add (local.get $entry) (i32.const 4))))
      (loop $bytes
        (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (i32.const 1))))
        (br_if $no (i32.ne (i32.load8_u offset=FOLDED (i32.load8_u (local.get $from))) (i32.load8_u (local.get $literal))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $literal (i32.add (local.get $literal) (i32.const 1)))
        (br $bytes)))
    (local.set $entry (i32.add (local.get $entry) (i32.const 16)))
    (br $again))
  (unreachable)
)
`;

const MARK_RUNTIME = `
;; Whether a sign of disguise stands in [p, q); $encoded tells whether a percent sign (1) or a plus (2) does.
(func $isDisguised (param $p i32) (param $q i32) (result i32)
  (local $v v128) (local $m i32) (local $at i32) (local $c i32) (local $start i32)
  (local.set $start (local.get $p))
  (loop $again
    (if (i32.ge_u (local.get $p) (local.get $q)) (then (return (i32.const 0))))
    (local.set $v (v128.load (local.get $p)))
    (local.set $m (i8x16.bitmask (i8x16.ne (v128.and
      (i8x16.swizzle (v128.load (i32.const LOW_HALVES)) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (i8x16.swizzle (v128.load (i32.const HIGH_HALVES)) (i8x16.shr_u (local.get $v) (i32.const 4))))
      (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0))))
    (block $none
      (loop $bits
        (br_if $none (i32.eqz (local.get $m)))
        (local.set $at (i32.add (local.get $p) (i32.ctz (local.get $m))))
        (if (i32.ge_u (local.get $at) (local.get $q)) (then (return (i32.const 0))))
        (local.set $m (i32.and (local.get $m) (i32.sub (local.get $m) (i32.const 1))))
        (local.set $c (i32.load8_u (local.get $at)))
        (if (i32.eq (local.get $c) (i32.const 37)) (then (global.set $encoded (i32.or (global.get $encoded) (i32.const 1))) (br $bits)))
        (if (i32.eq (local.get $c) (i32.const 43)) (then (global.set $encoded (i32.or (global.get $encoded) (i32.const 2))) (br $bits)))
        (if (i32.ne (local.get $c) (i32.const 34)) (then (return (i32.const 1))))
        ;; A quote: inside a word it is one.
        (br_if $bits (i32.ge_u (i32.add (local.get $at) (i32.const 1)) (local.get $q)))
        (br_if $bits (i32.eq (local.get $at) (local.get $start)))
        (br_if $bits (i32.eqz (call $isWordByte (i32.load8_u (i32.sub (local.get $at) (i32.const 1))))))
        (local.set $c (i32.load8_u offset=1 (local.get $at)))
        (if (i32.or (i32.eq (local.get $c) (i32.const 34)) (call $isWordByte (local.get $c))) (then (return (i32.const 1))))
        (br $bits)))
    (local.set $p (i32.add (local.get $p) (i32.const 16)))
    (br $again))
  (unreachable)
)

;; Whether a byte of the set with this number stands in [p, q).
(func $hasSign (param $p i32) (param $q i32) (param $set i32) (result i32)
  (local $v v128) (local $m i32) (local $low v128) (local $high v128)
  (local.set $set (i32.add (i32.const SIGN_HALVES) (i32.shl (local.get $set) (i32.const 5))))
  (local.set $low (v128.load (local.get $set)))
  (local.set $high (v128.load (i32.add (local.get $set) (i32.const 16))))
  (loop $again
    (if (i32.ge_u (local.get $p) (local.get $q)) (then (return (i32.const 0))))
    (local.set $v (v128.load (local.get $p)))
    (local.set $m (i8x16.bitmask (i8x16.ne (v128.and
      (i8x16.swizzle (local.get $low) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (i8x16.swizzle (local.get $high) (i8x16.shr_u (local.get $v) (i32.const 4))))
      (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0))))
    (if (local.get $m) (then (return (i32.lt_u (i32.add (local.get $p) (i32.ctz (local.get $m))) (local.get $q)))))
    (local.set $p (i32.add (local.get $p) (i32.const 16)))
    (br $again))
  (unreachable)
)

;; A letter, digit or underscore.
(func $isWordByte (param $c i32) (result i32)
  (i32.or
    (i32.or
      (i32.lt_u (i32.sub (i32.or (local.get $c) (i32.const 32)) (i32.const 97)) (i32.const 26))
      (i32.lt_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 10)))
    (i32.eq (local.get $c) (i32.const 95)))
)

;; Writes [p, q) with %NN as bytes and what plus signs stand for; gives the end, 0 when a percent sign encodes no byte.
(func $decode (param $p i32) (param $q i32) (param $to i32) (param $plus i32) (result i32)
  (local $c i32) (local $high i32) (local $low i32)
  (loop $again
    (if (i32.ge_u (local.get $p) (local.get $q)) (then (return (local.get $to))))
    (local.set $c (i32.load8_u (local.get $p)))
    (if (i32.eq (local.get $c) (i32.const 43)) (then (local.set $c (local.get $plus))))
    (block $plain
      (br_if $plain (i32.ne (local.get $c) (i32.const 37)))
      (if (i32.ge_u (i32.add (local.get $p) (i32.const 2)) (local.get $q)) (then (return (i32.const 0))))
      (local.set $high (call $hexDigit (i32.load8_u offset=1 (local.get $p))))
      (local.set $low (call $hexDigit (i32.load8_u offset=2 (local.get $p))))
      (if (i32.gt_u (i32.or (local.get $high) (local.get $low)) (i32.const 15)) (then (return (i32.const 0))))
      (local.set $c (i32.or (i32.shl (local.get $high) (i32.const 4)) (local.get $low)))
      (local.set $p (i32.add (local.get $p) (i32.const 2))))
    (i32.store8 (local.get $to) (local.get $c))
    (local.set $to (i32.add (local.get $to) (i32.const 1)))
    (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (br $again))
  (unreachable)
)
`;
