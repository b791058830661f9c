/** Offsets of time zones, for functions that read and write times. */

const OFFSET = /^(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?$/i;

/** Knows zones by name and keeps what asking for them costs. */
export class ZoneOffsets {
  readonly #formats = new Map<string, Intl.DateTimeFormat | null>();

  /** Milliseconds that are added to UTC at a time; null for names that are no zone. */
  offsetMs(zone: string, utcMs: number): number | null {
    const fixed = offsetOfName(zone);
    if (fixed !== null) return fixed;
    const format = this.#format(zone);
    if (format === null || Number.isNaN(new Date(utcMs).getTime())) return null;
    const parts = new Map(format.formatToParts(utcMs).map((part) => [part.type, part.value]));
    const read = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name) ?? 0);
    const year = parts.get("era") === "BC" ? 1 - read("year") : read("year");
    const shown = new Date(0);
    shown.setUTCFullYear(year, read("month") - 1, read("day"));
    shown.setUTCHours(read("hour"), read("minute"), read("second"));
    return shown.getTime() - Math.floor(utcMs / 1000) * 1000;
  }

  /** UTC of a wall clock's time; a time that the zone skips is moved on. */
  toUtcMs(zone: string, localMs: number): number | null {
    const guess = this.offsetMs(zone, localMs);
    if (guess === null) return null;
    return localMs - (this.offsetMs(zone, localMs - guess) ?? guess);
  }

  #format(zone: string): Intl.DateTimeFormat | null {
    const known = this.#formats.get(zone);
    if (known !== undefined) return known;
    const format = makeFormat(zone);
    this.#formats.set(zone, format);
    return format;
  }
}

/** `Z`, `UTC`, `GMT`, `+02`, `-0330`, `+02:00` in milliseconds; null for names. */
export function offsetOfName(zone: string): number | null {
  if (/^(z|utc|gmt)$/i.test(zone)) return 0;
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  if (sign === undefined) return null;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000;
}

function makeFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
}
