/** Sizes and durations as people write them. Each parser answers null for what it does not understand. */

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40,
};

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

const NUMBER_AND_UNIT = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i;
/** Bytes of a size such as `500`, `64 MiB`, `1.5GB`: k, M, G, T are powers of 1000, with `i` powers of 1024. */
export function parseSizeBytes(text: string): number | null {
  return parseWithUnit(text, SIZE_UNITS);
}

/** Milliseconds of a duration such as `500ms`, `30 s`, `5min`, `1h`; the unit must be there. */
export function parseDurationMs(text: string): number | null {
  return parseWithUnit(text, DURATION_UNITS);
}

function parseWithUnit(text: string, units: Readonly<Record<string, number>>): number | null {
  const [, digits, unit] = NUMBER_AND_UNIT.exec(text.trim()) ?? [];
  const name = (unit ?? "").toLowerCase();
  const factor = Object.hasOwn(units, name) ? units[name] : undefined;
  const value = Math.round(Number(digits) * (factor ?? Number.NaN));
  return value >= 1 && Number.isSafeInteger(value) ? value : null;
}
