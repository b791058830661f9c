/** Runtime functions of the scanner for cells, card numbers and remembered rounds, as WebAssembly text. */

/** Cells, cards, rounds. */
export const VALUE_RUNTIME: string = `
;; The closing quote of the cell whose opening quote stands at q, or 0; $escaped: a quote stands inside.
(func $cellQuoted (param $q i32) (param $quote i32) (param $separator i32) (param $max i32) (result i32)
  (local $v v128) (local $m i32) (local $c i32) (local $from i32) (local $end i32)
  (local.set $v (i8x16.splat (local.get $quote)))
  (local.set $from (local.tee $q (i32.add (local.get $q) (i32.const 1))))
  (block $closed
    (loop $run
      (if (call $isOpenCell (local.get $q) (local.get $quote)) (then
        (global.set $escaped (i32.const 1))
        (local.set $q (global.get $cellEnd))))
      (loop $again
        (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then
          (global.set $hit (i32.const 1))
          (return (call $rememberCell (local.get $from) (global.get $realEnd) (local.get $quote)))))
        (if (i32.gt_u (i32.sub (local.get $q) (local.get $from)) (local.get $max)) (then
          (return (call $rememberCell (local.get $from) (local.get $q) (local.get $quote)))))
        (local.set $m (i8x16.bitmask (i8x16.eq (v128.load (local.get $q)) (local.get $v))))
        (if (i32.eqz (local.get $m)) (then (local.set $q (i32.add (local.get $q) (i32.const 16))) (br $again))))
      (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $m))))
      (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then
        (global.set $hit (i32.const 1))
        (return (call $rememberCell (local.get $from) (global.get $realEnd) (local.get $quote)))))
      (local.set $end (call $quotesTo (local.get $q) (local.get $quote)))
      (if (i32.gt_u (i32.sub (local.get $end) (local.get $q)) (i32.const 1)) (then (global.set $escaped (i32.const 1))))
      ;; Of an odd number of quotes the last one closes, the others are doubled.
      (local.set $c (local.get $end))
      (br_if $closed (i32.and (i32.sub (local.get $end) (local.get $q)) (i32.const 1)))
      (local.set $q (local.get $end))
      (br $run)))
  (local.set $q (i32.sub (local.get $c) (i32.const 1)))
  (if (i32.ge_u (local.get $c) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (return (local.get $q))))
  (local.set $m (i32.load8_u (local.get $c)))
  (if (i32.or (i32.eq (local.get $m) (local.get $separator)) (i32.eq (local.get $m) (i32.const 10))) (then (return (local.get $q))))
  (if (i32.ne (local.get $m) (i32.const 13)) (then (return (i32.const 0))))
  (local.set $c (i32.add (local.get $c) (i32.const 1)))
  (if (i32.ge_u (local.get $c) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (return (i32.const 0))))
  (select (local.get $q) (i32.const 0) (i32.eq (i32.load8_u (local.get $c)) (i32.const 10)))
)

;; Whether a cell that is open in front of q is known to be open at $cellEnd: a cell that began earlier was. Cells of different
;; beginnings agree in front of every byte that is no quote.
(func $isOpenCell (param $q i32) (param $quote i32) (result i32)
  (if (i32.ge_u (i32.sub (local.get $q) (global.get $cellFrom)) (i32.sub (global.get $cellEnd) (global.get $cellFrom))) (then (return (i32.const 0))))
  (if (i32.or (i32.ne (local.get $quote) (global.get $cellQuote)) (i32.ne (global.get $realEnd) (global.get $cellLimit))) (then (return (i32.const 0))))
  (i32.ne (i32.load8_u (local.get $q)) (local.get $quote))
)

;; Remembers that a cell was still open in front of a byte. Texts outside the window do not stay where they are.
(func $rememberCell (param $from i32) (param $to i32) (param $quote i32) (result i32)
  (if (i32.and (i32.gt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 64)) (i32.ge_u (local.get $from) (global.get $heapEnd))) (then
    (global.set $cellFrom (local.get $from))
    (global.set $cellEnd (local.get $to))
    (global.set $cellQuote (local.get $quote))
    (global.set $cellLimit (global.get $realEnd))))
  (i32.const 0)
)

;; Behind a card number, or 0.
(func $card (param $q i32) (result i32)
  (local $end i32) (local $c i32) (local $count i32) (local $spaced i32)
  ;; Both sums of the check digit's rule: with every digit at an even place doubled, and at an odd one.
  (local $even i32) (local $odd i32) (local $doubled i32)
  (local.set $end (local.get $q))
  (block $over
    (loop $again
      (local.set $spaced (i32.const 0))
      (local.set $q (local.get $end))
      (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (br $over)))
      (local.set $c (i32.load8_u (local.get $q)))
      (if (i32.and (i32.ne (local.get $count) (i32.const 0))
                   (i32.or (i32.eq (local.get $c) (i32.const 32)) (i32.eq (local.get $c) (i32.const 45)))) (then
        (local.set $spaced (i32.const 1))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (br $over)))
        (local.set $c (i32.load8_u (local.get $q)))))
      (local.set $c (i32.sub (local.get $c) (i32.const 48)))
      (br_if $over (i32.gt_u (local.get $c) (i32.const 9)))
      (if (i32.eq (local.get $count) (i32.const 19)) (then
        (br_if $over (local.get $spaced))
        (return (i32.const 0))))
      (local.set $doubled (i32.shl (local.get $c) (i32.const 1)))
      (if (i32.gt_u (local.get $doubled) (i32.const 9)) (then (local.set $doubled (i32.sub (local.get $doubled) (i32.const 9)))))
      (if (i32.and (local.get $count) (i32.const 1))
        (then
          (local.set $odd (i32.add (local.get $odd) (local.get $doubled)))
          (local.set $even (i32.add (local.get $even) (local.get $c))))
        (else
          (local.set $even (i32.add (local.get $even) (local.get $doubled)))
          (local.set $odd (i32.add (local.get $odd) (local.get $c)))))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (local.set $end (i32.add (local.get $q) (i32.const 1)))
      (br $again)))
  (if (i32.lt_u (local.get $count) (i32.const 13)) (then (return (i32.const 0))))
  ;; The last digit is never doubled.
  (local.set $c (select (local.get $even) (local.get $odd) (i32.eqz (i32.and (local.get $count) (i32.const 1)))))
  (select (local.get $end) (i32.const 0) (i32.eqz (i32.rem_u (local.get $c) (i32.const 10))))
)

;; Like $view; the text stays in scratch until the attempt's end.
(func $keepText (param $at i32) (param $length i32) (param $encoding i32)
  (call $view (local.get $at) (local.get $length) (local.get $encoding))
  (if (i32.eq (global.get $textAt) (global.get $scratchTop)) (then
    (global.set $scratchTop (i32.and (i32.add (i32.add (global.get $scratchTop) (global.get $textLength)) (i32.const 47)) (i32.const -16)))))
)

;; The index of an address in an ascending list, or -1.
(func $indexOf (param $list i32) (param $count i32) (param $wanted i32) (result i32)
  (local $low i32) (local $high i32) (local $middle i32) (local $found i32)
  (local.set $high (local.get $count))
  (loop $again
    (if (i32.lt_u (local.get $low) (local.get $high)) (then
      (local.set $middle (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1)))
      (local.set $found (i32.load (i32.add (local.get $list) (i32.shl (local.get $middle) (i32.const 2)))))
      (if (i32.eq (local.get $found) (local.get $wanted)) (then (return (local.get $middle))))
      (if (i32.lt_u (local.get $found) (local.get $wanted))
        (then (local.set $low (i32.add (local.get $middle) (i32.const 1))))
        (else (local.set $high (local.get $middle))))
      (br $again))))
  (i32.const -1)
)
`;
