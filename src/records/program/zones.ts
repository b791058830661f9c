/** Time zones as tables of their changes, so that the scan needs no calendar library. */
import { invariant } from "#text";
import type { Zone } from "./program.ts";

const BEFORE_ALL = -(1n << 63n);
/** Changes are known from 1900 to 2100; before and after, the first and the last offset hold. */
const FIRST_MS = Date.UTC(1900, 0, 1);
const LAST_MS = Date.UTC(2101, 0, 1);
/** Offsets are looked at this far apart: no zone has changed its offset and back again within less. */
const STEP_MS = 14 * 86_400_000;

const OFFSET = /^(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

/** The table of a zone: an IANA name, or an offset such as `+02:00`. Cost: some 50 ms for zones with many changes. */
export function zoneOf(name: string): Zone {
  const fixed = fixedOffsetMs(name);
  if (fixed !== null) return { name, startsMs: [BEFORE_ALL], offsetsMs: [fixed] };
  const offsetAt = offsetReader(name);
  const startsMs = [BEFORE_ALL];
  const offsetsMs = [offsetAt(FIRST_MS)];
  for (let ms = FIRST_MS; ms < LAST_MS; ms += STEP_MS) {
    const before = offsetsMs.at(-1) ?? 0;
    const after = offsetAt(ms + STEP_MS);
    if (after === before) continue;
    startsMs.push(BigInt(changeBetween(ms, ms + STEP_MS, before, offsetAt)));
    offsetsMs.push(after);
  }
  return { name, startsMs, offsetsMs };
}

function fixedOffsetMs(name: string): number | null {
  if (/^(?:Z|UTC|GMT|Etc\/UTC|Etc\/GMT)$/.test(name)) return 0;
  const match = OFFSET.exec(name);
  if (match === null) return null;
  const [, sign, hours, minutes = "0"] = match;
  const magnitude = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? 0 - magnitude : magnitude;
}

/** The first second in `(low, high]` at which the offset is no longer `before`. */
function changeBetween(low: number, high: number, before: number, offsetAt: (ms: number) => number): number {
  let [last, next] = [low / 1000, high / 1000];
  while (next - last > 1) {
    const middle = Math.floor((last + next) / 2);
    if (offsetAt(middle * 1000) === before) last = middle;
    else next = middle;
  }
  return next * 1000;
}

const PARTS = /^(\d+)\/(\d+)\/(\d+),? (\d+):(\d+):(\d+)$/;

function offsetReader(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (ms) => {
    const match = PARTS.exec(format.format(ms));
    invariant(match !== null, "the platform writes times in one form");
    const [, month, day, year, hour, minute, second] = match.map(Number);
    return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) - ms;
  };
}
