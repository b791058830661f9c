/** Times as RFC 3339 text in a time zone. */
import type { ByteBuffer } from "./byte-buffer.ts";
import { writePadded } from "./digits.ts";

const DAY_MS = 86_400_000;
/** Zones change their offsets at full quarters of an hour (since 1972, when they had settled on whole minutes). */
const BLOCK_MS = 900_000;
const MOST_BLOCKS_KEPT = 50_000;
const FIRST_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_MS = Date.UTC(10_000, 0, 1);

/** Writes times of one zone. Keeps what it learned of the zone's offsets and the day last written. */
export class TimePrinter {
  readonly #offsetOf: (ms: number) => number;
  readonly #offsets = new Map<number, number>();
  #day = Number.NaN;
  #date = "";

  /** `timeZone` is an IANA name or an offset such as `+02:00`. */
  constructor(timeZone: string) {
    this.#offsetOf = offsetFunction(timeZone);
  }

  /** Writes `2026-10-01T12:00:05.000Z` for milliseconds since 1970; 9 digits of the second when `nanos` is not null. */
  write(out: ByteBuffer, ms: number, nanos: number | null): void {
    const offsetMs = this.#offsetAt(ms);
    const localMs = ms + offsetMs;
    if (!(localMs >= FIRST_MS && localMs < LAST_MS)) {
      out.ascii(farTime(ms));
      return;
    }
    const day = Math.floor(localMs / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = `${new Date(day * DAY_MS).toISOString().slice(0, 10)}T`;
    }
    out.ascii(this.#date);
    writeClock(out, localMs - day * DAY_MS, nanos);
    writeOffset(out, offsetMs);
  }

  #offsetAt(ms: number): number {
    const block = Math.floor(ms / BLOCK_MS);
    const known = this.#offsets.get(block);
    if (known !== undefined) return known;
    if (this.#offsets.size >= MOST_BLOCKS_KEPT) this.#offsets.clear();
    const offsetMs = this.#offsetOf(ms);
    this.#offsets.set(block, offsetMs);
    return offsetMs;
  }
}

/** A duration for people: `1 d 2 h 3 min 4.005 s`; parts that are zero are left out. */
export function printDuration(durationMs: bigint): string {
  const magnitude = durationMs < 0n ? -durationMs : durationMs;
  const seconds = Number(magnitude % 60_000n) / 1000;
  const parts: readonly (readonly [amount: bigint | number, unit: string])[] = [
    [magnitude / 86_400_000n, "d"],
    [(magnitude / 3_600_000n) % 24n, "h"],
    [(magnitude / 60_000n) % 60n, "min"],
    [seconds, "s"],
  ];
  const shown = parts.filter(([amount]) => Number(amount) !== 0).map(([amount, unit]) => `${amount} ${unit}`);
  return shown.length === 0 ? "0 s" : `${durationMs < 0n ? "-" : ""}${shown.join(" ")}`;
}

function writeClock(out: ByteBuffer, ofDayMs: number, nanos: number | null): void {
  const seconds = Math.floor(ofDayMs / 1000);
  writePadded(out, Math.floor(seconds / 3600), 2);
  out.byte(0x3a);
  writePadded(out, Math.floor(seconds / 60) % 60, 2);
  out.byte(0x3a);
  writePadded(out, seconds % 60, 2);
  out.byte(0x2e);
  if (nanos === null) writePadded(out, ofDayMs - seconds * 1000, 3);
  else writePadded(out, nanos, 9);
}

function writeOffset(out: ByteBuffer, offsetMs: number): void {
  if (offsetMs === 0) {
    out.byte(0x5a);
    return;
  }
  const minutes = Math.floor(Math.abs(offsetMs) / 60_000);
  out.byte(offsetMs < 0 ? 0x2d : 0x2b);
  writePadded(out, Math.floor(minutes / 60), 2);
  out.byte(0x3a);
  writePadded(out, minutes % 60, 2);
}

/** Beyond the years 0000 to 9999 RFC 3339 has no form: ISO 8601 with a signed year of six digits, or the milliseconds. */
function farTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

function offsetFunction(timeZone: string): (ms: number) => number {
  if (timeZone === "UTC") return () => 0;
  const fixed = offsetOfText(timeZone);
  if (fixed !== null) return () => fixed;
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (ms) => {
    if (Number.isNaN(new Date(ms).getTime())) return 0;
    const part = format.formatToParts(ms).find(({ type }) => type === "timeZoneName");
    return offsetOfText(part?.value.replace("GMT", "") ?? "") ?? 0;
  };
}

/** Milliseconds of `+02:00`, `-0530`, `+01:39:49`; null for other text. RFC 3339 prints whole minutes, so seconds are dropped. */
function offsetOfText(text: string): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)/.exec(text) ?? [];
  if (sign === undefined) return null;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
