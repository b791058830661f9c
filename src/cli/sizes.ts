/** Numbers as people read them in messages. */

const SIZES = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size of three digits with its unit: `612 MB`. */
export function printSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(value >= 9.995 ? 3 : 2)} ${SIZES[unit]}`;
}

/** A share in percent: `0 %`, `0.02 %`, `99.8 %`, `100 %`; never rounded up to all or down to nothing. */
export function printShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return "0 %";
  if (part >= whole) return "100 %";
  const percent = (100 * part) / whole;
  if (percent < 0.01) return "less than 0.01 %";
  if (percent > 99.9) return `${Math.floor(percent * 100) / 100} %`;
  return `${percent < 1 ? percent.toFixed(2) : percent.toFixed(1)} %`;
}

/** A time span: `0.42 s`, `3 min 5 s`. */
export function printElapsed(elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
