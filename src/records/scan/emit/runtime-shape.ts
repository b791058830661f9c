/**
 * Runtime functions of the scanner for shapes of JSON records, as WebAssembly text; see `json-shape.ts` for what they are for.
 *
 * A shape is the text of a record. Its *holes* are values that are read anew in every record, in their order: those the query looks at,
 * and those that have differed. Other simple values are its *tokens*: one that differs becomes a hole. Objects and arrays without
 * wanted values are its *nests*: where their inside differs otherwise, they are read anew as a whole.
 */

/** Most members of a shape that are looked at, simple ones and objects each. */
export const MOST_SHAPE_NOTES = 64;
const MOST_HOLES = 128;
const MOST_TOKENS = 1024;
const MOST_NESTS = 512;
const MOST_TEXT_BYTES = 32_768;
/** Deeper records are not kept. */
const MOST_DEPTH = 64;
/** Nests that hold a nest that was read anew already, in one record: what bounds the work done twice. */
const MOST_WIDENED = 2;
/** A shape's credit grows by 1 with each record that it explains, up to a most, and falls by this with each that it does not. */
const MISS_COST = 8;
const MOST_CREDIT = 64;
/** Records between two shapes when they explain nothing: twice as many every time, up to this. */
const LONGEST_WAIT = 4096;

const HEAD_BYTES = 64;
const NOTES_BYTES = 8 * MOST_SHAPE_NOTES;
const HOLES_AT = HEAD_BYTES + 2 * NOTES_BYTES;
const HOLE_BYTES = 32;
const JUMPS_AT = HOLES_AT + HOLE_BYTES * (MOST_HOLES + 1);
const TOKENS_AT = JUMPS_AT + 8 * (MOST_HOLES + MOST_NESTS + 2);
const NESTS_AT = TOKENS_AT + 8 * MOST_TOKENS;
const TEXT_AT = NESTS_AT + 8 * MOST_NESTS;

/** Bytes of a shape. */
export const SHAPE_BYTES: number = TEXT_AT + MOST_TEXT_BYTES + 64;

/** Offsets in a shape that code outside of the runtime uses. */
export const SHAPE: {
  readonly values: number;
  readonly objects: number;
  readonly hole: { readonly start: number; readonly after: number; readonly escaped: number };
} = {
  /** Notes of the values that are looked at, 8 bytes each: address in the record that is being read or 0, then address of the hole. */
  values: HEAD_BYTES,
  /** Notes of the values that should be objects, alike. */
  objects: HEAD_BYTES + NOTES_BYTES,
  /** Of a hole: bounds in the record, and whether its text holds an escape. */
  hole: { start: 8, after: 12, escaped: 16 },
};

/** Places in the head: ends of the used parts, and what is thought of the shape. */
const [TEXT_END, HOLES_END, TOKENS_END, NESTS_END, CREDIT, WAIT, NEXT_WAIT] = [0, 4, 8, 12, 16, 20, 24];
/** Of holes, tokens and nests: where they lie in the shape's text. */
const [FROM, TO] = [0, 4];
const BYTES_16 = (byte: number): string => `(v128.const i8x16${` ${byte}`.repeat(16)})`;

/** Following and learning shapes. */
export const SHAPE_RUNTIME: string = `
;; Behind the value that starts here when the shape explains it, or 0; keeps count of how often it does.
(func $tryShape (param $shape i32) (param $q i32) (result i32)
  (local $end i32) (local $wait i32)
  (if (local.tee $wait (i32.load offset=${WAIT} (local.get $shape))) (then
    (i32.store offset=${WAIT} (local.get $shape) (i32.sub (local.get $wait) (i32.const 1)))
    (return (i32.const 0))))
  (if (i32.eqz (i32.load offset=${TEXT_END} (local.get $shape))) (then (return (i32.const 0))))
  (if (local.tee $end (call $followShape (local.get $shape) (local.get $q)))
    (then
      (if (i32.lt_s (i32.load offset=${CREDIT} (local.get $shape)) (i32.const ${MOST_CREDIT})) (then
        (i32.store offset=${CREDIT} (local.get $shape) (i32.add (i32.load offset=${CREDIT} (local.get $shape)) (i32.const 1)))
        (i32.store offset=${NEXT_WAIT} (local.get $shape) (i32.const 0)))))
    (else
      (i32.store offset=${CREDIT} (local.get $shape) (i32.sub (i32.load offset=${CREDIT} (local.get $shape)) (i32.const ${MISS_COST})))
      (if (i32.lt_s (i32.load offset=${CREDIT} (local.get $shape)) (i32.const 0)) (then (call $dropShape (local.get $shape))))))
  (local.get $end)
)

;; The next shape is kept after a while.
(func $dropShape (param $shape i32)
  (local $wait i32)
  (local.set $wait (i32.load offset=${NEXT_WAIT} (local.get $shape)))
  (i32.store offset=${TEXT_END} (local.get $shape) (i32.const 0))
  (i32.store offset=${WAIT} (local.get $shape) (local.get $wait))
  (local.set $wait (i32.add (i32.shl (local.get $wait) (i32.const 1)) (i32.const 1)))
  (i32.store offset=${NEXT_WAIT} (local.get $shape)
    (select (local.get $wait) (i32.const ${LONGEST_WAIT}) (i32.lt_u (local.get $wait) (i32.const ${LONGEST_WAIT}))))
)

;; The work of $tryShape. $t walks through the shape's text, and $t + $delta through the record.
(func $followShape (param $shape i32) (param $q i32) (result i32)
  (local $t i32) (local $delta i32) (local $hole i32) (local $last i32) (local $stop i32) (local $differs i32)
  (local $jump i32) (local $widened i32) (local $nestEnd i32) (local $hit i32) (local $at i32) (local $v v128)
  (local.set $t (i32.add (local.get $shape) (i32.const ${TEXT_AT})))
  (local.set $delta (i32.sub (local.get $q) (local.get $t)))
  (local.set $hole (i32.add (local.get $shape) (i32.const ${HOLES_AT})))
  (local.set $last (i32.load offset=${HOLES_END} (local.get $shape)))
  (local.set $jump (i32.add (local.get $shape) (i32.const ${JUMPS_AT})))
  (local.set $hit (global.get $hit))
  (call $noteJump (local.get $jump) (local.get $t) (local.get $delta))
  (block $unexplained
    (loop $stretch
      (local.set $stop (i32.load offset=${FROM} (local.get $hole)))
      (block $met
        (loop $far
          (if (i32.le_u (i32.add (local.get $t) (i32.const 64)) (local.get $stop)) (then
            (local.set $at (i32.add (local.get $t) (local.get $delta)))
            (if (i32.eq (i32.const 0xffff) (i8x16.bitmask (v128.and
                (v128.and (i8x16.eq (v128.load (local.get $t)) (v128.load (local.get $at)))
                          (i8x16.eq (v128.load offset=16 (local.get $t)) (v128.load offset=16 (local.get $at))))
                (v128.and (i8x16.eq (v128.load offset=32 (local.get $t)) (v128.load offset=32 (local.get $at)))
                          (i8x16.eq (v128.load offset=48 (local.get $t)) (v128.load offset=48 (local.get $at)))))))
              (then
                (local.set $t (i32.add (local.get $t) (i32.const 64)))
                (br $far))))))
        (loop $same
          (local.set $differs (i32.xor (i32.const 0xffff)
            (i8x16.bitmask (i8x16.eq (v128.load (local.get $t)) (v128.load (i32.add (local.get $t) (local.get $delta)))))))
          (if (i32.eqz (local.get $differs)) (then
            (br_if $same (i32.lt_u (local.tee $t (i32.add (local.get $t) (i32.const 16))) (local.get $stop)))
            (br $met))))
        (local.set $t (i32.add (local.get $t) (i32.ctz (local.get $differs))))
        (br_if $met (i32.ge_u (local.get $t) (local.get $stop)))
        (if (call $openToken (local.get $shape) (local.get $hole) (local.get $t)) (then
          (local.set $last (i32.load offset=${HOLES_END} (local.get $shape)))
          (local.set $stop (i32.load offset=${FROM} (local.get $hole)))
          (br $met)))
        ;; The nest is read anew: it goes on behind it.
        (br_if $unexplained (i32.eqz (local.tee $q (call $nestEnd (local.get $shape) (local.get $jump) (local.get $t)))))
        (if (i32.lt_u (global.get $nestStart) (local.get $nestEnd)) (then
          (br_if $unexplained (i32.ge_u (local.tee $widened (i32.add (local.get $widened) (i32.const 1))) (i32.const ${MOST_WIDENED})))))
        (local.set $t (local.tee $nestEnd (global.get $nestStop)))
        (local.set $delta (i32.sub (local.get $q) (local.get $t)))
        (call $noteJump (local.tee $jump (i32.add (local.get $jump) (i32.const 8))) (local.get $t) (local.get $delta))
        (loop $inside
          (if (i32.lt_u (i32.load offset=${FROM} (local.get $hole)) (local.get $t)) (then
            (local.set $hole (i32.add (local.get $hole) (i32.const ${HOLE_BYTES})))
            (br $inside))))
        (br $stretch))
      (local.set $q (i32.add (local.get $stop) (local.get $delta)))
      (if (i32.eq (local.get $hole) (local.get $last)) (then (return (local.get $q))))
      (i32.store offset=${SHAPE.hole.start} (local.get $hole) (local.get $q))
      (i32.store offset=${SHAPE.hole.escaped} (local.get $hole) (i32.const 0))
      (block $read
        (block $other
          (local.set $differs (i32.load8_u (local.get $q)))
          (if (i32.eq (local.get $differs) (i32.const 34)) (then
            (local.set $at (i32.add (local.get $q) (i32.const 1)))
            (loop $again
              (local.set $v (v128.load (local.get $at)))
              (local.set $differs (i8x16.bitmask (v128.or
                (i8x16.lt_u (local.get $v) ${BYTES_16(32)})
                (v128.or (i8x16.eq (local.get $v) ${BYTES_16(34)}) (i8x16.eq (local.get $v) ${BYTES_16(92)})))))
              (if (i32.eqz (local.get $differs)) (then (local.set $at (i32.add (local.get $at) (i32.const 16))) (br $again))))
            (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $differs))))
            (br_if $other (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)))
            (local.set $q (i32.add (local.get $at) (i32.const 1)))
            (br $read)))
          ;; A whole number without a leading zero or sign, of less than 16 digits.
          (br_if $other (i32.gt_u (i32.sub (local.get $differs) (i32.const 49)) (i32.const 8)))
          (local.set $differs (i32.xor (i32.const 0xffff)
            (i8x16.bitmask (i8x16.lt_u (i8x16.sub (v128.load (local.get $q)) ${BYTES_16(48)}) ${BYTES_16(10)}))))
          (br_if $other (i32.eqz (local.get $differs)))
          (local.set $at (i32.add (local.get $q) (i32.ctz (local.get $differs))))
          (local.set $differs (i32.load8_u (local.get $at)))
          (br_if $other (i32.eq (local.get $differs) (i32.const 46)))
          (br_if $other (i32.eq (i32.or (local.get $differs) (i32.const 32)) (i32.const 101)))
          (local.set $q (local.get $at))
          (br $read))
        (global.set $escaped (i32.const 0))
        (br_if $unexplained (i32.eqz (local.tee $q (call $shallowValue (local.get $q)))))
        (i32.store offset=${SHAPE.hole.escaped} (local.get $hole) (global.get $escaped)))
      (i32.store offset=${SHAPE.hole.after} (local.get $hole) (local.get $q))
      (local.set $t (i32.load offset=${TO} (local.get $hole)))
      (local.set $delta (i32.sub (local.get $q) (local.get $t)))
      (local.set $hole (i32.add (local.get $hole) (i32.const ${HOLE_BYTES})))
      (local.set $jump (i32.add (local.get $jump) (i32.const 8)))
      (i32.store (local.get $jump) (local.get $t))
      (i32.store offset=4 (local.get $jump) (local.get $delta))
      (br $stretch)))
  ;; Whether the window's end is to blame is said by who reads member by member.
  (global.set $hit (local.get $hit))
  (i32.const 0)
)

;; From this place of the shape's text on the record lies at this distance.
(func $noteJump (param $jump i32) (param $t i32) (param $delta i32)
  (i32.store (local.get $jump) (local.get $t))
  (i32.store offset=4 (local.get $jump) (local.get $delta))
)

;; Behind the value that starts here, or 0; also 0 when it may be nested so deep that the whole record is too deep.
(func $shallowValue (param $q i32) (result i32)
  (local $end i32)
  (local.set $end (call $jsonWalk (local.get $q)))
  (select (i32.const 0) (local.get $end) (i32.gt_u (i32.sub (local.get $end) (local.get $q)) (i32.const ${(1 << 20) - 2 * MOST_DEPTH})))
)

;; Makes a hole of the token that this place of the text lies in, before the given one: 1 when there was one.
(func $openToken (param $shape i32) (param $hole i32) (param $t i32) (result i32)
  (local $low i32) (local $high i32) (local $middle i32) (local $from i32) (local $last i32)
  (local.set $low (i32.const 0))
  (local.set $high (i32.shr_u (i32.sub (i32.load offset=${TOKENS_END} (local.get $shape)) (i32.add (local.get $shape) (i32.const ${TOKENS_AT}))) (i32.const 3)))
  (loop $again
    (if (i32.lt_u (local.get $low) (local.get $high)) (then
      (local.set $middle (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1)))
      (if (i32.le_u (i32.load offset=${TOKENS_AT} (i32.add (local.get $shape) (i32.shl (local.get $middle) (i32.const 3)))) (local.get $t))
        (then (local.set $low (i32.add (local.get $middle) (i32.const 1))))
        (else (local.set $high (local.get $middle))))
      (br $again))))
  (if (i32.eqz (local.get $low)) (then (return (i32.const 0))))
  (local.set $low (i32.add (i32.add (local.get $shape) (i32.const ${TOKENS_AT - 8})) (i32.shl (local.get $low) (i32.const 3))))
  (local.set $high (i32.load offset=${TO} (local.get $low)))
  (local.set $from (i32.load offset=${FROM} (local.get $low)))
  ;; A number may go on where the shape's ends; a string may not. A token that is a hole already has no end.
  (if (i32.ge_u (local.get $t) (i32.add (local.get $high) (i32.ne (i32.load8_u (local.get $from)) (i32.const 34)))) (then (return (i32.const 0))))
  (local.set $last (i32.load offset=${HOLES_END} (local.get $shape)))
  (if (i32.ge_u (local.get $last) (i32.add (local.get $shape) (i32.const ${HOLES_AT + HOLE_BYTES * MOST_HOLES}))) (then (return (i32.const 0))))
  (i32.store offset=${TO} (local.get $low) (i32.const 0))
  (call $insertHole (local.get $shape) (local.get $hole) (local.get $from) (local.get $high))
  (i32.const 1)
)

;; Puts a hole before another; the notes of wanted values move along.
(func $insertHole (param $shape i32) (param $hole i32) (param $from i32) (param $to i32)
  (local $last i32) (local $note i32) (local $i i32)
  (local.set $last (i32.load offset=${HOLES_END} (local.get $shape)))
  (memory.copy (i32.add (local.get $hole) (i32.const ${HOLE_BYTES})) (local.get $hole)
    (i32.add (i32.sub (local.get $last) (local.get $hole)) (i32.const ${HOLE_BYTES})))
  (i32.store offset=${HOLES_END} (local.get $shape) (i32.add (local.get $last) (i32.const ${HOLE_BYTES})))
  (i32.store offset=${FROM} (local.get $hole) (local.get $from))
  (i32.store offset=${TO} (local.get $hole) (local.get $to))
  (local.set $note (i32.add (local.get $shape) (i32.const ${SHAPE.values})))
  (loop $notes
    (if (i32.ge_u (i32.load offset=4 (local.get $note)) (local.get $hole)) (then
      (i32.store offset=4 (local.get $note) (i32.add (i32.load offset=4 (local.get $note)) (i32.const ${HOLE_BYTES})))))
    (local.set $note (i32.add (local.get $note) (i32.const 8)))
    (br_if $notes (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${MOST_SHAPE_NOTES}))))
)

;; Where the record's value ends that stands for the innermost nest around a place of the text, or 0; $nestStart and $nestStop are the nest's bounds.
(func $nestEnd (param $shape i32) (param $jump i32) (param $t i32) (result i32)
  (local $nest i32) (local $last i32) (local $from i32)
  (local.set $nest (i32.add (local.get $shape) (i32.const ${NESTS_AT})))
  (local.set $last (i32.load offset=${NESTS_END} (local.get $shape)))
  (loop $search
    (if (i32.ge_u (local.get $nest) (local.get $last)) (then (return (i32.const 0))))
    (local.set $from (i32.load offset=${FROM} (local.get $nest)))
    (if (i32.or (i32.gt_u (local.get $from) (local.get $t)) (i32.le_u (i32.load offset=${TO} (local.get $nest)) (local.get $t))) (then
      (local.set $nest (i32.add (local.get $nest) (i32.const 8)))
      (br $search))))
  (global.set $nestStart (local.get $from))
  (global.set $nestStop (i32.load offset=${TO} (local.get $nest)))
  (loop $back
    (if (i32.gt_u (i32.load (local.get $jump)) (local.get $from)) (then
      (local.set $jump (i32.sub (local.get $jump) (i32.const 8)))
      (br $back))))
  (call $shallowValue (i32.add (local.get $from) (i32.load offset=4 (local.get $jump))))
)

;; Keeps the value in [start, end), which is well-formed, as the shape, unless there is one or it is not yet time for one.
(func $learnShape (param $shape i32) (param $start i32) (param $end i32)
  (local $t i32) (local $length i32)
  (local.set $length (i32.sub (local.get $end) (local.get $start)))
  (if (i32.or (i32.load offset=${TEXT_END} (local.get $shape)) (i32.load offset=${WAIT} (local.get $shape))) (then (return)))
  (if (i32.ne (i32.load8_u (local.get $start)) (i32.const 123)) (then (return)))
  (if (i32.gt_u (local.get $length) (i32.const ${MOST_TEXT_BYTES})) (then (call $dropShape (local.get $shape)) (return)))
  (local.set $t (i32.add (local.get $shape) (i32.const ${TEXT_AT})))
  (memory.copy (local.get $t) (local.get $start) (local.get $length))
  (local.set $end (i32.add (local.get $t) (local.get $length)))
  (i64.store (local.get $end) (i64.const 0))
  (call $moveNotes (local.get $shape) (i32.sub (local.get $t) (local.get $start)))
  (i32.store offset=${HOLES_END} (local.get $shape) (i32.add (local.get $shape) (i32.const ${HOLES_AT})))
  (i32.store offset=${HOLES_AT + FROM} (local.get $shape) (local.get $end))
  (i32.store offset=${TOKENS_END} (local.get $shape) (i32.add (local.get $shape) (i32.const ${TOKENS_AT})))
  (i32.store offset=${NESTS_END} (local.get $shape) (i32.add (local.get $shape) (i32.const ${NESTS_AT})))
  (if (call $readShape (local.get $shape) (local.get $end))
    (then
      (i32.store offset=${TEXT_END} (local.get $shape) (local.get $end))
      (i32.store offset=${CREDIT} (local.get $shape) (i32.const ${MISS_COST})))
    (else (call $dropShape (local.get $shape))))
)

;; Notes of the record become places in the shape's text.
(func $moveNotes (param $shape i32) (param $distance i32)
  (local $note i32) (local $i i32)
  (local.set $note (i32.add (local.get $shape) (i32.const ${SHAPE.values})))
  (loop $notes
    (if (i32.load (local.get $note)) (then (i32.store (local.get $note) (i32.add (i32.load (local.get $note)) (local.get $distance)))))
    (i32.store offset=4 (local.get $note) (i32.const 0))
    (local.set $note (i32.add (local.get $note) (i32.const 8)))
    (br_if $notes (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${2 * MOST_SHAPE_NOTES}))))
)

;; The first note in [from, to) of a value that begins in [low, high), or 0.
(func $noteIn (param $from i32) (param $to i32) (param $low i32) (param $high i32) (result i32)
  (loop $again
    (if (i32.lt_u (i32.sub (i32.load (local.get $from)) (local.get $low)) (i32.sub (local.get $high) (local.get $low))) (then (return (local.get $from))))
    (local.set $from (i32.add (local.get $from) (i32.const 8)))
    (br_if $again (i32.lt_u (local.get $from) (local.get $to))))
  (i32.const 0)
)

;; Finds holes, tokens and nests of the shape's text; 0 when it is nested too deep.
(func $readShape (param $shape i32) (param $end i32) (result i32)
  (local $q i32) (local $c i32) (local $from i32) (local $note i32) (local $values i32) (local $objects i32) (local $rest i32) (local $open i32)
  (local.set $q (i32.add (local.get $shape) (i32.const ${TEXT_AT})))
  (local.set $values (i32.add (local.get $shape) (i32.const ${SHAPE.values})))
  (local.set $objects (i32.add (local.get $shape) (i32.const ${SHAPE.objects})))
  (local.set $rest (i32.add (local.get $shape) (i32.const ${HOLES_AT})))
  ;; Starts of open objects and arrays: nobody jumps meanwhile.
  (local.set $open (i32.add (local.get $shape) (i32.const ${JUMPS_AT})))
  (loop $again
    (if (i32.ge_u (local.get $q) (local.get $end)) (then (return (i32.const 1))))
    (local.set $c (i32.load8_u (local.tee $from (local.get $q))))
    (if (local.tee $note (call $noteIn (local.get $values) (local.get $objects) (local.get $q) (i32.add (local.get $q) (i32.const 1)))) (then
      (local.set $q (call $jsonWalk (local.get $q)))
      (call $appendHole (local.get $shape) (local.get $from) (local.get $q))
      (i32.store offset=4 (local.get $note) (i32.sub (i32.load offset=${HOLES_END} (local.get $shape)) (i32.const ${HOLE_BYTES})))
      (br $again)))
    (local.set $q (i32.add (local.get $q) (i32.const 1)))
    (if (i32.eq (i32.or (local.get $c) (i32.const 32)) (i32.const 123)) (then
      (if (i32.ge_u (i32.sub (local.get $open) (local.get $shape)) (i32.const ${JUMPS_AT + 4 * MOST_DEPTH})) (then (return (i32.const 0))))
      (i32.store (local.get $open) (local.get $from))
      (local.set $open (i32.add (local.get $open) (i32.const 4)))
      (br $again)))
    (if (i32.eq (i32.or (local.get $c) (i32.const 32)) (i32.const 125)) (then
      (local.set $from (i32.load (local.tee $open (i32.sub (local.get $open) (i32.const 4)))))
      ;; The whole record is no nest.
      (br_if $again (i32.eq (local.get $open) (i32.add (local.get $shape) (i32.const ${JUMPS_AT}))))
      (if (i32.eqz (call $noteIn (local.get $values) (local.get $rest) (local.get $from) (local.get $q))) (then
        (call $appendPair (local.get $shape) (i32.const ${NESTS_END}) (i32.const ${NESTS_AT + 8 * MOST_NESTS}) (local.get $from) (local.get $q))))
      (br $again)))
    ;; What is left are blanks, commas, colons, names and simple values.
    (br_if $again (i32.or (i32.le_u (local.get $c) (i32.const 32)) (i32.or (i32.eq (local.get $c) (i32.const 44)) (i32.eq (local.get $c) (i32.const 58)))))
    (local.set $q (call $jsonWalk (local.get $from)))
    (br_if $again (i32.eq (i32.load8_u (call $jsonBlank (local.get $q))) (i32.const 58)))
    ;; What should be an object and is none stays as it is.
    (br_if $again (call $noteIn (local.get $objects) (local.get $rest) (local.get $from) (local.get $q)))
    (call $appendPair (local.get $shape) (i32.const ${TOKENS_END}) (i32.const ${TOKENS_AT + 8 * MOST_TOKENS}) (local.get $from) (local.get $q))
    (br $again))
  (unreachable)
)

;; A hole behind all others; the place behind it ends at the text's end as before.
(func $appendHole (param $shape i32) (param $from i32) (param $to i32)
  (call $insertHole (local.get $shape) (i32.load offset=${HOLES_END} (local.get $shape)) (local.get $from) (local.get $to))
)

;; Appends a pair to the list whose end stands at an offset of the shape, when there is room.
(func $appendPair (param $shape i32) (param $list i32) (param $most i32) (param $from i32) (param $to i32)
  (local $at i32)
  (local.set $at (i32.load (i32.add (local.get $shape) (local.get $list))))
  (if (i32.ge_u (local.get $at) (i32.add (local.get $shape) (local.get $most))) (then (return)))
  (i32.store (local.get $at) (local.get $from))
  (i32.store offset=4 (local.get $at) (local.get $to))
  (i32.store (i32.add (local.get $shape) (local.get $list)) (i32.add (local.get $at) (i32.const 8)))
)
`;
