/**
 * Runtime functions of the scanner for shapes of JSON records, as WebAssembly text; see `json-shape.ts` for what they are for.
 *
 * A shape is the text of a record. Its *holes* are values that are read anew in every record, in their order: those the query looks at,
 * and those that have differed. Other simple values are its *tokens*: one that differs becomes a hole. Objects and arrays without
 * wanted values are its *nests*: where their inside differs otherwise, they are read anew as a whole. A JSON element of a pattern has a
 * set of a few shapes, the last that explained a record is tried first.
 */
import { JSON_DEPTH_LIMIT } from "../layout.ts";
import { vectorOf } from "./wat.ts";

/** Most members that are looked at, simple ones and objects each. */
export const MOST_SHAPE_NOTES = 64;
const MOST_SHAPES = 4;
const MOST_HOLES = 128;
const MOST_TOKENS = 1024;
const MOST_NESTS = 512;
const MOST_TEXT_BYTES = 32_768;
/** Deeper records are not kept. */
const MOST_DEPTH = 64;
/** Nests that hold a nest that was read anew already, in one record: what bounds the work done twice. */
const MOST_WIDENED = 2;
/** A set's credit grows by 1 with each record that it explains, up to a most, and falls by this with each that it does not. */
const MISS_COST = 8;
const MOST_CREDIT = 64;
/** Records that a set without credit lets pass: twice as many every time, up to this. */
const LONGEST_WAIT = 4096;
/** The score of a new shape; the one with the lowest gives way to a new one, and all others are halved. */
const FIRST_SCORE = 4;

const HEAD_BYTES = 64;
const NOTES_BYTES = 4 * MOST_SHAPE_NOTES;
/** Offsets in a shape. */
const PLACES_AT = HEAD_BYTES;
const HOLES_AT = PLACES_AT + NOTES_BYTES;
const HOLE_BYTES = 32;
const JUMPS_AT = HOLES_AT + HOLE_BYTES * (MOST_HOLES + 1);
const TOKENS_AT = JUMPS_AT + 8 * (MOST_HOLES + MOST_NESTS + 2);
const NESTS_AT = TOKENS_AT + 8 * MOST_TOKENS;
const TEXT_AT = NESTS_AT + 8 * MOST_NESTS;
const SHAPE_BYTES = TEXT_AT + MOST_TEXT_BYTES + 64;
/** Offsets in a set. */
const VALUE_NOTES_AT = HEAD_BYTES;
const OBJECT_NOTES_AT = VALUE_NOTES_AT + NOTES_BYTES;
const SHAPES_AT = OBJECT_NOTES_AT + NOTES_BYTES;
const SHAPES_END = SHAPES_AT + MOST_SHAPES * SHAPE_BYTES;

/** What code outside of the runtime must know of a set of shapes. */
export const SHAPES: {
  readonly bytes: number;
  /** Offsets in the set: address of the shape that explained the last record; places of wanted values, and of those that should be objects, in a record. */
  readonly last: number;
  readonly valueNotes: number;
  readonly objectNotes: number;
  /** Offset in a shape: addresses of the holes of wanted values, 0 where there is none. */
  readonly places: number;
  /** Offsets in a hole: the value's bounds in the record, and whether its text holds an escape. */
  readonly hole: { readonly start: number; readonly after: number; readonly escaped: number };
} = {
  bytes: SHAPES_END,
  last: 0,
  valueNotes: VALUE_NOTES_AT,
  objectNotes: OBJECT_NOTES_AT,
  places: PLACES_AT,
  hole: { start: 8, after: 12, escaped: 16 },
};

/** Words in a set's head. */
const [LAST, CREDIT, WAIT, NEXT_WAIT] = [0, 4, 8, 12];
/** Words in a shape's head: ends of the used parts, and how often it was of use. */
const [TEXT_END, HOLES_END, TOKENS_END, NESTS_END, SCORE] = [0, 4, 8, 12, 16];
/** Of holes, tokens and nests: where they lie in the shape's text. */
const [FROM, TO] = [0, 4];

/** Following and learning shapes. */
export const SHAPE_RUNTIME: string = `
;; Behind the value that starts here when a shape of the set explains it, or 0; keeps count of how often one does.
(func $tryShapes (param $set i32) (param $q i32) (result i32)
  (local $shape i32) (local $end i32) (local $word i32)
  (if (local.tee $word (i32.load offset=${WAIT} (local.get $set))) (then
    (i32.store offset=${WAIT} (local.get $set) (i32.sub (local.get $word) (i32.const 1)))
    (return (i32.const 0))))
  (if (i32.eqz (local.tee $shape (i32.load offset=${LAST} (local.get $set)))) (then (return (i32.const 0))))
  (local.set $word (i32.load offset=${CREDIT} (local.get $set)))
  (loop $shapes
    (if (i32.load offset=${TEXT_END} (local.get $shape)) (then
      (if (local.tee $end (call $followShape (local.get $shape) (local.get $q))) (then
        (i32.store offset=${SCORE} (local.get $shape) (i32.add (i32.load offset=${SCORE} (local.get $shape)) (i32.const 1)))
        (i32.store offset=${LAST} (local.get $set) (local.get $shape))
        (if (i32.lt_s (local.get $word) (i32.const ${MOST_CREDIT}))
          (then (i32.store offset=${CREDIT} (local.get $set) (i32.add (local.get $word) (i32.const 1))))
          (else (i32.store offset=${NEXT_WAIT} (local.get $set) (i32.const 0))))
        (return (local.get $end))))))
    (local.set $shape (i32.add (local.get $shape) (i32.const ${SHAPE_BYTES})))
    (if (i32.ge_u (local.get $shape) (i32.add (local.get $set) (i32.const ${SHAPES_END}))) (then
      (local.set $shape (i32.add (local.get $set) (i32.const ${SHAPES_AT})))))
    (br_if $shapes (i32.ne (local.get $shape) (i32.load offset=${LAST} (local.get $set)))))
  (local.set $word (i32.sub (local.get $word) (i32.const ${MISS_COST})))
  (i32.store offset=${CREDIT} (local.get $set) (local.get $word))
  (if (i32.lt_s (local.get $word) (i32.const 0)) (then (call $restShapes (local.get $set))))
  (i32.const 0)
)

;; The set lets some records pass: they are of many shapes.
(func $restShapes (param $set i32)
  (local $wait i32)
  (local.set $wait (i32.load offset=${NEXT_WAIT} (local.get $set)))
  (i32.store offset=${CREDIT} (local.get $set) (i32.const ${MISS_COST}))
  (i32.store offset=${WAIT} (local.get $set) (local.get $wait))
  (local.set $wait (i32.add (i32.shl (local.get $wait) (i32.const 1)) (i32.const 1)))
  (i32.store offset=${NEXT_WAIT} (local.get $set)
    (select (local.get $wait) (i32.const ${LONGEST_WAIT}) (i32.lt_u (local.get $wait) (i32.const ${LONGEST_WAIT}))))
)

;; Behind the value that starts here when the shape explains it, or 0. $t walks through the shape's text, and $t + $delta through the record.
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
      (i32.store offset=${SHAPES.hole.start} (local.get $hole) (local.get $q))
      (i32.store offset=${SHAPES.hole.escaped} (local.get $hole) (i32.const 0))
      (block $read
        (block $other
          (local.set $differs (i32.load8_u (local.get $q)))
          (if (i32.eq (local.get $differs) (i32.const 34)) (then
            (local.set $at (i32.add (local.get $q) (i32.const 1)))
            (loop $again
              (local.set $v (v128.load (local.get $at)))
              (local.set $differs (i8x16.bitmask (v128.or
                (i8x16.lt_u (local.get $v) ${vectorOf(32)})
                (v128.or (i8x16.eq (local.get $v) ${vectorOf(34)}) (i8x16.eq (local.get $v) ${vectorOf(92)})))))
              (if (i32.eqz (local.get $differs)) (then (local.set $at (i32.add (local.get $at) (i32.const 16))) (br $again))))
            (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $differs))))
            (br_if $other (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)))
            (local.set $q (i32.add (local.get $at) (i32.const 1)))
            (br $read)))
          ;; A whole number without a leading zero or sign, of less than 16 digits.
          (br_if $other (i32.gt_u (i32.sub (local.get $differs) (i32.const 49)) (i32.const 8)))
          (local.set $differs (i32.xor (i32.const 0xffff)
            (i8x16.bitmask (i8x16.lt_u (i8x16.sub (v128.load (local.get $q)) ${vectorOf(48)}) ${vectorOf(10)}))))
          (br_if $other (i32.eqz (local.get $differs)))
          (local.set $at (i32.add (local.get $q) (i32.ctz (local.get $differs))))
          (local.set $differs (i32.load8_u (local.get $at)))
          (br_if $other (i32.eq (local.get $differs) (i32.const 46)))
          (br_if $other (i32.eq (i32.or (local.get $differs) (i32.const 32)) (i32.const 101)))
          (local.set $q (local.get $at))
          (br $read))
        (global.set $escaped (i32.const 0))
        (br_if $unexplained (i32.eqz (local.tee $q (call $shallowValue (local.get $q)))))
        (i32.store offset=${SHAPES.hole.escaped} (local.get $hole) (global.get $escaped)))
      (i32.store offset=${SHAPES.hole.after} (local.get $hole) (local.get $q))
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
  (select (i32.const 0) (local.get $end) (i32.gt_u (i32.sub (local.get $end) (local.get $q)) (i32.const ${JSON_DEPTH_LIMIT - 2 * MOST_DEPTH})))
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

;; Puts a hole before another; the places of wanted values move along.
(func $insertHole (param $shape i32) (param $hole i32) (param $from i32) (param $to i32)
  (local $last i32) (local $place i32)
  (local.set $last (i32.load offset=${HOLES_END} (local.get $shape)))
  (memory.copy (i32.add (local.get $hole) (i32.const ${HOLE_BYTES})) (local.get $hole)
    (i32.add (i32.sub (local.get $last) (local.get $hole)) (i32.const ${HOLE_BYTES})))
  (i32.store offset=${HOLES_END} (local.get $shape) (i32.add (local.get $last) (i32.const ${HOLE_BYTES})))
  (i32.store offset=${FROM} (local.get $hole) (local.get $from))
  (i32.store offset=${TO} (local.get $hole) (local.get $to))
  (local.set $place (i32.add (local.get $shape) (i32.const ${PLACES_AT})))
  (loop $places
    (if (i32.ge_u (i32.load (local.get $place)) (local.get $hole)) (then
      (i32.store (local.get $place) (i32.add (i32.load (local.get $place)) (i32.const ${HOLE_BYTES})))))
    (br_if $places (i32.lt_u (local.tee $place (i32.add (local.get $place) (i32.const 4))) (i32.add (local.get $shape) (i32.const ${HOLES_AT})))))
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

;; Keeps the value in [start, end), which is well-formed and was not explained, as a shape, unless the set lets records pass.
(func $learnShape (param $set i32) (param $start i32) (param $end i32)
  (local $shape i32) (local $t i32) (local $length i32)
  (local.set $length (i32.sub (local.get $end) (local.get $start)))
  (if (i32.load offset=${WAIT} (local.get $set)) (then (return)))
  (if (i32.ne (i32.load8_u (local.get $start)) (i32.const 123)) (then (return)))
  (if (i32.gt_u (local.get $length) (i32.const ${MOST_TEXT_BYTES})) (then (call $restShapes (local.get $set)) (return)))
  (local.set $shape (call $freeShape (local.get $set)))
  (local.set $t (i32.add (local.get $shape) (i32.const ${TEXT_AT})))
  (memory.copy (local.get $t) (local.get $start) (local.get $length))
  (local.set $end (i32.add (local.get $t) (local.get $length)))
  (i64.store (local.get $end) (i64.const 0))
  (call $moveNotes (local.get $set) (i32.sub (local.get $t) (local.get $start)))
  (call $clearWords (i32.add (local.get $shape) (i32.const ${PLACES_AT})) (i32.add (local.get $shape) (i32.const ${HOLES_AT})))
  (i32.store offset=${TEXT_END} (local.get $shape) (i32.const 0))
  (i32.store offset=${HOLES_END} (local.get $shape) (i32.add (local.get $shape) (i32.const ${HOLES_AT})))
  (i32.store offset=${HOLES_AT + FROM} (local.get $shape) (local.get $end))
  (i32.store offset=${TOKENS_END} (local.get $shape) (i32.add (local.get $shape) (i32.const ${TOKENS_AT})))
  (i32.store offset=${NESTS_END} (local.get $shape) (i32.add (local.get $shape) (i32.const ${NESTS_AT})))
  (if (i32.eqz (call $readShape (local.get $set) (local.get $shape) (local.get $end))) (then (call $restShapes (local.get $set)) (return)))
  (i32.store offset=${TEXT_END} (local.get $shape) (local.get $end))
  (i32.store offset=${SCORE} (local.get $shape) (i32.const ${FIRST_SCORE}))
  (i32.store offset=${LAST} (local.get $set) (local.get $shape))
)

;; The shape of the lowest score; the scores of all are halved.
(func $freeShape (param $set i32) (result i32)
  (local $shape i32) (local $found i32) (local $lowest i32) (local $score i32)
  (local.set $lowest (i32.const -1))
  (local.set $shape (i32.add (local.get $set) (i32.const ${SHAPES_AT})))
  (loop $shapes
    (local.set $score (i32.load offset=${SCORE} (local.get $shape)))
    (if (i32.lt_u (local.get $score) (local.get $lowest)) (then
      (local.set $lowest (local.get $score))
      (local.set $found (local.get $shape))))
    (i32.store offset=${SCORE} (local.get $shape) (i32.shr_u (local.get $score) (i32.const 1)))
    (local.set $shape (i32.add (local.get $shape) (i32.const ${SHAPE_BYTES})))
    (br_if $shapes (i32.lt_u (local.get $shape) (i32.add (local.get $set) (i32.const ${SHAPES_END})))))
  (local.get $found)
)

(func $clearWords (param $from i32) (param $to i32)
  (loop $again
    (i32.store (local.get $from) (i32.const 0))
    (br_if $again (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 4))) (local.get $to))))
)

;; Notes of the record become places in the shape's text.
(func $moveNotes (param $set i32) (param $distance i32)
  (local $note i32)
  (local.set $note (i32.add (local.get $set) (i32.const ${VALUE_NOTES_AT})))
  (loop $notes
    (if (i32.load (local.get $note)) (then (i32.store (local.get $note) (i32.add (i32.load (local.get $note)) (local.get $distance)))))
    (br_if $notes (i32.lt_u (local.tee $note (i32.add (local.get $note) (i32.const 4))) (i32.add (local.get $set) (i32.const ${SHAPES_AT})))))
)

;; The first note in [from, to) of a value that begins in [low, high), or 0.
(func $noteIn (param $from i32) (param $to i32) (param $low i32) (param $high i32) (result i32)
  (loop $again
    (if (i32.lt_u (i32.sub (i32.load (local.get $from)) (local.get $low)) (i32.sub (local.get $high) (local.get $low))) (then (return (local.get $from))))
    (br_if $again (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 4))) (local.get $to))))
  (i32.const 0)
)

;; Finds holes, tokens and nests of the shape's text; 0 when it is nested too deep.
(func $readShape (param $set i32) (param $shape i32) (param $end i32) (result i32)
  (local $q i32) (local $c i32) (local $from i32) (local $note i32) (local $values i32) (local $objects i32) (local $rest i32) (local $open i32)
  (local.set $q (i32.add (local.get $shape) (i32.const ${TEXT_AT})))
  (local.set $values (i32.add (local.get $set) (i32.const ${VALUE_NOTES_AT})))
  (local.set $objects (i32.add (local.get $set) (i32.const ${OBJECT_NOTES_AT})))
  (local.set $rest (i32.add (local.get $set) (i32.const ${SHAPES_AT})))
  ;; Starts of open objects and arrays: nobody jumps meanwhile.
  (local.set $open (i32.add (local.get $shape) (i32.const ${JUMPS_AT})))
  (loop $again
    (if (i32.ge_u (local.get $q) (local.get $end)) (then (return (i32.const 1))))
    (local.set $c (i32.load8_u (local.tee $from (local.get $q))))
    (if (local.tee $note (call $noteIn (local.get $values) (local.get $objects) (local.get $q) (i32.add (local.get $q) (i32.const 1)))) (then
      (local.set $q (call $jsonWalk (local.get $q)))
      (call $appendHole (local.get $shape) (local.get $from) (local.get $q))
      (i32.store offset=${PLACES_AT} (i32.add (local.get $shape) (i32.sub (local.get $note) (local.get $values)))
        (i32.sub (i32.load offset=${HOLES_END} (local.get $shape)) (i32.const ${HOLE_BYTES})))
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
