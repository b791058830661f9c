/** Whole numbers as people read them. */

/** A whole number with its thousands apart: `1,234,567`. */
export function printCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with the right form of its noun: `1 row`, `2 rows`. */
export function countOf(count: number, noun: string): string {
  return `${printCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
