/**
 * Marks of records, see `program/marks.ts`. Each byte's three-byte text is looked up in a set of bits (hashed, so that the table stays in
 * the first cache); what is found there is compared with the literals of that hash. Disguises are found 16 bytes at a time by two
 * table look-ups per byte, of its low and its high half.
 */
import {
  DISGUISES,
  type EdgedLiteral,
  LONGEST_DECODED_BYTES,
  MOST_DECODINGS,
  readLiteral,
  type ScanMarks,
} from "../../program/marks.ts";
import type { ModuleContext } from "./context.ts";
import { slotIsKnown, slotPart } from "./slots.ts";
import { i32 } from "./wat.ts";

const HASH_BITS = 16;
/** Literals of a hash are found in one of so many lists, by the hash's highest bits. */
const LIST_BITS = 10;
/** An entry: hash, address of the literal, its length, and offset of the three bytes in it with the bits of `EDGES`. */
const ENTRY_BYTES = 16;
/** Bits of an entry's offset: the literal begins, and ends, where a word does. */
const EDGES = { start: 1 << 16, end: 1 << 17 };
/** A set of literals: addresses of its bits, of the starts of its lists, and of its entries. */
const SET_BYTES = 12;
const [QUOTE, PERCENT] = [0x22, 0x25];
const PADDING = Array.from({ length: 16 }, () => 0);

/** Declares the global that tells whether the current record is marked. */
export const MARK_GLOBALS: readonly string[] = [
  "(global $marked (mut i32) (i32.const 0))",
  "(global $percent (mut i32) (i32.const 0))",
];

/** Code that marks a span without a record. */
export const MARK_UNMATCHED = "(global.set $marked (i32.const 1))";

/** Code that marks the record [p, q), whose slots are set. */
export function markRecord({ texts, literals }: ScanMarks, p: string, q: string): readonly string[] {
  const ofTexts = texts.flatMap((text, index) => {
    const { slot } = text;
    const [start, end] = [
      slotPart(slot, "at"),
      `(i32.add ${slotPart(slot, "at")} ${slotPart(slot, "length")})`,
    ];
    const calls = [
      ...(text.signs.length === 0 ? [] : [`(call $hasSign ${start} ${end} ${i32(index)})`]),
      ...(text.literals.length === 0 ? [] : [`(call $mark ${start} ${end} ${i32(index + 1)})`]),
    ];
    // The known of a text is its address, no 0 or 1: it must not meet an "and" of bits.
    const isOpen = `(select ${slotIsKnown(slot, "text")} ${i32(0)} (i32.eqz (global.get $marked)))`;
    return calls.map((call) => `(if ${isOpen} (then (global.set $marked ${call})))`);
  });
  const ofRecord = `(if (i32.eqz (global.get $marked)) (then (global.set $marked (call $mark ${p} ${q} ${i32(0)}))))`;
  return ["(global.set $marked (i32.const 0))", ...ofTexts, ...(literals.length === 0 ? [] : [ofRecord])];
}

/** Writes `$mark` and what it needs. Set 0 is that of the record, the others are those of its texts. */
export function emitMarks(marks: ScanMarks, module: ModuleContext): void {
  const { data } = module;
  const sets = [marks.literals, ...marks.texts.map(({ literals }) => literals)];
  const placed = new Map(
    [...new Set(sets.flat().map((literal) => readLiteral(literal).text))].map((text) => [
      text,
      data.place([...Buffer.from(text, "latin1"), ...PADDING]),
    ]),
  );
  const places: Readonly<Record<string, number>> = {
    SETS: data.place(wordsOf(sets.flatMap((literals) => placeSet(literals, placed, module)))),
    LOW_HALVES: data.place(halves(ALL_DISGUISES, "low")),
    HIGH_HALVES: data.place(halves(ALL_DISGUISES, "high")),
    SIGN_HALVES: data.place(
      marks.texts.flatMap(({ signs }) => [...halves(signs, "low"), ...halves(signs, "high")]),
    ),
    FOLDED: data.place(
      Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)),
    ),
    DECODED: data.reserve(2 * (LONGEST_DECODED_BYTES + 64)),
  };
  const text = MARK_RUNTIME.replace(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) => {
    const place = places[word] ?? CONSTANTS[word];
    return place === undefined ? word : String(place);
  });
  for (const part of text.split(/\n(?=;;)/)) module.functions.push(part.trim());
}

function wordsOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from([...values, 0]).buffer);
}

/** Places the tables of a set; gives their addresses. */
function placeSet(
  literals: readonly string[],
  placed: ReadonlyMap<string, number>,
  { data }: ModuleContext,
): readonly number[] {
  const entries = literals.flatMap((literal) => entriesOf(readLiteral(literal)));
  const bits = new Uint8Array((1 << HASH_BITS) / 8 + 16);
  for (const { hash } of entries) bits[hash >> 3] = (bits[hash >> 3] ?? 0) | (1 << (hash & 7));
  const sorted = entries.toSorted((a, b) => a.hash - b.hash);
  const rows = sorted.flatMap(({ hash, literal: { text, startsWord, endsWord }, offset }) => [
    hash,
    placed.get(text) ?? 0,
    text.length,
    offset | (startsWord ? EDGES.start : 0) | (endsWord ? EDGES.end : 0),
  ]);
  const starts = Array.from({ length: (1 << LIST_BITS) + 1 }, () => ENTRY_BYTES * sorted.length);
  for (let index = sorted.length - 1; index >= 0; index--) {
    const list = (sorted[index]?.hash ?? 0) >> (HASH_BITS - LIST_BITS);
    starts[list] = ENTRY_BYTES * index;
  }
  for (let list = starts.length - 2; list >= 0; list--) {
    starts[list] = Math.min(starts[list] ?? 0, starts[list + 1] ?? 0);
  }
  return [data.place(bits), data.place(wordsOf(starts)), data.place(wordsOf(rows))];
}

interface Entry {
  readonly hash: number;
  readonly literal: EdgedLiteral;
  readonly offset: number;
}

/** How often letters stand in logs, roughly: the rarest three bytes of a literal are those that are looked for. */
const FREQUENT = ' etaoinsr/lcdhpum.g01-2;:3fybwk45)(,67_"89vjxqz=&?';

function rarity(text: string): number {
  return [...text].reduce((sum, character) => {
    const rank = FREQUENT.indexOf(character);
    return sum + (rank < 0 ? 60 : rank);
  }, 0);
}

/**
 * The entries of a literal, by its rarest three bytes. Bytes are hashed with the bit set that tells lower case from upper: letters of both
 * fall together, and so do some signs, which the comparison tells apart.
 */
function entriesOf(literal: EdgedLiteral): readonly Entry[] {
  const { text } = literal;
  const starts = Array.from({ length: Math.max(1, text.length - 2) }, (_, offset) => offset);
  const offset = starts.reduce((best, start) =>
    rarity(text.slice(start, start + 3)) > rarity(text.slice(best, best + 3)) ? start : best,
  );
  const three = text.slice(offset, offset + 3);
  const [first = 0, second = 0, third] = [...three].map((one) => one.charCodeAt(0));
  // What stands behind a literal of two bytes may be anything.
  const thirds = third === undefined ? Array.from({ length: 256 }, (_, byte) => byte) : [third];
  const hashes = new Set(thirds.map((byte) => hashOf(first | (second << 8) | (byte << 16))));
  return [...hashes].map((hash) => ({ hash, literal, offset }));
}

const HASH_FACTOR = 0x9e3779b1;
const CASE_BITS = 0x202020;

function hashOf(bytes: number): number {
  return Math.imul(bytes | CASE_BITS, HASH_FACTOR) >>> (32 - HASH_BITS);
}

const ALL_DISGUISES = [...DISGUISES, QUOTE, PERCENT];

/** A bit for each high half that wanted bytes have, eight at most: a byte is one of them where both tables have the bit. */
function halves(wanted: readonly number[], side: "low" | "high"): readonly number[] {
  const groups = [...new Set(wanted.map((byte) => byte >> 4))];
  const table = Array.from({ length: 16 }, () => 0);
  for (const byte of wanted) {
    const index = side === "low" ? byte & 15 : byte >> 4;
    table[index] = (table[index] ?? 0) | (1 << groups.indexOf(byte >> 4));
  }
  return table;
}

const CONSTANTS: Readonly<Record<string, number>> = {
  HASH_FACTOR: HASH_FACTOR | 0,
  CASE_BITS,
  SET_BYTES,
  EDGE_START: EDGES.start,
  EDGE_END: EDGES.end,
  HASH_SHIFT: 32 - HASH_BITS,
  LIST_SHIFT: HASH_BITS - LIST_BITS,
  DECODED_BYTES: LONGEST_DECODED_BYTES,
  DECODED_STEP: LONGEST_DECODED_BYTES + 64,
  MOST_DECODINGS,
};

const MARK_RUNTIME = `
;; Whether the bytes [p, q) are marked by what the set holds.
(func $mark (param $p i32) (param $q i32) (param $set i32) (result i32)
  (local $round i32) (local $to i32) (local $end i32)
  (loop $again
    (global.set $percent (i32.const 0))
    (if (call $isDisguised (local.get $p) (local.get $q)) (then (return (i32.const 1))))
    (if (call $hasLiteral (local.get $p) (local.get $q) (local.get $set)) (then (return (i32.const 1))))
    (if (i32.eqz (global.get $percent)) (then (return (i32.const 0))))
    (if (i32.eq (local.get $round) (i32.const MOST_DECODINGS)) (then (return (i32.const 0))))
    (if (i32.gt_u (i32.sub (local.get $q) (local.get $p)) (i32.const DECODED_BYTES)) (then (return (i32.const 1))))
    (local.set $to (i32.add (i32.const DECODED) (i32.mul (i32.and (local.get $round) (i32.const 1)) (i32.const DECODED_STEP))))
    (local.set $end (call $decodePercent (local.get $p) (local.get $q) (local.get $to)))
    ;; 0: nothing was encoded; -1: in a way that is not undone here.
    (if (i32.le_s (local.get $end) (i32.const 0)) (then (return (i32.ne (local.get $end) (i32.const 0)))))
    (local.set $p (local.get $to))
    (local.set $q (local.get $end))
    (local.set $round (i32.add (local.get $round) (i32.const 1)))
    (br $again))
  (unreachable)
)

;; Whether a sign of disguise stands in [p, q); $percent tells whether a percent sign does.
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
        (if (i32.eq (local.get $c) (i32.const 37)) (then (global.set $percent (i32.const 1)) (br $bits)))
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

;; An ASCII letter.
(func $isLetterByte (param $c i32) (result i32)
  (i32.lt_u (i32.sub (i32.or (local.get $c) (i32.const 32)) (i32.const 97)) (i32.const 26))
)

;; Whether one of the literals of the set stands in [p, q).
(func $hasLiteral (param $p i32) (param $q i32) (param $set i32) (result i32)
  (local $at i32) (local $last i32) (local $hash i32) (local $bits i32)
  (local.set $at (local.get $p))
  (local.set $last (i32.sub (local.get $q) (i32.const 1)))
  (local.set $set (i32.add (i32.const SETS) (i32.mul (local.get $set) (i32.const SET_BYTES))))
  (local.set $bits (i32.load (local.get $set)))
  (loop $again
    (if (i32.ge_s (local.get $at) (local.get $last)) (then (return (i32.const 0))))
    (local.set $hash (i32.shr_u (i32.mul (i32.or (i32.and (i32.load (local.get $at)) (i32.const 16777215)) (i32.const CASE_BITS)) (i32.const HASH_FACTOR)) (i32.const HASH_SHIFT)))
    (if (i32.and (i32.shr_u (i32.load8_u (i32.add (local.get $bits) (i32.shr_u (local.get $hash) (i32.const 3)))) (i32.and (local.get $hash) (i32.const 7))) (i32.const 1)) (then
      (if (call $isLiteralAt (local.get $p) (local.get $q) (local.get $at) (local.get $hash) (local.get $set)) (then (return (i32.const 1))))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br $again))
  (unreachable)
)

;; Whether a literal of this hash stands in [p, q), the three bytes of the hash at "at". "set": the address of its tables.
(func $isLiteralAt (param $p i32) (param $q i32) (param $at i32) (param $hash i32) (param $set i32) (result i32)
  (local $entry i32) (local $end i32) (local $from i32) (local $to i32) (local $literal i32) (local $list i32) (local $entries i32)
  (local $first i32) (local $edges i32)
  (local.set $list (i32.add (i32.load offset=4 (local.get $set)) (i32.shl (i32.shr_u (local.get $hash) (i32.const LIST_SHIFT)) (i32.const 2))))
  (local.set $entries (i32.load offset=8 (local.get $set)))
  (local.set $entry (i32.add (local.get $entries) (i32.load (local.get $list))))
  (local.set $end (i32.add (local.get $entries) (i32.load offset=4 (local.get $list))))
  (loop $again
    (if (i32.ge_u (local.get $entry) (local.get $end)) (then (return (i32.const 0))))
    (block $no
      (br_if $no (i32.ne (i32.load (local.get $entry)) (local.get $hash)))
      (local.set $edges (i32.load offset=12 (local.get $entry)))
      (local.set $from (i32.sub (local.get $at) (i32.and (local.get $edges) (i32.const 65535))))
      (local.set $first (local.get $from))
      (local.set $to (i32.add (local.get $from) (i32.load offset=8 (local.get $entry))))
      (br_if $no (i32.or (i32.lt_u (local.get $from) (local.get $p)) (i32.gt_u (local.get $to) (local.get $q))))
      (local.set $literal (i32.load offset=4 (local.get $entry)))
      (loop $bytes
        (if (i32.ge_u (local.get $from) (local.get $to)) (then
          (if (i32.and (local.get $edges) (i32.const EDGE_START)) (then
            (if (i32.gt_u (local.get $first) (local.get $p)) (then
              (br_if $no (call $isLetterByte (i32.load8_u (i32.sub (local.get $first) (i32.const 1)))))))))
          (if (i32.and (local.get $edges) (i32.const EDGE_END)) (then
            (if (i32.lt_u (local.get $to) (local.get $q)) (then
              (br_if $no (call $isLetterByte (i32.load8_u (local.get $to))))))))
          (return (i32.const 1))))
        (br_if $no (i32.ne (i32.load8_u offset=FOLDED (i32.load8_u (local.get $from))) (i32.load8_u (local.get $literal))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $literal (i32.add (local.get $literal) (i32.const 1)))
        (br $bytes)))
    (local.set $entry (i32.add (local.get $entry) (i32.const 16)))
    (br $again))
  (unreachable)
)

;; Writes [p, q) with %NN as bytes; gives the end, 0 when there was none, -1 when there was %u.
(func $decodePercent (param $p i32) (param $q i32) (param $to i32) (result i32)
  (local $c i32) (local $high i32) (local $low i32) (local $changed i32)
  (loop $again
    (if (i32.ge_u (local.get $p) (local.get $q)) (then (return (select (local.get $to) (i32.const 0) (local.get $changed)))))
    (local.set $c (i32.load8_u (local.get $p)))
    (block $plain
      (br_if $plain (i32.ne (local.get $c) (i32.const 37)))
      (if (i32.lt_u (i32.add (local.get $p) (i32.const 1)) (local.get $q)) (then
        (if (i32.eq (i32.or (i32.load8_u offset=1 (local.get $p)) (i32.const 32)) (i32.const 117)) (then (return (i32.const -1))))))
      (br_if $plain (i32.ge_u (i32.add (local.get $p) (i32.const 2)) (local.get $q)))
      (local.set $high (call $hexDigit (i32.load8_u offset=1 (local.get $p))))
      (local.set $low (call $hexDigit (i32.load8_u offset=2 (local.get $p))))
      (br_if $plain (i32.gt_u (i32.or (local.get $high) (local.get $low)) (i32.const 15)))
      (local.set $c (i32.or (i32.shl (local.get $high) (i32.const 4)) (local.get $low)))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (local.set $changed (i32.const 1)))
    (i32.store8 (local.get $to) (local.get $c))
    (local.set $to (i32.add (local.get $to) (i32.const 1)))
    (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (br $again))
  (unreachable)
)`;
