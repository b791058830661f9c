/** Numbers and times as readers say them. */

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** A span of time in its largest fitting unit, such as "3 minutes"; "a moment" below one second. */
export function durationText(ms: number): string {
  for (const [name, size] of UNITS) {
    if (ms < size) continue;
    const number = Math.round(ms / size);
    return `${number} ${name}${number === 1 ? "" : "s"}`;
  }
  return "a moment";
}

const SIZES = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** A number of bytes in decimal units, such as "1.4 GB". */
export function bytesText(bytes: number): string {
  let number = bytes;
  let unit = 0;
  while (number >= 1000 && unit < SIZES.length - 1) {
    number /= 1000;
    unit++;
  }
  const digits = unit === 0 || number >= 100 ? 0 : 1;
  return `${number.toFixed(digits)} ${SIZES[unit] ?? ""}`;
}

/** "1 page", "3 pages". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A text from a log, cut so that a sentence stays one. */
export function shortText(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}

/** A time as UTC, to the second. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString().replace(/\.\d+Z$/, "Z");
}
