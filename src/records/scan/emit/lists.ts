/** Long lists of constants as tables in the module's memory, so that a test of membership costs the same for ten values and for ten thousand. */
import { invariant } from "#text";
import type { ScanNetwork } from "../../program/scan-spec.ts";
import type { ModuleContext } from "./context.ts";
import { i32 } from "./wat.ts";

/** Lists of fewer values are compared one by one. */
export const LEAST_TABLE_VALUES = 9;

/** 1 when an i64 is one of the values. Doubles are looked up by their bits. */
export function isInLongs(value: string, values: readonly bigint[], module: ModuleContext): string {
  const sorted = BigInt64Array.from(new Set(values)).sort();
  const at = module.data.place(new Uint8Array(sorted.buffer));
  return `(call $inLongs ${value} ${i32(at)} ${i32(sorted.length)})`;
}

/** The bits of a double, those of 0 for both zeros. */
export function bitsOf(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value === 0 ? 0 : value);
  return bits.getBigInt64(0);
}

/** First and last address of a network. */
export function rangeOf({ base, prefixLength }: ScanNetwork): readonly [bigint, bigint] {
  const hostBits = BigInt(128 - prefixLength);
  const first = (base >> hostBits) << hostBits;
  return [first, first + (1n << hostBits) - 1n];
}

/** 1 when a number of 128 bits, without sign, lies in one of the ranges, ends included. */
export function isInRanges(
  { high, low }: { readonly high: string; readonly low: string },
  ranges: readonly (readonly [bigint, bigint])[],
  module: ModuleContext,
): string {
  const joined = joinRanges(ranges);
  const words = joined.flatMap((range) => range.flatMap((bound) => [bound >> 64n, bound & MASK]));
  const at = module.data.place(new Uint8Array(BigUint64Array.from(words).buffer));
  return `(call $inRanges ${high} ${low} ${i32(at)} ${i32(joined.length)})`;
}

const MASK = (1n << 64n) - 1n;

/** The same numbers as ranges in order that do not meet. */
function joinRanges(ranges: readonly (readonly [bigint, bigint])[]): [bigint, bigint][] {
  const sorted = [...ranges].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const joined: [bigint, bigint][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before === undefined || first > before[1] + 1n) joined.push([first, last]);
    else if (last > before[1]) before[1] = last;
  }
  return joined;
}

/** 1 when the text in `$textAt`, `$textLength` is one of the texts. */
export function isInTexts(texts: readonly Uint8Array[], module: ModuleContext): string {
  const slots = tableSize(texts.length);
  const table = new Uint32Array(2 * slots);
  for (const text of texts) {
    const at = module.data.place(text);
    let slot = hashOf(text) & (slots - 1);
    while (table[2 * slot] !== 0 && table[2 * slot] !== at) slot = (slot + 1) & (slots - 1);
    table.set([at, text.length], 2 * slot);
  }
  const tableAt = module.data.place(new Uint8Array(table.buffer));
  return `(call $inTexts ${i32(tableAt)} ${i32(slots - 1)})`;
}

/** A power of two that leaves at least half of the slots empty. */
function tableSize(values: number): number {
  let size = 16;
  while (size < 2 * values) size *= 2;
  return size;
}

const GOLDEN = 0x9e3779b97f4a7c15n;
const MIX = 0xff51afd7ed558ccdn;

/** What the module's `$hash` gives for these bytes. */
function hashOf(bytes: Uint8Array): number {
  const padded = new Uint8Array(Math.max(8, bytes.length));
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const word = (at: number) => view.getBigUint64(at, true);
  let hash = (BigInt(bytes.length) * GOLDEN) & MASK;
  if (bytes.length >= 8) {
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      hash = ((hash ^ word(at)) * MIX) & MASK;
      hash ^= hash >> 32n;
    }
  }
  const last = word(Math.max(0, bytes.length - 8));
  hash = ((hash ^ last) * MIX) & MASK;
  const folded = ((hash ^ (hash >> 29n)) & MASK) >> 33n;
  invariant(folded < 1n << 31n, "a hash has 31 bits");
  return Number(folded);
}

/** A test that holds when any of many do, without nesting them: a function of its own. */
export function anyOfMany(tests: readonly string[], module: ModuleContext): string {
  const name = `$any${module.functions.length}`;
  const lines = tests.map((test) => `(if ${test} (then (return ${i32(1)})))`);
  module.functions.push(`(func ${name} (result i32)\n${lines.join("\n")}\n${i32(0)}\n)`);
  return `(call ${name})`;
}

/** As `anyOfMany`, for tests that must all hold. */
export function allOfMany(tests: readonly string[], module: ModuleContext): string {
  const name = `$all${module.functions.length}`;
  const lines = tests.map((test) => `(if (i32.eqz ${test}) (then (return ${i32(0)})))`);
  module.functions.push(`(func ${name} (result i32)\n${lines.join("\n")}\n${i32(1)}\n)`);
  return `(call ${name})`;
}

/** Runtime functions that look values up in tables. */
export const LIST_RUNTIME: string = `
;; 1 when a value stands in a sorted table of at least one.
(func $inLongs (param $value i64) (param $at i32) (param $count i32) (result i32)
  (local $half i32) (local $middle i32)
  (loop $again
    (if (i32.gt_u (local.get $count) (i32.const 1)) (then
      (local.set $half (i32.shr_u (local.get $count) (i32.const 1)))
      (local.set $middle (i32.add (local.get $at) (i32.shl (local.get $half) (i32.const 3))))
      (local.set $at (select (local.get $middle) (local.get $at) (i64.le_s (i64.load (local.get $middle)) (local.get $value))))
      (local.set $count (i32.sub (local.get $count) (local.get $half)))
      (br $again))))
  (i64.eq (i64.load (local.get $at)) (local.get $value))
)

;; 1 when [aHigh, aLow] is at most [bHigh, bLow], without sign.
(func $atMost (param $aHigh i64) (param $aLow i64) (param $bHigh i64) (param $bLow i64) (result i32)
  (i32.or (i64.lt_u (local.get $aHigh) (local.get $bHigh))
    (i32.and (i64.eq (local.get $aHigh) (local.get $bHigh)) (i64.le_u (local.get $aLow) (local.get $bLow))))
)

;; 1 when a number lies in one of the ranges of a sorted table of at least one: four words each.
(func $inRanges (param $high i64) (param $low i64) (param $at i32) (param $count i32) (result i32)
  (local $half i32) (local $middle i32)
  (loop $again
    (if (i32.gt_u (local.get $count) (i32.const 1)) (then
      (local.set $half (i32.shr_u (local.get $count) (i32.const 1)))
      (local.set $middle (i32.add (local.get $at) (i32.shl (local.get $half) (i32.const 5))))
      (local.set $at (select (local.get $middle) (local.get $at)
        (call $atMost (i64.load (local.get $middle)) (i64.load offset=8 (local.get $middle)) (local.get $high) (local.get $low))))
      (local.set $count (i32.sub (local.get $count) (local.get $half)))
      (br $again))))
  (i32.and
    (call $atMost (i64.load (local.get $at)) (i64.load offset=8 (local.get $at)) (local.get $high) (local.get $low))
    (call $atMost (local.get $high) (local.get $low) (i64.load offset=16 (local.get $at)) (i64.load offset=24 (local.get $at))))
)

;; 1 when the text in view stands in a table of addresses and lengths by hash; an address of 0 ends a search.
(func $inTexts (param $table i32) (param $mask i32) (result i32)
  (local $slot i32) (local $entry i32) (local $at i32)
  (local.set $slot (i32.and (call $hash (global.get $textAt) (global.get $textLength)) (local.get $mask)))
  (loop $again
    (local.set $entry (i32.add (local.get $table) (i32.shl (local.get $slot) (i32.const 3))))
    (local.set $at (i32.load (local.get $entry)))
    (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
    (if (i32.eq (i32.load offset=4 (local.get $entry)) (global.get $textLength)) (then
      (if (call $same (global.get $textAt) (local.get $at) (global.get $textLength)) (then (return (i32.const 1))))))
    (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (local.get $mask)))
    (br $again))
  (unreachable)
)

;; Puts an ASCII letter into the place of each character of the text in view whose lower case it is: U+0130 and U+212A.
(func $foldRare
  (local $from i32) (local $end i32) (local $to i32) (local $c i32)
  (local.set $from (global.get $textAt))
  (local.set $end (i32.add (global.get $textAt) (global.get $textLength)))
  ;; Most texts are ASCII.
  (block $other
    (loop $ascii
      (if (i32.ge_u (local.get $from) (local.get $end)) (then (return)))
      (br_if $other (i8x16.bitmask (v128.load (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br $ascii)))
  (block $rare
    (loop $look
      (if (i32.ge_u (local.get $from) (local.get $end)) (then (return)))
      (local.set $c (i32.load8_u (local.get $from)))
      (br_if $rare (i32.or (i32.eq (local.get $c) (i32.const 0xC4)) (i32.eq (local.get $c) (i32.const 0xE2))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br $look)))
  (if (i32.gt_u (i32.add (global.get $scratchTop) (i32.add (global.get $textLength) (i32.const 64))) (i32.const SCRATCH_END))
    (then (global.set $tooLong (i32.const 1)) (return)))
  (local.set $from (global.get $textAt))
  (local.set $to (global.get $scratchTop))
  (block $over
    (loop $again
      (br_if $over (i32.ge_u (local.get $from) (local.get $end)))
      (local.set $c (i32.load8_u (local.get $from)))
      (if (i32.and (i32.eq (local.get $c) (i32.const 0xC4)) (i32.eq (i32.load8_u offset=1 (local.get $from)) (i32.const 0xB0))) (then
        (local.set $c (i32.const 105))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))))
      (if (i32.and (i32.eq (local.get $c) (i32.const 0xE2))
        (i32.and (i32.eq (i32.load8_u offset=1 (local.get $from)) (i32.const 0x84)) (i32.eq (i32.load8_u offset=2 (local.get $from)) (i32.const 0xAA)))) (then
        (local.set $c (i32.const 107))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))))
      (i32.store8 (local.get $to) (local.get $c))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br $again)))
  (global.set $textAt (global.get $scratchTop))
  (global.set $textLength (i32.sub (local.get $to) (global.get $scratchTop)))
)
`;
