/** SQL that goes between milliseconds since 1970 UTC and milliseconds of a zone's wall clock. */
import { offsetOfName } from "../functions/time-zone.ts";
import { quoteText } from "./quote.ts";

/** A time zone for the printer. Arguments and results are BIGINT expressions; NULL beyond what calendars know. */
export interface ZoneSql {
  readonly name: string;
  readonly isUtc: boolean;
  toLocal(utcMs: string): string;
  fromLocal(localMs: string): string;
}

/** Calendars of JavaScript and DuckDB both reach this far. */
const FARTHEST_MS = "8640000000000000";

/** SQL of a zone: an IANA name or an offset. */
export function zoneSql(name: string): ZoneSql {
  const offset = offsetOfName(name);
  if (offset !== null) {
    const shift = (ms: string, by: number) => (by === 0 ? ms : `(${ms} + (${by}))`);
    return {
      name,
      isUtc: offset === 0,
      toLocal: (ms) => shift(ms, offset),
      fromLocal: (ms) => shift(ms, -offset),
    };
  }
  const zone = quoteText(name);
  return {
    name,
    isUtc: false,
    toLocal: (ms) => `epoch_ms(timezone(${zone}, timezone('UTC', ${timestampOf(ms)})))`,
    fromLocal: (ms) => `epoch_ms(timezone('UTC', timezone(${zone}, ${timestampOf(ms)})))`,
  };
}

/** DuckDB's TIMESTAMP of milliseconds since 1970. */
export function timestampOf(ms: string): string {
  return `make_timestamp(1000 * (CASE WHEN ${ms} BETWEEN -${FARTHEST_MS} AND ${FARTHEST_MS} THEN ${ms} END))`;
}
