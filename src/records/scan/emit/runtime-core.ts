/** Runtime functions of the scanner for texts, numbers, addresses and times, as WebAssembly text. */

/** Texts: quotes, words, search, comparison, hashing, copying. */
export const TEXT_RUNTIME: string = `
(func $hexDigit (param $c i32) (result i32)
  (if (i32.le_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 9)) (then (return (i32.sub (local.get $c) (i32.const 48)))))
  (local.set $c (i32.sub (i32.or (local.get $c) (i32.const 32)) (i32.const 97)))
  (select (i32.add (local.get $c) (i32.const 10)) (i32.const 255) (i32.le_u (local.get $c) (i32.const 5)))
)

;; Whether it is known that no quote closes a text of which $q is a byte: a text that began earlier had none up to where it was given up.
;; Texts of different beginnings agree behind every byte that ends an escape for sure.
(func $isOpenAt (param $q i32) (param $kind i32) (result i32)
  (if (i32.eqz (i32.and (i32.lt_u (i32.sub (local.get $q) (global.get $openFrom)) (i32.sub (global.get $openEnd) (global.get $openFrom)))
      (i32.and (i32.eq (local.get $kind) (global.get $openKind)) (i32.eq (global.get $realEnd) (global.get $openLimit)))))
    (then (return (i32.const 0))))
  (if (global.get $openHit) (then (global.set $hit (i32.const 1))))
  (i32.const 1)
)

;; Remembers a text without closing quote: none in [from, to). Texts outside the window do not stay where they are.
(func $rememberOpen (param $from i32) (param $to i32) (param $kind i32) (param $reachesEnd i32) (result i32)
  (if (local.get $reachesEnd) (then (global.set $hit (i32.const 1))))
  (if (i32.and (i32.gt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 64)) (i32.ge_u (local.get $from) (global.get $heapEnd))) (then
    (global.set $openFrom (local.get $from))
    (global.set $openEnd (local.get $to))
    (global.set $openKind (local.get $kind))
    (global.set $openHit (local.get $reachesEnd))
    (global.set $openLimit (global.get $realEnd))))
  (i32.const 0)
)

;; Behind the closing quote of a text with backslash escapes, or 0.
(func $quotedEscaped (param $q i32) (param $quote i32) (param $inLine i32) (result i32)
  (local $v v128) (local $vq v128) (local $vl v128) (local $m i32) (local $c i32) (local $from i32) (local $kind i32)
  (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (return (i32.const 0))))
  (if (i32.ne (i32.load8_u (local.get $q)) (local.get $quote)) (then (return (i32.const 0))))
  (local.set $kind (i32.or (local.get $quote) (i32.shl (local.get $inLine) (i32.const 8))))
  (local.set $vq (i8x16.splat (local.get $quote)))
  ;; Where lines do not matter the line feed's place in the comparison is taken by the quote.
  (local.set $vl (i8x16.splat (select (i32.const 10) (local.get $quote) (local.get $inLine))))
  (local.set $from (local.tee $q (i32.add (local.get $q) (i32.const 1))))
  ;; A quote inside an open text was escaped, so that an escape ends with it.
  (if (call $isOpenAt (local.get $q) (local.get $kind)) (then (return (i32.const 0))))
  (loop $again
    (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (return (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 1)))))
    (local.set $v (v128.load (local.get $q)))
    (local.set $m (i8x16.bitmask (v128.or
      (v128.or (i8x16.eq (local.get $v) (local.get $vl)) (i8x16.eq (local.get $v) (local.get $vq)))
      (i8x16.eq (local.get $v) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92)))))
    (if (i32.eqz (local.get $m)) (then (local.set $q (i32.add (local.get $q) (i32.const 16))) (br $again)))
    (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $m))))
    (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (return (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 1)))))
    (local.set $c (i32.load8_u (local.get $q)))
    (if (i32.eq (local.get $c) (local.get $quote)) (then (return (i32.add (local.get $q) (i32.const 1)))))
    (if (i32.eq (local.get $c) (i32.const 92)) (then
      ;; The escaped byte belongs to the text, but for a line feed in a text that stays in its line.
      (if (i32.and (local.get $inLine) (i32.eq (i32.load8_u offset=1 (local.get $q)) (i32.const 10)))
        (then (return (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 0)))))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br $again))))
  (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 0))
)

;; The end of a run of quotes, remembered when it is long.
(func $quotesTo (param $q i32) (param $quote i32) (result i32)
  (local $from i32)
  (local.set $from (local.get $q))
  (if (i32.and (i32.lt_u (i32.sub (local.get $q) (global.get $quotesFrom)) (i32.sub (global.get $quotesEnd) (global.get $quotesFrom)))
               (i32.and (i32.eq (local.get $quote) (global.get $quotesByte)) (i32.eq (global.get $realEnd) (global.get $quotesLimit))))
    (then (return (global.get $quotesEnd))))
  (loop $again
    (if (i32.and (i32.lt_u (local.get $q) (global.get $realEnd)) (i32.eq (i32.load8_u (local.get $q)) (local.get $quote)))
      (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $again))))
  (if (i32.and (i32.gt_u (i32.sub (local.get $q) (local.get $from)) (i32.const 64)) (i32.ge_u (local.get $from) (global.get $heapEnd))) (then
    (global.set $quotesFrom (local.get $from))
    (global.set $quotesEnd (local.get $q))
    (global.set $quotesByte (local.get $quote))
    (global.set $quotesLimit (global.get $realEnd))))
  (local.get $q)
)

;; Behind the closing quote of a text whose quotes are doubled, or 0.
(func $quotedDoubled (param $q i32) (param $quote i32) (param $inLine i32) (result i32)
  (local $v v128) (local $vq v128) (local $vl v128) (local $m i32) (local $from i32) (local $end i32) (local $kind i32)
  (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (return (i32.const 0))))
  (if (i32.ne (i32.load8_u (local.get $q)) (local.get $quote)) (then (return (i32.const 0))))
  (local.set $kind (i32.or (i32.or (local.get $quote) (i32.const 512)) (i32.shl (local.get $inLine) (i32.const 8))))
  (local.set $vq (i8x16.splat (local.get $quote)))
  (local.set $vl (i8x16.splat (select (i32.const 10) (local.get $quote) (local.get $inLine))))
  (local.set $from (local.tee $q (i32.add (local.get $q) (i32.const 1))))
  (loop $again
    (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (return (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 1)))))
    ;; Behind a run of quotes all texts agree that are still open there.
    (if (i32.ne (i32.load8_u (local.get $q)) (local.get $quote)) (then
      (if (call $isOpenAt (local.get $q) (local.get $kind)) (then (return (i32.const 0))))))
    (local.set $v (v128.load (local.get $q)))
    (local.set $m (i8x16.bitmask (v128.or (i8x16.eq (local.get $v) (local.get $vl)) (i8x16.eq (local.get $v) (local.get $vq)))))
    (if (i32.eqz (local.get $m)) (then (local.set $q (i32.add (local.get $q) (i32.const 16))) (br $again)))
    (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $m))))
    (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (return (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 1)))))
    (if (i32.ne (i32.load8_u (local.get $q)) (local.get $quote)) (then (return (call $rememberOpen (local.get $from) (local.get $q) (local.get $kind) (i32.const 0)))))
    (local.set $end (call $quotesTo (local.get $q) (local.get $quote)))
    (if (i32.ge_u (local.get $end) (global.get $realEnd)) (then (global.set $hit (i32.const 1))))
    ;; Of an odd number of quotes the last one closes, the others are doubled.
    (if (i32.and (i32.sub (local.get $end) (local.get $q)) (i32.const 1)) (then (return (local.get $end))))
    (local.set $q (local.get $end))
    (br $again))
  (i32.const 0)
)

;; A text in double or single quotes on one line, at most max bytes between them: gives the end or 0, and $textAt, $textLength.
(func $quotedWord (param $q i32) (param $max i32) (result i32)
  (local $c i32) (local $end i32)
  (if (i32.ge_u (local.get $q) (global.get $realEnd)) (then (global.set $hit (i32.const 1)) (return (i32.const 0))))
  (local.set $c (i32.load8_u (local.get $q)))
  (if (i32.eqz (i32.or (i32.eq (local.get $c) (i32.const 34)) (i32.eq (local.get $c) (i32.const 39)))) (then (return (i32.const 0))))
  (local.set $end (call $quotedEscaped (local.get $q) (local.get $c) (i32.const 1)))
  (global.set $textAt (i32.add (local.get $q) (i32.const 1)))
  (global.set $textLength (i32.sub (i32.sub (local.get $end) (local.get $q)) (i32.const 2)))
  (if (i32.gt_u (global.get $textLength) (local.get $max)) (then (return (i32.const 0))))
  (local.get $end)
)

;; 1 when a text cannot be given out as it stands: an escape in it, or bytes that are not UTF-8.
(func $needsCare (param $at i32) (param $length i32) (param $encoding i32) (result i32)
  (local $q i32) (local $end i32) (local $all v128) (local $v v128) (local $escape v128) (local $seen v128)
  ;; A decoder of the program is always asked.
  (if (i32.ge_u (local.get $encoding) (i32.const 8)) (then (return (i32.const 1))))
  (local.set $end (i32.add (local.get $at) (local.get $length)))
  (local.set $q (local.get $at))
  ;; plain 0, backslash 1, doubled double quote 2, doubled single quote 3, JSON 4
  (local.set $escape (i8x16.splat (select (i32.const 92) (select (i32.const 34) (i32.const 39) (i32.eq (local.get $encoding) (i32.const 2)))
    (i32.or (i32.eq (local.get $encoding) (i32.const 1)) (i32.eq (local.get $encoding) (i32.const 4))))))
  (block $over
    (loop $again
      (br_if $over (i32.gt_u (i32.add (local.get $q) (i32.const 16)) (local.get $end)))
      (local.set $v (v128.load (local.get $q)))
      (local.set $all (v128.or (local.get $all) (local.get $v)))
      (local.set $seen (v128.or (local.get $seen) (i8x16.eq (local.get $v) (local.get $escape))))
      (local.set $q (i32.add (local.get $q) (i32.const 16)))
      (br $again)))
  (if (i32.lt_u (local.get $q) (local.get $end)) (then
    ;; The last bytes, with what stands behind them masked out.
    (local.set $v (v128.and (v128.load (local.get $q))
      (v128.load (i32.add (i32.const TAIL_MASKS) (i32.shl (i32.sub (local.get $end) (local.get $q)) (i32.const 4))))))
    (local.set $all (v128.or (local.get $all) (local.get $v)))
    (local.set $seen (v128.or (local.get $seen) (i8x16.eq (local.get $v) (local.get $escape))))))
  (if (i32.and (i32.ne (local.get $encoding) (i32.const 0)) (v128.any_true (local.get $seen))) (then (return (i32.const 1))))
  (if (i32.eqz (i8x16.bitmask (local.get $all))) (then (return (i32.const 0))))
  (i32.eqz (call $isUtf8 (local.get $at) (local.get $length)))
)

;; 1 when the bytes are well-formed UTF-8 (RFC 3629).
(func $isUtf8 (param $q i32) (param $length i32) (result i32)
  (local $end i32) (local $c i32) (local $d i32) (local $more i32) (local $low i32) (local $high i32)
  (local.set $end (i32.add (local.get $q) (local.get $length)))
  (loop $again
    (if (i32.ge_u (local.get $q) (local.get $end)) (then (return (i32.const 1))))
    (local.set $c (i32.load8_u (local.get $q)))
    (local.set $q (i32.add (local.get $q) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $c) (i32.const 128)))
    (local.set $low (i32.const 128))
    (local.set $high (i32.const 191))
    (if (i32.lt_u (local.get $c) (i32.const 194)) (then (return (i32.const 0))))
    (if (i32.lt_u (local.get $c) (i32.const 224)) (then (local.set $more (i32.const 1)))
    (else (if (i32.lt_u (local.get $c) (i32.const 240)) (then
      (local.set $more (i32.const 2))
      (if (i32.eq (local.get $c) (i32.const 224)) (then (local.set $low (i32.const 160))))
      (if (i32.eq (local.get $c) (i32.const 237)) (then (local.set $high (i32.const 159)))))
    (else (if (i32.lt_u (local.get $c) (i32.const 245)) (then
      (local.set $more (i32.const 3))
      (if (i32.eq (local.get $c) (i32.const 240)) (then (local.set $low (i32.const 144))))
      (if (i32.eq (local.get $c) (i32.const 244)) (then (local.set $high (i32.const 143)))))
    (else (return (i32.const 0))))))))
    (if (i32.gt_u (i32.add (local.get $q) (local.get $more)) (local.get $end)) (then (return (i32.const 0))))
    (loop $follow
      (local.set $d (i32.load8_u (local.get $q)))
      (if (i32.or (i32.lt_u (local.get $d) (local.get $low)) (i32.gt_u (local.get $d) (local.get $high))) (then (return (i32.const 0))))
      (local.set $low (i32.const 128))
      (local.set $high (i32.const 191))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $follow (local.tee $more (i32.sub (local.get $more) (i32.const 1)))))
    (br $again))
  (unreachable)
)

;; Gives out a text: $textAt, $textLength are its value as UTF-8. What must be decoded goes to scratch.
(func $view (param $at i32) (param $length i32) (param $encoding i32)
  (local $room i32)
  (global.set $textAt (local.get $at))
  (global.set $textLength (local.get $length))
  (if (i32.eqz (call $needsCare (local.get $at) (local.get $length) (local.get $encoding))) (then (return)))
  (global.set $textAt (global.get $scratchTop))
  (global.set $textLength (i32.const 0))
  (local.set $room (if (result i32) (i32.ge_u (local.get $encoding) (i32.const 8))
    (then (call $measure (local.get $at) (local.get $length) (local.get $encoding)))
    (else (i32.mul (local.get $length) (i32.const 3)))))
  (if (i32.gt_u (i32.add (global.get $scratchTop) (i32.add (local.get $room) (i32.const 64))) (i32.const SCRATCH_END))
    (then (global.set $tooLong (i32.const 1)) (return)))
  (global.set $textLength (call $clean (local.get $at) (local.get $length) (local.get $encoding) (global.get $scratchTop)))
)

;; Behind the next line feed, at most stop.
(func $nextLine (param $q i32) (param $stop i32) (result i32)
  (local $m i32)
  (loop $again
    (if (i32.ge_u (local.get $q) (local.get $stop)) (then (return (local.get $stop))))
    (local.set $m (i8x16.bitmask (i8x16.eq (v128.load (local.get $q)) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))))
    (if (i32.eqz (local.get $m)) (then (local.set $q (i32.add (local.get $q) (i32.const 16))) (br $again))))
  (local.set $q (i32.add (local.get $q) (i32.add (i32.ctz (local.get $m)) (i32.const 1))))
  (select (local.get $q) (local.get $stop) (i32.lt_u (local.get $q) (local.get $stop)))
)

;; Where a literal stands in the rest of the line, or the negative of the next line's start (at most $stop). 16 bytes at a time by its first byte.
(func $findInLine (param $q i32) (param $stop i32) (param $literal i32) (param $length i32) (result i32)
  (local $m i32) (local $first v128) (local $v v128) (local $at i32) (local $i i32)
  (local.set $first (i8x16.splat (i32.load8_u (local.get $literal))))
  (loop $again
    (if (i32.ge_u (local.get $q) (local.get $stop)) (then (return (i32.sub (i32.const 0) (local.get $stop)))))
    (local.set $v (v128.load (local.get $q)))
    (local.set $m (i8x16.bitmask (v128.or (i8x16.eq (local.get $v) (local.get $first))
      (i8x16.eq (local.get $v) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10)))))
    (loop $bits
      (if (local.get $m) (then
        (local.set $at (i32.add (local.get $q) (i32.ctz (local.get $m))))
        (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 10)) (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (return (i32.sub (i32.const 0) (select (local.get $at) (local.get $stop) (i32.lt_u (local.get $at) (local.get $stop)))))))
        (local.set $i (i32.const 1))
        (block $differs
          (loop $bytes
            (if (i32.ge_u (local.get $i) (local.get $length)) (then (return (local.get $at))))
            (br_if $differs (i32.ne (i32.load8_u (i32.add (local.get $at) (local.get $i))) (i32.load8_u (i32.add (local.get $literal) (local.get $i)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $bytes)))
        (local.set $m (i32.and (local.get $m) (i32.sub (local.get $m) (i32.const 1))))
        (br $bits))))
    (local.set $q (i32.add (local.get $q) (i32.const 16)))
    (br $again))
  (i32.const 0)
)

;; Appends a text's value to the heap; the caller has checked that there is room. Its length is in $textLength.
(func $giveText (param $at i32) (param $length i32) (param $encoding i32)
  (global.set $textLength (local.get $length))
  (if (call $needsCare (local.get $at) (local.get $length) (local.get $encoding))
    (then (global.set $textLength (call $clean (local.get $at) (local.get $length) (local.get $encoding) (global.get $heapTop))))
    (else (call $copy (global.get $heapTop) (local.get $at) (local.get $length))))
  (global.set $heapTop (i32.add (global.get $heapTop) (global.get $textLength)))
)

;; Copies 16 bytes at a time; may write up to 15 more.
(func $copy (param $to i32) (param $from i32) (param $length i32)
  (local $i i32)
  (if (i32.gt_u (local.get $length) (i32.const 256)) (then (memory.copy (local.get $to) (local.get $from) (local.get $length)) (return)))
  (loop $again
    (v128.store (i32.add (local.get $to) (local.get $i)) (v128.load (i32.add (local.get $from) (local.get $i))))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $length))))
)

;; 1 when two runs of bytes are the same.
(func $same (param $a i32) (param $b i32) (param $length i32) (result i32)
  (local $i i32)
  (loop $again
    (if (i32.le_u (i32.add (local.get $i) (i32.const 16)) (local.get $length)) (then
      (if (i32.ne (i8x16.bitmask (i8x16.eq (v128.load (i32.add (local.get $a) (local.get $i))) (v128.load (i32.add (local.get $b) (local.get $i))))) (i32.const 65535))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br $again))))
  (if (i32.eq (local.get $i) (local.get $length)) (then (return (i32.const 1))))
  (i32.eqz (i32.and
    (i32.xor (i8x16.bitmask (i8x16.eq (v128.load (i32.add (local.get $a) (local.get $i))) (v128.load (i32.add (local.get $b) (local.get $i))))) (i32.const 65535))
    (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $length) (local.get $i))) (i32.const 1))))
)

;; Bytes in order: below 0, 0 or above 0.
(func $order (param $a i32) (param $aLength i32) (param $b i32) (param $bLength i32) (result i32)
  (local $i i32) (local $n i32) (local $d i32)
  (local.set $n (select (local.get $aLength) (local.get $bLength) (i32.lt_u (local.get $aLength) (local.get $bLength))))
  (block $over
    (loop $again
      (br_if $over (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $d (i32.sub (i32.load8_u (i32.add (local.get $a) (local.get $i))) (i32.load8_u (i32.add (local.get $b) (local.get $i)))))
      (if (local.get $d) (then (return (local.get $d))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $again)))
  (i32.sub (local.get $aLength) (local.get $bLength))
)

;; Where a needle first stands in [q, end), or -1. fold: ASCII letters in any case, the needle is lower case.
(func $find (param $q i32) (param $end i32) (param $needle i32) (param $length i32) (param $fold i32) (result i32)
  (local $first v128) (local $other v128) (local $v v128) (local $m i32) (local $last i32) (local $at i32) (local $c i32)
  (if (i32.eqz (local.get $length)) (then (return (local.get $q))))
  (local.set $last (i32.sub (local.get $end) (local.get $length)))
  (local.set $c (i32.load8_u (local.get $needle)))
  (local.set $first (i8x16.splat (local.get $c)))
  (local.set $other (local.get $first))
  (if (i32.and (local.get $fold) (i32.le_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 25)))
    (then (local.set $other (i8x16.splat (i32.sub (local.get $c) (i32.const 32))))))
  (loop $again
    (if (i32.gt_s (local.get $q) (local.get $last)) (then (return (i32.const -1))))
    (local.set $v (v128.load (local.get $q)))
    (local.set $m (i8x16.bitmask (v128.or (i8x16.eq (local.get $v) (local.get $first)) (i8x16.eq (local.get $v) (local.get $other)))))
    (block $none
      (loop $candidates
        (br_if $none (i32.eqz (local.get $m)))
        (local.set $at (i32.add (local.get $q) (i32.ctz (local.get $m))))
        (if (i32.gt_s (local.get $at) (local.get $last)) (then (return (i32.const -1))))
        (if (call $sameText (local.get $at) (local.get $needle) (local.get $length) (local.get $fold)) (then (return (local.get $at))))
        (local.set $m (i32.and (local.get $m) (i32.sub (local.get $m) (i32.const 1))))
        (br $candidates)))
    (local.set $q (i32.add (local.get $q) (i32.const 16)))
    (br $again))
  (unreachable)
)

;; $same, or without regard to ASCII case against a lower-case needle.
(func $sameText (param $a i32) (param $needle i32) (param $length i32) (param $fold i32) (result i32)
  (local $i i32) (local $c i32)
  (if (i32.eqz (local.get $fold)) (then (return (call $same (local.get $a) (local.get $needle) (local.get $length)))))
  (loop $again
    (if (i32.ge_u (local.get $i) (local.get $length)) (then (return (i32.const 1))))
    (local.set $c (i32.load8_u (i32.add (local.get $a) (local.get $i))))
    (if (i32.le_u (i32.sub (local.get $c) (i32.const 65)) (i32.const 25)) (then (local.set $c (i32.add (local.get $c) (i32.const 32)))))
    (if (i32.ne (local.get $c) (i32.load8_u (i32.add (local.get $needle) (local.get $i)))) (then (return (i32.const 0))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br $again))
  (unreachable)
)

;; A hash of bytes, 31 bits. Reads up to 8 bytes behind short texts and masks them out.
(func $hash (param $q i32) (param $length i32) (result i32)
  (local $h i64) (local $i i32)
  (local.set $h (i64.mul (i64.extend_i32_u (local.get $length)) (i64.const 0x9E3779B97F4A7C15)))
  (if (i32.ge_u (local.get $length) (i32.const 8))
    (then
      (loop $again
        (local.set $h (i64.mul (i64.xor (local.get $h) (i64.load (i32.add (local.get $q) (local.get $i)))) (i64.const 0xff51afd7ed558ccd)))
        (local.set $h (i64.xor (local.get $h) (i64.shr_u (local.get $h) (i64.const 32))))
        (local.set $i (i32.add (local.get $i) (i32.const 8)))
        (br_if $again (i32.le_u (i32.add (local.get $i) (i32.const 8)) (local.get $length))))
      (local.set $h (i64.mul (i64.xor (local.get $h) (i64.load (i32.sub (i32.add (local.get $q) (local.get $length)) (i32.const 8)))) (i64.const 0xff51afd7ed558ccd))))
    (else
      (local.set $h (i64.mul (i64.xor (local.get $h) (i64.and (i64.load (local.get $q))
        (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (i32.shl (local.get $length) (i32.const 3)))) (i64.const 1)))) (i64.const 0xff51afd7ed558ccd)))))
  (i32.wrap_i64 (i64.shr_u (i64.xor (local.get $h) (i64.shr_u (local.get $h) (i64.const 29))) (i64.const 33)))
)
`;

/** Numbers and addresses. */
export const NUMBER_RUNTIME: string = `
;; Many decimal digits [from, to): the value with its sign in $number, or 0 when it does not fit 64 bits.
(func $longDigits (param $from i32) (param $to i32) (param $negative i32) (result i32)
  (local $d i64) (local $value i64) (local $limit i64)
  ;; The magnitude may be one more below zero.
  (local.set $limit (i64.add (i64.const 9223372036854775807) (i64.extend_i32_u (local.get $negative))))
  (loop $again
    (if (i32.lt_u (local.get $from) (local.get $to)) (then
      (local.set $d (i64.extend_i32_u (i32.sub (i32.load8_u (local.get $from)) (i32.const 48))))
      (if (i64.gt_u (local.get $value) (i64.const 922337203685477580)) (then (return (i32.const 0))))
      (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10)) (local.get $d)))
      (if (i64.gt_u (local.get $value) (local.get $limit)) (then (return (i32.const 0))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br $again))))
  (global.set $number (select (i64.sub (i64.const 0) (local.get $value)) (local.get $value) (local.get $negative)))
  (i32.const 1)
)

;; Sign, 0x, digits: gives the end (the start without a digit, -1 when it does not fit), value in $number.
(func $hexadecimal (param $q i32) (param $max i32) (result i32)
  (local $start i32) (local $negative i32) (local $digits i32) (local $d i32) (local $value i64) (local $c i32)
  (local.set $start (local.get $q))
  (local.set $c (i32.load8_u (local.get $q)))
  (local.set $negative (i32.eq (local.get $c) (i32.const 45)))
  (if (i32.or (local.get $negative) (i32.eq (local.get $c) (i32.const 43))) (then (local.set $q (i32.add (local.get $q) (i32.const 1)))))
  (if (i32.and (i32.eq (i32.load8_u (local.get $q)) (i32.const 48))
               (i32.and (i32.eq (i32.or (i32.load8_u offset=1 (local.get $q)) (i32.const 32)) (i32.const 120))
                        (i32.lt_u (call $hexDigit (i32.load8_u offset=2 (local.get $q))) (i32.const 16))))
    (then (local.set $q (i32.add (local.get $q) (i32.const 2)))))
  (local.set $digits (local.get $q))
  (local.set $q (call $zerosTo (local.get $q) (i32.add (local.get $start) (local.get $max))))
  (block $over
    (loop $again
      (br_if $over (i32.ge_u (i32.sub (local.get $q) (local.get $start)) (local.get $max)))
      (local.set $d (call $hexDigit (i32.load8_u (local.get $q))))
      (br_if $over (i32.gt_u (local.get $d) (i32.const 15)))
      (if (i64.ge_u (local.get $value) (i64.const 0x0800000000000000)) (then
        ;; One more digit makes 64 bits: only the least negative number may have them.
        (if (i32.eqz (i32.and (local.get $negative) (i32.and (i64.eq (local.get $value) (i64.const 0x0800000000000000)) (i32.eqz (local.get $d)))))
          (then (return (i32.const -1))))))
      (local.set $value (i64.or (i64.shl (local.get $value) (i64.const 4)) (i64.extend_i32_u (local.get $d))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br $again)))
  (if (i32.eq (local.get $q) (local.get $digits)) (then (return (local.get $start))))
  (global.set $number (select (i64.sub (i64.const 0) (local.get $value)) (local.get $value) (local.get $negative)))
  (local.get $q)
)

;; The end of a decimal fraction, or the start when there is none.
(func $decimal (param $q i32) (param $point i32) (param $max i32) (result i32)
  (local $start i32) (local $c i32) (local $digits i32) (local $limit i32) (local $mark i32)
  (local.set $start (local.get $q))
  (local.set $limit (i32.add (local.get $q) (local.get $max)))
  (local.set $c (i32.load8_u (local.get $q)))
  (if (i32.or (i32.eq (local.get $c) (i32.const 45)) (i32.eq (local.get $c) (i32.const 43))) (then (local.set $q (i32.add (local.get $q) (i32.const 1)))))
  (local.set $mark (local.get $q))
  (local.set $q (call $digitsTo (local.get $q) (local.get $limit)))
  (local.set $digits (i32.sub (local.get $q) (local.get $mark)))
  (if (i32.and (i32.lt_u (local.get $q) (local.get $limit)) (i32.eq (i32.load8_u (local.get $q)) (local.get $point))) (then
    (local.set $mark (i32.add (local.get $q) (i32.const 1)))
    (local.set $c (call $digitsTo (local.get $mark) (local.get $limit)))
    ;; A point alone is no number.
    (if (i32.or (local.get $digits) (i32.ne (local.get $c) (local.get $mark))) (then
      (local.set $digits (i32.add (local.get $digits) (i32.sub (local.get $c) (local.get $mark))))
      (local.set $q (local.get $c))))))
  (if (i32.eqz (local.get $digits)) (then (return (local.get $start))))
  (if (i32.and (i32.lt_u (local.get $q) (local.get $limit)) (i32.eq (i32.or (i32.load8_u (local.get $q)) (i32.const 32)) (i32.const 101))) (then
    (local.set $mark (i32.add (local.get $q) (i32.const 1)))
    (local.set $c (i32.load8_u (local.get $mark)))
    (if (i32.or (i32.eq (local.get $c) (i32.const 45)) (i32.eq (local.get $c) (i32.const 43))) (then (local.set $mark (i32.add (local.get $mark) (i32.const 1)))))
    (local.set $c (call $digitsTo (local.get $mark) (local.get $limit)))
    (if (i32.gt_u (local.get $c) (local.get $mark)) (then (local.set $q (local.get $c))))))
  (local.get $q)
)

;; The end of a run of decimal digits, at most $limit. Long runs in the window are remembered, so that an attempt at each of their bytes
;; does not read them again.
(func $digitsTo (param $q i32) (param $limit i32) (result i32)
  (local $from i32)
  (local.set $from (local.get $q))
  (if (i32.lt_u (i32.sub (local.get $q) (global.get $digitsFrom)) (i32.sub (global.get $digitsEnd) (global.get $digitsFrom))) (then
    (local.set $q (select (global.get $digitsEnd) (local.get $limit) (i32.lt_u (global.get $digitsEnd) (local.get $limit))))))
  (loop $again
    (if (i32.and (i32.lt_u (local.get $q) (local.get $limit)) (i32.le_u (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)) (i32.const 9)))
      (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $again))))
  (if (i32.and (i32.gt_u (i32.sub (local.get $q) (local.get $from)) (i32.const 64))
               (i32.and (i32.gt_u (local.get $q) (global.get $digitsEnd)) (i32.ge_u (local.get $from) (global.get $heapEnd)))) (then
    (global.set $digitsFrom (local.get $from))
    (global.set $digitsEnd (local.get $q))))
  (local.get $q)
)

;; The same for zeros.
(func $zerosTo (param $q i32) (param $limit i32) (result i32)
  (local $from i32)
  (local.set $from (local.get $q))
  (if (i32.lt_u (i32.sub (local.get $q) (global.get $zerosFrom)) (i32.sub (global.get $zerosEnd) (global.get $zerosFrom))) (then
    (local.set $q (select (global.get $zerosEnd) (local.get $limit) (i32.lt_u (global.get $zerosEnd) (local.get $limit))))))
  (loop $again
    (if (i32.and (i32.lt_u (local.get $q) (local.get $limit)) (i32.eq (i32.load8_u (local.get $q)) (i32.const 48)))
      (then (local.set $q (i32.add (local.get $q) (i32.const 1))) (br $again))))
  (if (i32.and (i32.gt_u (i32.sub (local.get $q) (local.get $from)) (i32.const 64))
               (i32.and (i32.gt_u (local.get $q) (global.get $zerosEnd)) (i32.ge_u (local.get $from) (global.get $heapEnd)))) (then
    (global.set $zerosFrom (local.get $from))
    (global.set $zerosEnd (local.get $q))))
  (local.get $q)
)

;; The value of a decimal fraction. Exact where digits and scale fit a double (Clinger 1990); the host reads the others.
(func $parseDouble (param $at i32) (param $length i32) (param $point i32) (result f64)
  (local $q i32) (local $end i32) (local $c i32) (local $value i64) (local $scale i32) (local $inFraction i32) (local $count i32) (local $f f64)
  (local.set $q (local.get $at))
  (local.set $end (i32.add (local.get $at) (local.get $length)))
  (local.set $c (i32.load8_u (local.get $q)))
  (if (i32.or (i32.eq (local.get $c) (i32.const 45)) (i32.eq (local.get $c) (i32.const 43))) (then (local.set $q (i32.add (local.get $q) (i32.const 1)))))
  (loop $again
    (if (i32.lt_u (local.get $q) (local.get $end)) (then
      (local.set $c (i32.load8_u (local.get $q)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (if (i32.eq (local.get $c) (local.get $point)) (then (local.set $inFraction (i32.const 1)) (br $again)))
      (local.set $c (i32.sub (local.get $c) (i32.const 48)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (if (i32.or (i32.gt_u (local.get $c) (i32.const 9)) (i32.gt_u (local.get $count) (i32.const 15)))
        (then (return (call $hostDouble (local.get $at) (local.get $length) (local.get $point)))))
      (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10)) (i64.extend_i32_u (local.get $c))))
      (local.set $scale (i32.add (local.get $scale) (local.get $inFraction)))
      (br $again))))
  (local.set $f (f64.div (f64.convert_i64_u (local.get $value)) (f64.load (i32.add (i32.const POWERS) (i32.shl (local.get $scale) (i32.const 3))))))
  (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 45)) (then (return (f64.neg (local.get $f)))))
  (local.get $f)
)

;; Behind true or false in any case, or 0; $number is 1 or 0.
(func $boolean (param $q i32) (result i32)
  (local $w i32)
  (local.set $w (i32.or (i32.load (local.get $q)) (i32.const 0x20202020)))
  (if (i32.eq (local.get $w) (i32.const 0x65757274)) (then (global.set $number (i64.const 1)) (return (i32.add (local.get $q) (i32.const 4)))))
  (if (i32.eq (local.get $w) (i32.const 0x736c6166)) (then
    (if (i32.eq (i32.or (i32.load8_u offset=4 (local.get $q)) (i32.const 32)) (i32.const 101)) (then
      (global.set $number (i64.const 0))
      (return (i32.add (local.get $q) (i32.const 5)))))))
  (i32.const 0)
)

;; Behind an IPv4 address, or 0; $high, $low are its 128 bits.
(func $ipv4 (param $q i32) (result i32)
  (local $part i32) (local $value i32) (local $d i32) (local $e i32)
  (loop $parts
    (local.set $d (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)))
    (if (i32.gt_u (local.get $d) (i32.const 9)) (then (return (i32.const 0))))
    (local.set $q (i32.add (local.get $q) (i32.const 1)))
    (local.set $e (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)))
    (if (i32.le_u (local.get $e) (i32.const 9)) (then
      (local.set $d (i32.add (i32.mul (local.get $d) (i32.const 10)) (local.get $e)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (local.set $e (i32.add (i32.mul (local.get $d) (i32.const 10)) (i32.sub (i32.load8_u (local.get $q)) (i32.const 48))))
      (if (i32.le_u (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)) (i32.const 9)) (then
        (if (i32.le_u (local.get $e) (i32.const 255)) (then
          (local.set $d (local.get $e))
          (local.set $q (i32.add (local.get $q) (i32.const 1)))))))))
    (local.set $value (i32.or (i32.shl (local.get $value) (i32.const 8)) (local.get $d)))
    (if (i32.lt_u (local.tee $part (i32.add (local.get $part) (i32.const 1))) (i32.const 4)) (then
      (if (i32.ne (i32.load8_u (local.get $q)) (i32.const 46)) (then (return (i32.const 0))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br $parts))))
  (global.set $high (i64.const 0))
  (global.set $low (i64.or (i64.const 0x0000ffff00000000) (i64.extend_i32_u (local.get $value))))
  (local.get $q)
)

;; Behind an IPv6 address (RFC 4291, 2.2), or 0; $high, $low are its 128 bits.
(func $ipv6 (param $q i32) (result i32)
  (local $groups i32) (local $gap i32) (local $g i32) (local $d i32) (local $n i32) (local $good i32) (local $goodGroups i32)
  (local $high i64) (local $low i64) (local $tailHigh i64) (local $tailLow i64)
  (local.set $gap (i32.const -1))
  ;; All groups read so far stand in high:low as one number; $good is the end of the longest address so far.
  (if (i32.eq (i32.load8_u (local.get $q)) (i32.const 58)) (then
    (if (i32.ne (i32.load8_u offset=1 (local.get $q)) (i32.const 58)) (then (return (i32.const 0))))
    (local.set $q (i32.add (local.get $q) (i32.const 2)))
    (local.set $gap (i32.const 0))
    (local.set $good (local.get $q))))
  (block $over
    (loop $again
      (br_if $over (i32.ge_u (local.get $groups) (i32.const 8)))
      ;; An IPv4 tail stands for two groups.
      (if (i32.le_u (local.get $groups) (i32.const 6)) (then
        (if (select (i32.eq (local.get $groups) (i32.const 6)) (i32.le_u (local.get $groups) (i32.const 5)) (i32.lt_s (local.get $gap) (i32.const 0))) (then
          (local.set $d (call $ipv4 (local.get $q)))
          (if (local.get $d) (then
            (local.set $high (i64.or (i64.shl (local.get $high) (i64.const 32)) (i64.shr_u (local.get $low) (i64.const 32))))
            (local.set $low (i64.or (i64.shl (local.get $low) (i64.const 32)) (i64.and (global.get $low) (i64.const 0xffffffff))))
            (local.set $groups (i32.add (local.get $groups) (i32.const 2)))
            (local.set $good (local.get $d))
            (local.set $goodGroups (local.get $groups))
            (br $over)))))))
      (local.set $g (i32.const 0))
      (local.set $n (i32.const 0))
      (block $digits
        (loop $more
          (br_if $digits (i32.ge_u (local.get $n) (i32.const 4)))
          (local.set $d (call $hexDigit (i32.load8_u (local.get $q))))
          (br_if $digits (i32.gt_u (local.get $d) (i32.const 15)))
          (local.set $g (i32.or (i32.shl (local.get $g) (i32.const 4)) (local.get $d)))
          (local.set $q (i32.add (local.get $q) (i32.const 1)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br $more)))
      (br_if $over (i32.eqz (local.get $n)))
      (local.set $high (i64.or (i64.shl (local.get $high) (i64.const 16)) (i64.shr_u (local.get $low) (i64.const 48))))
      (local.set $low (i64.or (i64.shl (local.get $low) (i64.const 16)) (i64.extend_i32_u (local.get $g))))
      (local.set $groups (i32.add (local.get $groups) (i32.const 1)))
      (if (select (i32.eq (local.get $groups) (i32.const 8)) (i32.le_u (local.get $groups) (i32.const 7)) (i32.lt_s (local.get $gap) (i32.const 0))) (then
        (local.set $good (local.get $q))
        (local.set $goodGroups (local.get $groups))))
      (br_if $over (i32.ne (i32.load8_u (local.get $q)) (i32.const 58)))
      (if (i32.eq (i32.load8_u offset=1 (local.get $q)) (i32.const 58))
        (then
          ;; A second gap ends the address before it.
          (br_if $over (i32.ge_s (local.get $gap) (i32.const 0)))
          (br_if $over (i32.ge_u (local.get $groups) (i32.const 8)))
          (local.set $gap (local.get $groups))
          (local.set $q (i32.add (local.get $q) (i32.const 2)))
          (local.set $good (local.get $q))
          (local.set $goodGroups (local.get $groups)))
        (else (local.set $q (i32.add (local.get $q) (i32.const 1)))))
      (br $again)))
  (if (i32.eqz (local.get $good)) (then (return (i32.const 0))))
  ;; Groups read behind $good are taken off again.
  (loop $off
    (if (i32.gt_u (local.get $groups) (local.get $goodGroups)) (then
      (local.set $low (i64.or (i64.shr_u (local.get $low) (i64.const 16)) (i64.shl (local.get $high) (i64.const 48))))
      (local.set $high (i64.shr_u (local.get $high) (i64.const 16)))
      (local.set $groups (i32.sub (local.get $groups) (i32.const 1)))
      (br $off))))
  (if (i32.ge_s (local.get $gap) (i32.const 0)) (then
    ;; The groups behind the gap stay at the end, those before it move to the front.
    (local.set $n (i32.shl (i32.sub (local.get $groups) (local.get $gap)) (i32.const 4)))
    (local.set $tailHigh (i64.const 0))
    (local.set $tailLow (i64.const 0))
    (if (i32.ge_u (local.get $n) (i32.const 64))
      (then
        (local.set $tailLow (local.get $low))
        (local.set $tailHigh (i64.and (local.get $high) (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $n) (i32.const 64)))) (i64.const 1)))))
      (else (local.set $tailLow (i64.and (local.get $low) (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $n))) (i64.const 1))))))
    (local.set $high (i64.xor (local.get $high) (local.get $tailHigh)))
    (local.set $low (i64.xor (local.get $low) (local.get $tailLow)))
    (local.set $n (i32.sub (i32.const 8) (local.get $groups)))
    (loop $shift
      (if (local.get $n) (then
        (local.set $high (i64.or (i64.shl (local.get $high) (i64.const 16)) (i64.shr_u (local.get $low) (i64.const 48))))
        (local.set $low (i64.shl (local.get $low) (i64.const 16)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $shift))))
    (local.set $high (i64.or (local.get $high) (local.get $tailHigh)))
    (local.set $low (i64.or (local.get $low) (local.get $tailLow)))))
  (global.set $high (local.get $high))
  (global.set $low (local.get $low))
  (local.get $good)
)

;; Behind six pairs of hexadecimal digits, or 0; the 48 bits in $number.
(func $mac (param $q i32) (result i32)
  (local $i i32) (local $a i32) (local $b i32) (local $between i32) (local $value i64)
  (local.set $between (i32.load8_u offset=2 (local.get $q)))
  (if (i32.and (i32.ne (local.get $between) (i32.const 58)) (i32.ne (local.get $between) (i32.const 45))) (then (return (i32.const 0))))
  (loop $again
    (local.set $a (call $hexDigit (i32.load8_u (local.get $q))))
    (local.set $b (call $hexDigit (i32.load8_u offset=1 (local.get $q))))
    (if (i32.gt_u (i32.or (local.get $a) (local.get $b)) (i32.const 15)) (then (return (i32.const 0))))
    (local.set $value (i64.or (i64.shl (local.get $value) (i64.const 8)) (i64.extend_i32_u (i32.or (i32.shl (local.get $a) (i32.const 4)) (local.get $b)))))
    (local.set $q (i32.add (local.get $q) (i32.const 2)))
    (if (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6)) (then
      (if (i32.ne (i32.load8_u (local.get $q)) (local.get $between)) (then (return (i32.const 0))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br $again))))
  (global.set $number (local.get $value))
  (local.get $q)
)
`;
