/** Runtime functions of the scanner for times, as WebAssembly text. */

/** Names, digits, zones and the calendar. */
export const TIME_RUNTIME: string = `
;; The number of an English month name at q (1 to 12), or 0; any case; its length in $taken.
(func $monthName (param $q i32) (param $full i32) (result i32)
  (call $name (local.get $q) (local.get $full) (i32.const MONTH_NAMES) (i32.const 12))
)

(func $weekdayName (param $q i32) (param $full i32) (result i32)
  (call $name (local.get $q) (local.get $full) (i32.const WEEKDAY_NAMES) (i32.const 7))
)

;; Names lie 16 bytes apart, lower case, their length in byte 15.
(func $name (param $q i32) (param $full i32) (param $table i32) (param $count i32) (result i32)
  (local $i i32) (local $w i32) (local $at i32) (local $j i32) (local $length i32)
  (local.set $w (i32.and (i32.or (i32.load (local.get $q)) (i32.const 0x202020)) (i32.const 0xffffff)))
  (local.set $at (local.get $table))
  (block $none
    (loop $again
      (if (i32.eq (local.get $w) (i32.and (i32.load (local.get $at)) (i32.const 0xffffff))) (then
        (global.set $taken (i32.const 3))
        (if (i32.eqz (local.get $full)) (then (return (i32.add (local.get $i) (i32.const 1)))))
        (local.set $length (i32.load8_u offset=15 (local.get $at)))
        (global.set $taken (local.get $length))
        (local.set $j (i32.const 3))
        (loop $letters
          (if (i32.ge_u (local.get $j) (local.get $length)) (then (return (i32.add (local.get $i) (i32.const 1)))))
          (br_if $none (i32.ne
            (i32.or (i32.load8_u (i32.add (local.get $q) (local.get $j))) (i32.const 32))
            (i32.load8_u (i32.add (local.get $at) (local.get $j)))))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br $letters))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $count)))))
  (i32.const 0)
)

;; What the first name of a table stands for that stands at q, or 0; ASCII letters in any case; its length in $taken.
(func $nameInTable (param $q i32) (param $table i32) (result i32)
  (local $length i32) (local $i i32) (local $c i32)
  (loop $names
    (local.set $length (i32.load8_u (local.get $table)))
    (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
    (block $other
      (br_if $other (i32.gt_u (i32.add (local.get $q) (local.get $length)) (global.get $realEnd)))
      (local.set $i (i32.const 0))
      (loop $letters
        (local.set $c (i32.load8_u (i32.add (local.get $q) (local.get $i))))
        (if (i32.le_u (i32.sub (local.get $c) (i32.const 65)) (i32.const 25)) (then (local.set $c (i32.add (local.get $c) (i32.const 32)))))
        (br_if $other (i32.ne (local.get $c) (i32.load8_u offset=2 (i32.add (local.get $table) (local.get $i)))))
        (br_if $letters (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $length))))
      (global.set $taken (local.get $length))
      (return (i32.load8_u offset=1 (local.get $table))))
    (local.set $table (i32.add (local.get $table) (i32.add (local.get $length) (i32.const 2))))
    (br $names))
  (unreachable)
)

;; min to max digits, the first of which may be a blank: the end or 0, value in $number.
(func $digits (param $q i32) (param $min i32) (param $max i32) (param $mayPad i32) (result i32)
  (local $d i32) (local $count i32) (local $value i64)
  (if (i32.and (local.get $mayPad) (i32.eq (i32.load8_u (local.get $q)) (i32.const 32))) (then
    (local.set $q (i32.add (local.get $q) (i32.const 1)))
    (local.set $max (i32.sub (local.get $max) (i32.const 1)))))
  (block $over
    (loop $again
      (br_if $over (i32.ge_u (local.get $count) (local.get $max)))
      (local.set $d (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)))
      (br_if $over (i32.gt_u (local.get $d) (i32.const 9)))
      (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10)) (i64.extend_i32_u (local.get $d))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br $again)))
  (global.set $number (local.get $value))
  (select (local.get $q) (i32.const 0) (i32.and (i32.ge_u (local.get $count) (local.get $min)) (i32.gt_u (local.get $count) (i32.const 0))))
)

;; Digits of a fraction of a second as nanoseconds in $number: the end or 0. Digits behind the ninth are dropped.
(func $fraction (param $q i32) (param $min i32) (param $max i32) (result i32)
  (local $d i32) (local $count i32) (local $value i64)
  (block $over
    (loop $again
      (br_if $over (i32.ge_u (local.get $count) (local.get $max)))
      (local.set $d (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)))
      (br_if $over (i32.gt_u (local.get $d) (i32.const 9)))
      (if (i32.lt_u (local.get $count) (i32.const 9))
        (then (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10)) (i64.extend_i32_u (local.get $d))))))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br $again)))
  (if (i32.lt_u (local.get $count) (local.get $min)) (then (return (i32.const 0))))
  (if (i32.eqz (local.get $count)) (then (return (i32.const 0))))
  (loop $scale
    (if (i32.lt_u (local.get $count) (i32.const 9)) (then
      (local.set $value (i64.mul (local.get $value) (i64.const 10)))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br $scale))))
  (global.set $number (local.get $value))
  (local.get $q)
)

;; Z, UTC, GMT or an offset: the end or 0, milliseconds east of UTC in $number.
(func $zone (param $q i32) (result i32)
  (local $c i32) (local $w i32) (local $pair i32) (local $minutes i32) (local $negative i32)
  (local.set $c (i32.load8_u (local.get $q)))
  (local.set $negative (i32.eq (local.get $c) (i32.const 45)))
  (if (i32.or (local.get $negative) (i32.eq (local.get $c) (i32.const 43))) (then
    (local.set $pair (call $pair (i32.add (local.get $q) (i32.const 1))))
    (if (i32.gt_u (local.get $pair) (i32.const 23)) (then (return (i32.const 0))))
    (local.set $minutes (i32.mul (local.get $pair) (i32.const 60)))
    (local.set $q (i32.add (local.get $q) (i32.const 3)))
    ;; Minutes may follow, with or without a colon.
    (local.set $w (i32.add (local.get $q) (i32.eq (i32.load8_u (local.get $q)) (i32.const 58))))
    (local.set $pair (call $pair (local.get $w)))
    (if (i32.le_u (local.get $pair) (i32.const 59)) (then
      (local.set $minutes (i32.add (local.get $minutes) (local.get $pair)))
      (local.set $q (i32.add (local.get $w) (i32.const 2)))))
    (if (local.get $negative) (then (local.set $minutes (i32.sub (i32.const 0) (local.get $minutes)))))
    (global.set $number (i64.mul (i64.extend_i32_s (local.get $minutes)) (i64.const 60000)))
    (return (local.get $q))))
  (global.set $number (i64.const 0))
  (if (i32.eq (local.get $c) (i32.const 90)) (then (return (i32.add (local.get $q) (i32.const 1)))))
  (local.set $w (i32.and (i32.load (local.get $q)) (i32.const 0xffffff)))
  (if (i32.or (i32.eq (local.get $w) (i32.const 0x435455)) (i32.eq (local.get $w) (i32.const 0x544d47)))
    (then (return (i32.add (local.get $q) (i32.const 3)))))
  (i32.const 0)
)

;; Two digits as a number, or 255.
(func $pair (param $q i32) (result i32)
  (local $a i32) (local $b i32)
  (local.set $a (i32.sub (i32.load8_u (local.get $q)) (i32.const 48)))
  (local.set $b (i32.sub (i32.load8_u offset=1 (local.get $q)) (i32.const 48)))
  (select (i32.const 255) (i32.add (i32.mul (local.get $a) (i32.const 10)) (local.get $b))
    (i32.or (i32.gt_u (local.get $a) (i32.const 9)) (i32.gt_u (local.get $b) (i32.const 9))))
)

;; A whole number with a sign, at most 18 digits: the end or 0, value in $number.
(func $epoch (param $q i32) (param $most i32) (result i32)
  (local $c i32) (local $negative i32) (local $end i32)
  (local.set $c (i32.load8_u (local.get $q)))
  (local.set $negative (i32.eq (local.get $c) (i32.const 45)))
  (if (i32.or (local.get $negative) (i32.eq (local.get $c) (i32.const 43))) (then (local.set $q (i32.add (local.get $q) (i32.const 1)))))
  (local.set $end (call $digits (local.get $q) (i32.const 1) (local.get $most) (i32.const 0)))
  (if (local.get $negative) (then (global.set $number (i64.sub (i64.const 0) (global.get $number)))))
  (local.get $end)
)

(func $isLeap (param $year i32) (result i32)
  (i32.and (i32.eqz (i32.and (local.get $year) (i32.const 3)))
           (i32.or (i32.ne (i32.rem_u (local.get $year) (i32.const 100)) (i32.const 0)) (i32.eqz (i32.rem_u (local.get $year) (i32.const 400)))))
)

(func $daysInMonth (param $year i32) (param $month i32) (result i32)
  (if (i32.eq (local.get $month) (i32.const 2)) (then (return (i32.add (i32.const 28) (call $isLeap (local.get $year))))))
  ;; 30 days have April, June, September, November.
  (i32.sub (i32.const 31) (i32.and (i32.shr_u (i32.const 0xA50) (local.get $month)) (i32.const 1)))
)

;; Milliseconds of a civil time since 1970, in the Gregorian calendar (Fliegel and van Flandern's shifted year).
(func $localMs (param $year i32) (param $month i32) (param $day i32) (param $hour i32) (param $minute i32) (param $second i32) (result i64)
  (local $y i32) (local $m i32) (local $days i32)
  (local.set $y (i32.sub (local.get $year) (i32.le_u (local.get $month) (i32.const 2))))
  (local.set $m (i32.add (local.get $month) (select (i32.const 9) (i32.const -3) (i32.le_u (local.get $month) (i32.const 2)))))
  ;; Years count from 1 March, so that the leap day is the last. 719468 days lie between 0000-03-01 and 1970-01-01.
  ;; 400 years are added to keep all divisions unsigned.
  (local.set $y (i32.add (local.get $y) (i32.const 400)))
  (local.set $days (i32.sub
    (i32.add
      (i32.add (i32.mul (local.get $y) (i32.const 365)) (i32.div_u (local.get $y) (i32.const 4)))
      (i32.sub (i32.div_u (local.get $y) (i32.const 400)) (i32.div_u (local.get $y) (i32.const 100))))
    (i32.const 865565)))
  (local.set $days (i32.add (local.get $days)
    (i32.add (i32.div_u (i32.add (i32.mul (local.get $m) (i32.const 153)) (i32.const 2)) (i32.const 5)) (i32.sub (local.get $day) (i32.const 1)))))
  (i64.mul
    (i64.add
      (i64.mul (i64.extend_i32_s (local.get $days)) (i64.const 86400))
      (i64.extend_i32_s (i32.add (i32.mul (i32.add (i32.mul (local.get $hour) (i32.const 60)) (local.get $minute)) (i32.const 60)) (local.get $second))))
    (i64.const 1000))
)

;; The UTC time of a local one: by a zone's table, or, without one (0), by an offset.
(func $toUtc (param $ms i64) (param $table i32) (param $offset i64) (result i64)
  (local $low i32) (local $high i32) (local $middle i32) (local $at i32) (local $utc i64)
  (if (i32.eqz (local.get $table)) (then (return (i64.sub (local.get $ms) (local.get $offset)))))
  (local.set $high (i32.load (local.get $table)))
  (local.set $table (i32.add (local.get $table) (i32.const 8)))
  (if (i32.eq (local.get $high) (i32.const 1)) (then (return (i64.sub (local.get $ms) (i64.load offset=8 (local.get $table))))))
  ;; The last change that the local time, read with the offset before it, does not lie before.
  (loop $again
    (local.set $middle (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1)))
    (local.set $at (i32.add (local.get $table) (i32.shl (local.get $middle) (i32.const 4))))
    (if (i32.gt_u (local.get $middle) (local.get $low)) (then
      (if (i64.ge_s (i64.sub (local.get $ms) (i64.load (i32.sub (local.get $at) (i32.const 8)))) (i64.load (local.get $at)))
        (then (local.set $low (local.get $middle)))
        (else (local.set $high (local.get $middle))))
      (br $again))))
  (local.set $at (i32.add (local.get $table) (i32.shl (local.get $low) (i32.const 4))))
  (i64.sub (local.get $ms) (i64.load offset=8 (local.get $at)))
)

;; A time without a year: the latest year that puts it at most a day after the reference time; the least i64 when none does.
(func $inferYear (param $month i32) (param $day i32) (param $hour i32) (param $minute i32) (param $second i32) (param $table i32) (param $offset i64) (result i64)
  (local $year i32) (local $tries i32) (local $most i32) (local $ms i64)
  (local.set $year (i32.add (global.get $referenceYear) (i32.const 1)))
  (loop $again
    ;; Month 0 means that the day is a day of the year.
    (local.set $most (if (result i32) (local.get $month)
      (then (call $daysInMonth (local.get $year) (local.get $month)))
      (else (i32.add (i32.const 365) (call $isLeap (local.get $year))))))
    (if (i32.le_u (local.get $day) (local.get $most)) (then
      (local.set $ms (call $toUtc
        (call $localMs (local.get $year) (select (local.get $month) (i32.const 1) (local.get $month)) (local.get $day) (local.get $hour) (local.get $minute) (local.get $second))
        (local.get $table) (local.get $offset)))
      (if (i64.le_s (local.get $ms) (global.get $latestMs)) (then (return (local.get $ms))))))
    (local.set $year (i32.sub (local.get $year) (i32.const 1)))
    ;; A leap day may be eight years back.
    (br_if $again (i32.lt_u (local.tee $tries (i32.add (local.get $tries) (i32.const 1))) (i32.const 12))))
  (i64.const 0x8000000000000000)
)
`;
