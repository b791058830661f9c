/** Runtime functions of the scanner for JSON, as WebAssembly text. */

import { vectorOf } from "./wat.ts";

/** Blanks, strings, numbers, whole values; the rest that nobody declared. */
export const JSON_RUNTIME: string = `
;; Moves behind blanks.
(func $jsonBlank (param $q i32) (result i32)
  (local $v v128) (local $m i32)
  (if (i32.gt_u (i32.load8_u (local.get $q)) (i32.const 32)) (then (return (local.get $q))))
  (loop $again
    (local.set $v (v128.load (local.get $q)))
    (local.set $m (i32.xor (i32.const 0xffff) (i8x16.bitmask (v128.or
      (v128.or (i8x16.eq (local.get $v) ${vectorOf(32)}) (i8x16.eq (local.get $v) ${vectorOf(10)}))
      (v128.or (i8x16.eq (local.get $v) ${vectorOf(13)}) (i8x16.eq (local.get $v) ${vectorOf(9)}))))))
    (if (i32.eqz (local.get $m)) (then (local.set $q (i32.add (local.get $q) (i32.const 16))) (br $again))))
  (i32.add (local.get $q) (i32.ctz (local.get $m)))
)

;; Moves behind blanks of this line.
(func $jsonIndent (param $q i32) (result i32)
  (local $c i32)
  (loop $again
    (local.set $c (i32.load8_u (local.get $q)))
    (if (i32.or (i32.eq (local.get $c) (i32.const 32)) (i32.or (i32.eq (local.get $c) (i32.const 13)) (i32.eq (local.get $c) (i32.const 9))))
      (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $again))))
  (local.get $q)
)

;; Gives 0; remembers when it was the window's end that made it fail.
(func $jsonFail (param $q i32) (result i32)
  (if (i32.ge_u (local.get $q) (global.get $end)) (then (global.set $hit (i32.const 1))))
  (i32.const 0)
)

;; From the opening quote to behind the closing one, or 0. Sets $escaped when there was an escape.
(func $jsonString (param $q i32) (result i32)
  (local $v v128) (local $m i32) (local $quotes i32) (local $slashes i32) (local $ends i32) (local $escaped i32)
  (local.set $q (i32.add (local.get $q) (i32.const 1)))
  (loop $again
    (local.set $v (v128.load (local.get $q)))
    (local.set $slashes (i8x16.bitmask (i8x16.eq (local.get $v) ${vectorOf(92)})))
    (local.set $quotes (i8x16.bitmask (i8x16.eq (local.get $v) ${vectorOf(34)})))
    (local.set $m (i32.or (local.get $quotes) (i8x16.bitmask (i8x16.lt_u (local.get $v) ${vectorOf(32)}))))
    (if (i32.eqz (local.get $slashes)) (then
      (if (i32.eqz (local.get $m)) (then (local.set $q (i32.add (local.get $q) (i32.const 16))) (br $again)))
      (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $m))))
      (if (i32.eq (i32.load8_u (local.get $q)) (i32.const 34)) (then (return (i32.add (local.get $q) (i32.const 1)))))
      (return (call $jsonFail (local.get $q)))))
    ;; Odd places of every run of backslashes end an escape, and so does what follows a run of odd length: a subtraction carries through
    ;; the runs. The vector never begins behind a backslash that escapes.
    (local.set $ends (i32.xor (i32.const 0xaaaaaaaa)
      (i32.sub (i32.or (i32.shl (local.get $slashes) (i32.const 1)) (i32.const 0xaaaaaaaa)) (local.get $slashes))))
    (local.set $escaped (i32.and (i32.const 0xffff) (i32.xor (local.get $ends) (local.get $slashes))))
    (global.set $escaped (i32.const 1))
    ;; Stops: quotes that are not escaped, control bytes, and escaped bytes but quote, backslash, slash, b f n r t.
    (local.set $m (i32.or (i32.and (local.get $m) (i32.xor (i32.and (local.get $escaped) (local.get $quotes)) (i32.const -1)))
      (i32.and (local.get $escaped) (i32.xor (i32.const -1) (i32.or (i32.or (local.get $quotes) (local.get $slashes))
        (i8x16.bitmask (v128.or
          (v128.or (v128.or (i8x16.eq (local.get $v) ${vectorOf(47)}) (i8x16.eq (local.get $v) ${vectorOf(98)}))
                   (v128.or (i8x16.eq (local.get $v) ${vectorOf(102)}) (i8x16.eq (local.get $v) ${vectorOf(110)})))
          (v128.or (i8x16.eq (local.get $v) ${vectorOf(114)}) (i8x16.eq (local.get $v) ${vectorOf(116)})))))))))
    (if (i32.eqz (local.get $m)) (then
      ;; A last backslash that escapes is read again, with what it escapes.
      (local.set $q (i32.add (local.get $q) (i32.sub (i32.const 16)
        (i32.shr_u (i32.and (local.get $ends) (local.get $slashes)) (i32.const 15)))))
      (br $again)))
    (local.set $m (i32.ctz (local.get $m)))
    (local.set $q (i32.add (local.get $q) (local.get $m)))
    (if (i32.eqz (i32.and (i32.shr_u (local.get $escaped) (local.get $m)) (i32.const 1))) (then
      (if (i32.eq (i32.load8_u (local.get $q)) (i32.const 34)) (then (return (i32.add (local.get $q) (i32.const 1)))))
      (return (call $jsonFail (local.get $q)))))
    (if (i32.ne (i32.load8_u (local.get $q)) (i32.const 117)) (then (return (call $jsonFail (local.get $q)))))
    (local.set $m (i32.const 0))
    (loop $hex
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (if (i32.gt_u (call $hexDigit (i32.load8_u (local.get $q))) (i32.const 15)) (then (return (call $jsonFail (local.get $q)))))
      (br_if $hex (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 1))) (i32.const 4))))
    (local.set $q (i32.add (local.get $q) (i32.const 1)))
    (br $again))
  (unreachable)
)

;; Fast path: behind a number of less than 16 digits without sign, leading zero, fraction and exponent, or 0.
(func $wholeNumber (param $q i32) (result i32)
  (local $m i32) (local $c i32)
  (if (i32.gt_u (i32.sub (i32.load8_u (local.get $q)) (i32.const 49)) (i32.const 8)) (then (return (i32.const 0))))
  (local.set $m (i32.xor (i32.const 0xffff) (i8x16.bitmask
    (i8x16.lt_u (i8x16.sub (v128.load (local.get $q)) ${vectorOf(48)}) ${vectorOf(10)}))))
  (if (i32.eqz (local.get $m)) (then (return (i32.const 0))))
  (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $m))))
  (local.set $c (i32.load8_u (local.get $q)))
  (select (i32.const 0) (local.get $q)
    (i32.or (i32.eq (local.get $c) (i32.const 46)) (i32.eq (i32.or (local.get $c) (i32.const 32)) (i32.const 101))))
)

;; A number by RFC 8259, or 0.
(func $jsonNumber (param $q i32) (result i32)
  (local $c i32) (local $from i32)
  (if (local.tee $from (call $wholeNumber (local.get $q))) (then
    (if (i32.ge_u (local.get $from) (global.get $end)) (then (global.set $hit (i32.const 1))))
    (return (local.get $from))))
  (if (i32.eq (i32.load8_u (local.get $q)) (i32.const 45)) (then (local.set $q (i32.add (local.get $q) (i32.const 1)))))
  (local.set $c (i32.load8_u (local.get $q)))
  (if (i32.gt_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 9)) (then (return (call $jsonFail (local.get $q)))))
  (if (i32.eq (local.get $c) (i32.const 48))
    (then (local.set $q (i32.add (local.get $q) (i32.const 1))))
    (else (local.set $q (call $skipDigits (local.get $q)))))
  (if (i32.eq (i32.load8_u (local.get $q)) (i32.const 46)) (then
    (local.set $from (i32.add (local.get $q) (i32.const 1)))
    (local.set $q (call $skipDigits (local.get $from)))
    (if (i32.eq (local.get $q) (local.get $from)) (then (return (call $jsonFail (local.get $q)))))))
  (if (i32.eq (i32.or (i32.load8_u (local.get $q)) (i32.const 32)) (i32.const 101)) (then
    (local.set $q (i32.add (local.get $q) (i32.const 1)))
    (local.set $c (i32.load8_u (local.get $q)))
    (if (i32.or (i32.eq (local.get $c) (i32.const 43)) (i32.eq (local.get $c) (i32.const 45)))
      (then (local.set $q (i32.add (local.get $q) (i32.const 1)))))
    (local.set $from (local.get $q))
    (local.set $q (call $skipDigits (local.get $from)))
    (if (i32.eq (local.get $q) (local.get $from)) (then (return (call $jsonFail (local.get $q)))))))
  (if (i32.ge_u (local.get $q) (global.get $end)) (then (global.set $hit (i32.const 1))))
  (local.get $q)
)

(func $skipDigits (param $q i32) (result i32)
  (loop $again
    (if (i32.le_u (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)) (i32.const 9))
      (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $again))))
  (local.get $q)
)

;; Behind the value that starts here, or 0. When a value failed deep inside, the containers that were open there must all fail at the
;; same place, whoever asks again: their starts are remembered, so that data nested without end is not read once for every level.
(func $jsonSkip (param $q i32) (result i32)
  (local $end i32)
  ;; Only in the window: the text of a member is another matter, it ends where it ends.
  (if (global.get $inText) (then (return (call $jsonWalk (local.get $q)))))
  (if (global.get $stuckCount) (then (if (call $isStuck (local.get $q)) (then (return (i32.const 0))))))
  (local.set $end (call $jsonWalk (local.get $q)))
  (if (i32.eqz (local.get $end)) (then
    (if (i32.gt_u (global.get $jsonDepth) (i32.const 15)) (then
      (memory.copy (i32.const STUCK_STARTS) (i32.const JSON_STACK) (i32.shl (global.get $jsonDepth) (i32.const 2)))
      (global.set $stuckCount (global.get $jsonDepth))))))
  (local.get $end)
)

;; 1 when a container starts here that is known to fail. The starts ascend, and mostly the next one is asked for.
(func $isStuck (param $q i32) (result i32)
  (local $low i32) (local $high i32) (local $middle i32) (local $at i32)
  (if (i32.lt_u (global.get $stuckNext) (global.get $stuckCount)) (then
    (if (i32.eq (local.get $q) (i32.load (i32.add (i32.const STUCK_STARTS) (i32.shl (global.get $stuckNext) (i32.const 2))))) (then
      (global.set $stuckNext (i32.add (global.get $stuckNext) (i32.const 1)))
      (return (i32.const 1))))))
  (local.set $high (global.get $stuckCount))
  (loop $again
    (if (i32.ge_u (local.get $low) (local.get $high)) (then (return (i32.const 0))))
    (local.set $middle (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1)))
    (local.set $at (i32.load (i32.add (i32.const STUCK_STARTS) (i32.shl (local.get $middle) (i32.const 2)))))
    (if (i32.eq (local.get $at) (local.get $q)) (then
      (global.set $stuckNext (i32.add (local.get $middle) (i32.const 1)))
      (return (i32.const 1))))
    (if (i32.lt_u (local.get $at) (local.get $q))
      (then (local.set $low (i32.add (local.get $middle) (i32.const 1))))
      (else (local.set $high (local.get $middle))))
    (br $again))
  (unreachable)
)

;; The work of $jsonSkip. The starts of open containers are kept on the nesting stack; on failure $jsonDepth says how many.
(func $jsonWalk (param $q i32) (result i32)
  (local $depth i32) (local $c i32) (local $opened i32) (local $kind i32) (local $isName i32) (local $at i32) (local $m i32) (local $v v128)
  (block $broken
    (loop $next
      (block $valued
        (local.set $c (i32.load8_u (local.get $q)))
        (if (i32.eq (local.get $c) (i32.const 34)) (then
          (local.set $at (i32.add (local.get $q) (i32.const 1)))
          (loop $string
            (local.set $v (v128.load (local.get $at)))
            (local.set $m (i8x16.bitmask (v128.or
              (i8x16.lt_u (local.get $v) ${vectorOf(32)})
              (v128.or (i8x16.eq (local.get $v) ${vectorOf(34)}) (i8x16.eq (local.get $v) ${vectorOf(92)})))))
            (if (i32.eqz (local.get $m)) (then (local.set $at (i32.add (local.get $at) (i32.const 16))) (br $string))))
          (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $m))))
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 34))
            (then (local.set $q (i32.add (local.get $at) (i32.const 1))))
            (else (br_if $broken (i32.eqz (local.tee $q (call $jsonString (local.get $q)))))))
          (br_if $valued (i32.eqz (local.get $isName)))
          ;; A name, its colon and what it names.
          (if (i32.ne (i32.load8_u (local.get $q)) (i32.const 58)) (then
            (local.set $q (call $jsonBlank (local.get $q)))
            (br_if $broken (i32.ne (i32.load8_u (local.get $q)) (i32.const 58)))))
          (local.set $q (i32.add (local.get $q) (i32.const 1)))
          (if (i32.le_u (i32.load8_u (local.get $q)) (i32.const 32)) (then (local.set $q (call $jsonBlank (local.get $q)))))
          (local.set $isName (i32.const 0))
          (br $next)))
        (br_if $broken (local.get $isName))
        (if (i32.eq (i32.or (local.get $c) (i32.const 32)) (i32.const 123)) (then
          (local.set $opened (local.get $q))
          (local.set $q (i32.add (local.get $q) (i32.const 1)))
          (if (i32.le_u (i32.load8_u (local.get $q)) (i32.const 32)) (then (local.set $q (call $jsonBlank (local.get $q)))))
          ;; The closing bracket of each is two further on.
          (if (i32.eq (i32.load8_u (local.get $q)) (i32.add (local.get $c) (i32.const 2))) (then
            (local.set $q (i32.add (local.get $q) (i32.const 1)))
            (br $valued)))
          ;; Too deep: all that is open fails here, or each of so many starts would be read to this depth.
          (br_if $broken (i32.ge_u (local.get $depth) (i32.const JSON_DEPTH)))
          (i32.store (i32.add (i32.const JSON_STACK) (i32.shl (local.get $depth) (i32.const 2))) (local.get $opened))
          (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
          (local.set $isName (i32.eq (local.tee $kind (local.get $c)) (i32.const 123)))
          (br $next)))
        (if (i32.or (i32.eq (local.get $c) (i32.const 45)) (i32.le_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 9))) (then
          (br_if $valued (local.tee $q (call $jsonNumber (local.get $q))))
          (br $broken)))
        (if (i32.eq (i32.load (local.get $q)) (i32.const 0x65757274)) (then (local.set $q (i32.add (local.get $q) (i32.const 4))) (br $valued)))
        (if (i32.eq (i32.load (local.get $q)) (i32.const 0x6c6c756e)) (then (local.set $q (i32.add (local.get $q) (i32.const 4))) (br $valued)))
        (if (i32.and (i32.eq (local.get $c) (i32.const 102)) (i32.eq (i32.load offset=1 (local.get $q)) (i32.const 0x65736c61)))
          (then (local.set $q (i32.add (local.get $q) (i32.const 5))) (br $valued)))
        ;; A word cut by the window's end may still become one.
        (local.set $q (i32.add (local.get $q) (i32.const 5)))
        (br $broken))
      ;; Behind a value: the end, a comma, or closing brackets.
      (loop $after
        (if (i32.eqz (local.get $depth)) (then (return (local.get $q))))
        (if (i32.le_u (i32.load8_u (local.get $q)) (i32.const 32)) (then (local.set $q (call $jsonBlank (local.get $q)))))
        (local.set $c (i32.load8_u (local.get $q)))
        (if (i32.eq (local.get $c) (i32.const 44)) (then
          (local.set $q (i32.add (local.get $q) (i32.const 1)))
          (if (i32.le_u (i32.load8_u (local.get $q)) (i32.const 32)) (then (local.set $q (call $jsonBlank (local.get $q)))))
          (local.set $isName (i32.eq (local.get $kind) (i32.const 123)))
          (br $next)))
        (br_if $broken (i32.ne (local.get $c) (i32.add (local.get $kind) (i32.const 2))))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (if (local.tee $depth (i32.sub (local.get $depth) (i32.const 1))) (then
          (local.set $kind (i32.load8_u (i32.load (i32.add (i32.const JSON_STACK) (i32.shl (i32.sub (local.get $depth) (i32.const 1)) (i32.const 2))))))))
        (br $after))))
  (call $jsonStop (local.get $depth) (local.get $q))
)

;; Gives 0; says how deep it was.
(func $jsonStop (param $depth i32) (param $q i32) (result i32)
  (global.set $jsonDepth (local.get $depth))
  (call $jsonFail (local.get $q))
)

;; Decodes a JSON string's inside into scratch: $textAt, $textLength. What does not fit becomes empty and sets $tooLong.
(func $decodeName (param $at i32) (param $length i32)
  (global.set $textAt (global.get $scratchTop))
  (global.set $textLength (i32.const 0))
  (if (i32.gt_u (i32.add (global.get $scratchTop) (i32.add (i32.mul (local.get $length) (i32.const 3)) (i32.const 64))) (i32.const SCRATCH_END))
    (then (global.set $tooLong (i32.const 1)) (return)))
  (global.set $textLength (call $clean (local.get $at) (local.get $length) (i32.const 4) (global.get $scratchTop)))
  (global.set $scratchTop (i32.and (i32.add (i32.add (global.get $scratchTop) (global.get $textLength)) (i32.const 31)) (i32.const -16)))
)

;; Appends a member's text [from, to) to the rest at a place; the first word there is the top.
(func $greedyAdd (param $rest i32) (param $most i32) (param $from i32) (param $to i32)
  (local $top i32) (local $length i32)
  (local.set $top (i32.load (local.get $rest)))
  (local.set $length (i32.sub (local.get $to) (local.get $from)))
  ;; An object this long does not match anyway.
  (if (i32.gt_u (i32.add (i32.sub (local.get $top) (local.get $rest)) (local.get $length)) (local.get $most)) (then (return)))
  (i32.store8 (local.get $top) (select (i32.const 123) (i32.const 44) (i32.eq (local.get $top) (i32.add (local.get $rest) (i32.const 16)))))
  (memory.copy (i32.add (local.get $top) (i32.const 1)) (local.get $from) (local.get $length))
  (i32.store (local.get $rest) (i32.add (i32.add (local.get $top) (i32.const 1)) (local.get $length)))
)

;; Closes the rest: $textAt, $textLength.
(func $greedyEnd (param $rest i32)
  (local $top i32)
  (local.set $top (i32.load (local.get $rest)))
  (global.set $textAt (i32.add (local.get $rest) (i32.const 16)))
  (if (i32.eq (local.get $top) (global.get $textAt)) (then
    (i32.store8 (local.get $top) (i32.const 123))
    (local.set $top (i32.add (local.get $top) (i32.const 1)))))
  (i32.store8 (local.get $top) (i32.const 125))
  (global.set $textLength (i32.sub (i32.add (local.get $top) (i32.const 1)) (global.get $textAt)))
)
`;
