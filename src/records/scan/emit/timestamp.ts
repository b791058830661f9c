/** Times: the parts of a format unrolled into code, then the calendar. */
import { unreachable } from "#text";
import type { NumberUnit, TimeName, TimePart, TimestampOperation, Zone } from "../../program/program.ts";
import { differs, needBytes } from "./basics.ts";
import type { EmitContext, ModuleContext } from "./context.ts";
import { resetSlot, setNumber } from "./slots.ts";
import { byteAt, get, i32, i64, plus, set } from "./wat.ts";

/** Locals a time is collected in; only those of the units that occur are made. */
type Units = Map<string, string>;

/** Writes a time; fails when a part does not match or is out of range. */
export function emitTimestamp(operation: TimestampOperation, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  if (!operation.mayBeEmpty) return emitTime(operation, fail, context);
  const before = writer.local("i32", "before");
  const [none, done] = [writer.label("none"), writer.label("time")];
  writer.line(set(before, get(q)), `(block ${done}`, `(block ${none}`);
  emitTime(operation, none, context);
  writer.line(`(br ${done})`, ")", set(q, get(before)));
  if (operation.slot >= 0 && !context.isTest) writer.line(resetSlot(operation.slot, "long"));
  writer.line(")");
}

function emitTime(operation: TimestampOperation, fail: string, context: EmitContext): void {
  const units: Units = new Map();
  for (const part of operation.parts) emitPart(part, units, fail, context);
  emitRanges(units, fail, context);
  const isWanted = operation.slot >= 0 && !context.isTest;
  const needsCalendar = operation.infersYear || operation.isNano;
  if (isWanted || needsCalendar) emitValue(operation, units, fail, context, isWanted);
}

function local(units: Units, unit: string, context: EmitContext, type: "i32" | "i64" = "i32"): string {
  const known = units.get(unit);
  if (known !== undefined) return known;
  const name = context.writer.local(type, unit.replaceAll("-", ""));
  units.set(unit, name);
  return name;
}

/** Reads a count since 1970 of at most so many digits. */
function callEpoch(q: string, most: number): string {
  return `(call $epoch ${get(q)} ${i32(most)})`;
}

function emitPart(part: TimePart, units: Units, fail: string, context: EmitContext): void {
  const { writer, q } = context;
  switch (part.kind) {
    case "literal":
      needBytes(i32(part.bytes.length), fail, context);
      part.bytes.forEach((byte, index) => {
        writer.line(`(br_if ${fail} ${differs([byte], get(q), index, false)})`);
      });
      writer.line(set(q, plus(get(q), part.bytes.length)));
      return;
    case "number":
      return emitNumberPart(part, local(units, part.unit, context), fail, context);
    case "month-name":
    case "weekday-name": {
      const english = part.kind === "month-name" ? "$monthName" : "$weekdayName";
      const call = part.names === null ? english : "$nameInTable";
      const named =
        part.names === null
          ? i32(part.isFull ? 1 : 0)
          : i32(context.module.data.place(nameTable(part.names)));
      if (part.names === null) needBytes(i32(3), fail, context);
      if (context.isChecked && (part.isFull || part.names !== null)) {
        const longest = Math.max(
          LONGEST_ENGLISH_NAME,
          ...(part.names ?? []).map(({ bytes }) => bytes.length),
        );
        writer.line(
          `(if (i32.gt_u ${plus(get(q), longest)} (global.get $end)) (then (global.set $hit ${i32(1)})))`,
        );
      }
      const value = local(units, part.kind === "month-name" ? "month" : "weekday", context);
      writer.line(
        `(br_if ${fail} (i32.eqz (local.tee ${value} (call ${call} ${get(q)} ${named}))))`,
        set(q, `(i32.add ${get(q)} (global.get $taken))`),
      );
      return;
    }
    case "am-pm": {
      const value = local(units, "am-pm", context);
      needBytes(i32(2), fail, context);
      const lower = (offset: number) => `(i32.or ${byteAt(get(q), offset)} ${i32(32)})`;
      writer.line(
        `(br_if ${fail} (i32.ne ${lower(1)} ${i32(0x6d)}))`,
        set(value, `(i32.eq ${lower(0)} ${i32(0x70)})`),
        `(br_if ${fail} (i32.eqz (i32.or ${get(value)} (i32.eq ${lower(0)} ${i32(0x61)}))))`,
        set(q, plus(get(q), 2)),
      );
      return;
    }
    case "fraction":
      return emitCall(
        part,
        `(call $fraction ${get(q)} ${i32(part.min)} ${i32(part.max)})`,
        "fraction",
        units,
        fail,
        context,
      );
    case "zone":
      return emitCall(part, `(call $zone ${get(q)})`, "zone", units, fail, context);
    case "epoch":
      return emitCall(part, callEpoch(q, part.most), `epoch-${part.unit}`, units, fail, context);
    default:
      return unreachable(part);
  }
}

const LONGEST_ENGLISH_NAME = 9;

/** Names one behind the other, each as its length, what it stands for and its bytes with ASCII letters small; a zero ends them. */
function nameTable(names: readonly TimeName[]): number[] {
  const small = (byte: number) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
  return [...names.flatMap(({ bytes, value }) => [bytes.length, value, ...bytes.map(small)]), 0];
}

/** A part that a function of the runtime reads: it gives the end or 0, and its value in `$number`. */
function emitCall(
  part: TimePart,
  call: string,
  unit: string,
  units: Units,
  fail: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  const value = local(units, unit, context, "i64");
  if (context.isChecked) {
    const most = part.kind === "zone" ? 6 : 32;
    writer.line(`(if (i32.gt_u ${plus(get(q), most)} (global.get $end)) (then (global.set $hit ${i32(1)})))`);
  }
  writer.line(`(br_if ${fail} (i32.eqz (local.tee ${q} ${call})))`, set(value, "(global.get $number)"));
}

function emitNumberPart(
  part: TimePart & { readonly kind: "number" },
  value: string,
  fail: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  const isPlain = !part.mayPad && part.min === part.max;
  if (isPlain && part.min === 2) {
    const pair = writer.local("i32", "pair");
    needBytes(i32(2), fail, context);
    writer.line(
      set(pair, `(i32.sub (i32.load16_u ${get(q)}) ${i32(0x3030)})`),
      `(br_if ${fail} (i32.and (i32.or ${get(pair)} (i32.add ${get(pair)} ${i32(0x0606)})) ${i32(0xfffff0f0 | 0)}))`,
      set(
        value,
        `(i32.add (i32.mul (i32.and ${get(pair)} ${i32(15)}) ${i32(10)}) (i32.shr_u ${get(pair)} ${i32(8)}))`,
      ),
      set(q, plus(get(q), 2)),
    );
    return;
  }
  if (isPlain && part.min === 4) {
    const four = writer.local("i32", "four");
    needBytes(i32(4), fail, context);
    writer.line(
      set(four, `(i32.sub (i32.load ${get(q)}) ${i32(0x30303030)})`),
      `(br_if ${fail} (i32.and (i32.or ${get(four)} (i32.add ${get(four)} ${i32(0x06060606)})) ${i32(0xf0f0f0f0 | 0)}))`,
      // Pairs of digits side by side, then both pairs together.
      set(
        four,
        `(i32.add (i32.mul (i32.and ${get(four)} ${i32(0x000f000f)}) ${i32(10)}) (i32.and (i32.shr_u ${get(four)} ${i32(8)}) ${i32(0x000f000f)}))`,
      ),
      set(
        value,
        `(i32.add (i32.mul (i32.and ${get(four)} ${i32(0xff)}) ${i32(100)}) (i32.shr_u ${get(four)} ${i32(16)}))`,
      ),
      set(q, plus(get(q), 4)),
    );
    return;
  }
  if (context.isChecked) {
    writer.line(
      `(if (i32.ge_u ${plus(get(q), part.max)} (global.get $end)) (then (global.set $hit ${i32(1)})))`,
    );
  }
  writer.line(
    `(br_if ${fail} (i32.eqz (local.tee ${q} (call $digits ${get(q)} ${i32(part.min)} ${i32(part.max)} ${i32(part.mayPad ? 1 : 0)}))))`,
    set(value, "(i32.wrap_i64 (global.get $number))"),
  );
}

/** Bounds of the units that have any, inclusive. */
const RANGES: Readonly<Partial<Record<NumberUnit, readonly [number, number]>>> = {
  month: [1, 12],
  day: [1, 31],
  "day-of-year": [1, 366],
  "hour-0-23": [0, 23],
  "hour-1-24": [1, 24],
  "hour-0-11": [0, 11],
  "hour-1-12": [1, 12],
  minute: [0, 59],
  second: [0, 60],
};

function emitRanges(units: Units, fail: string, context: EmitContext): void {
  const { writer } = context;
  for (const [unit, range] of Object.entries(RANGES)) {
    const name = units.get(unit);
    if (name === undefined) continue;
    const [first, last] = range;
    const from = first === 0 ? get(name) : `(i32.sub ${get(name)} ${i32(first)})`;
    writer.line(`(br_if ${fail} (i32.gt_u ${from} ${i32(last - first)}))`);
  }
  const dayOfYear = units.get("day-of-year");
  if (dayOfYear !== undefined) {
    const isLong = `(i32.eq ${get(dayOfYear)} ${i32(366)})`;
    writer.line(
      `(if ${isLong} (then (br_if ${fail} (i32.eqz (call $isLeap ${yearOf(units) ?? i32(2000)})))))`,
    );
  }
  const day = units.get("day");
  const month = units.get("month");
  if (day === undefined || month === undefined) return;
  const year = yearOf(units);
  // Without a year February may have 29 days; the year is then chosen to fit.
  const length = `(call $daysInMonth ${year ?? i32(2000)} ${get(month)})`;
  writer.line(
    `(if (i32.gt_u ${get(day)} ${i32(28)}) (then (br_if ${fail} (i32.gt_u ${get(day)} ${length}))))`,
  );
}

function yearOf(units: Units): string | null {
  const year = units.get("year");
  if (year !== undefined) return get(year);
  const short = units.get("year-of-century");
  if (short === undefined) return null;
  return `(i32.add ${get(short)} (select ${i32(2000)} ${i32(1900)} (i32.lt_u ${get(short)} ${i32(32)})))`;
}

function hourOf(units: Units): string {
  const plain = units.get("hour-0-23");
  if (plain !== undefined) return get(plain);
  const full = units.get("hour-1-24");
  if (full !== undefined) return `(i32.rem_u ${get(full)} ${i32(24)})`;
  const half = units.get("hour-0-11") ?? units.get("hour-1-12");
  const noon = units.get("am-pm");
  if (half === undefined) return i32(0);
  const hour = `(i32.rem_u ${get(half)} ${i32(12)})`;
  return noon === undefined ? hour : `(i32.add ${hour} (i32.mul ${get(noon)} ${i32(12)}))`;
}

function emitValue(
  operation: TimestampOperation,
  units: Units,
  fail: string,
  context: EmitContext,
  isWanted: boolean,
): void {
  const { writer } = context;
  const ms = writer.local("i64", "ms");
  const part = (unit: string, otherwise: number) => {
    const name = units.get(unit);
    return name === undefined ? i32(otherwise) : get(name);
  };
  const seconds = units.get("epoch-second");
  const millis = units.get("epoch-millisecond");
  const zone = units.get("zone");
  if (millis !== undefined) writer.line(set(ms, get(millis)));
  else if (seconds !== undefined) writer.line(set(ms, `(i64.mul ${get(seconds)} ${i64(1000)})`));
  else {
    const clock = `${hourOf(units)} ${part("minute", 0)} ${part("second", 0)}`;
    const table = i32(zone === undefined ? (context.module.zoneTables[operation.zone] ?? 0) : 0);
    const offset = zone === undefined ? i64(0) : get(zone);
    const dayOfYear = units.get("day-of-year");
    const day = dayOfYear === undefined ? part("day", 1) : get(dayOfYear);
    const month = dayOfYear === undefined ? part("month", 1) : i32(1);
    if (operation.infersYear) {
      writer.line(
        set(
          ms,
          `(call $inferYear ${dayOfYear === undefined ? month : i32(0)} ${day} ${clock} ${table} ${offset})`,
        ),
        `(br_if ${fail} (i64.eq ${get(ms)} ${i64(-(1n << 63n))}))`,
      );
    } else {
      const localMs = `(call $localMs ${yearOf(units) ?? i32(1970)} ${month} ${day} ${clock})`;
      writer.line(set(ms, `(call $toUtc ${localMs} ${table} ${offset})`));
    }
  }
  const millisecond = units.get("millisecond");
  if (millisecond !== undefined)
    writer.line(set(ms, `(i64.add ${get(ms)} (i64.extend_i32_u ${get(millisecond)}))`));
  emitScaled({ operation, isWanted, ms }, units, fail, context);
}

const NANOS_PER_MS = 1_000_000n;
/** Whole milliseconds that are some nanoseconds within 64 bits. */
const MOST_MS: bigint = ((1n << 63n) - 1n) / NANOS_PER_MS;

interface Scaling {
  readonly operation: TimestampOperation;
  readonly isWanted: boolean;
  readonly ms: string;
}

/** Adds the fraction, which counts nanoseconds, and scales to the slot's unit. */
function emitScaled(
  { operation, isWanted, ms }: Scaling,
  units: Units,
  fail: string,
  context: EmitContext,
): void {
  const { writer } = context;
  const fraction = units.get("fraction");
  const nanos = fraction === undefined ? i64(0) : get(fraction);
  const store = (value: string) => {
    if (isWanted) writer.line(...setNumber(operation.slot, value));
  };
  if (!operation.isNano) {
    const added = `(i64.add ${get(ms)} (i64.div_u ${nanos} ${i64(NANOS_PER_MS)}))`;
    return store(fraction === undefined ? get(ms) : added);
  }
  // The least millisecond is only partly within 64 bits; one further down may still be, with its nanoseconds added.
  const total = writer.local("i64", "total");
  const scaled = `(i64.add (i64.mul ${get(ms)} ${i64(NANOS_PER_MS)}) ${nanos})`;
  writer.line(
    `(br_if ${fail} (i64.gt_s ${get(ms)} ${i64(MOST_MS)}))`,
    `(br_if ${fail} (i64.lt_s ${get(ms)} ${i64(-MOST_MS - 1n)}))`,
    set(total, scaled),
    `(br_if ${fail} (i32.and (i64.ge_s ${get(ms)} (i64.const 0)) (i64.lt_s ${get(total)} (i64.const 0))))`,
    `(br_if ${fail} (i32.and (i64.lt_s ${get(ms)} (i64.const -1)) (i64.ge_s ${get(total)} (i64.const 0))))`,
  );
  store(get(total));
}

/**
 * Lays a zone's table into memory: count (i32), padding, then per change: the UTC time from which it holds and the offset, both
 * i64 milliseconds. A fixed offset is a table of one.
 */
export function placeZone(zone: Zone, module: ModuleContext): number {
  const words = new BigInt64Array(1 + 2 * zone.startsMs.length);
  words[0] = BigInt(zone.startsMs.length);
  zone.startsMs.forEach((start, index) => {
    words[1 + 2 * index] = start;
    words[2 + 2 * index] = BigInt(zone.offsetsMs[index] ?? 0);
  });
  return module.data.place(new Uint8Array(words.buffer));
}
