/** Statistics that a few extreme values do not move. */

/** Half of the normal distribution lies within this many standard deviations, so that MAD / it estimates one. */
const MAD_PER_DEVIATION = 0.6744897501960817;

/** The value below which a share of the sorted numbers lies, between neighbours by proportion (type 7 of Hyndman and Fan 1996). */
export function quantileOfSorted(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Numbers in order. */
export function sortedNumbers(numbers: readonly number[]): readonly number[] {
  // Fast path: times mostly come in order.
  const isSorted = numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? number));
  return isSorted ? numbers : [...Float64Array.from(numbers).sort()];
}

/** The middle of some numbers; 0 of none. */
export function medianOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : quantileOfSorted(sortedNumbers(numbers), 0.5);
}

/** What is usual: the median, and the median distance from it. */
export interface Norm {
  readonly median: number;
  readonly mad: number;
}

/** The norm of some numbers. */
export function normOf(numbers: readonly number[]): Norm {
  const median = medianOf(numbers);
  return { median, mad: medianOf(numbers.map((number) => Math.abs(number - median))) };
}

/**
 * How many standard deviations a number lies above the norm (the modified z-score of Iglewicz and Hoaglin 1993). `leastMad` stands in for a
 * MAD of nearly nothing, which any difference would be far from.
 */
export function deviationsAbove(number: number, { median, mad }: Norm, leastMad: number): number {
  return (MAD_PER_DEVIATION * (number - median)) / Math.max(mad, leastMad);
}
