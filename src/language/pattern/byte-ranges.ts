/** Sets of bytes as sorted, disjoint, inclusive ranges. */

/** Sorted, disjoint ranges with gaps between them; both ends included. */
export type ByteRanges = readonly (readonly [first: number, last: number])[];

/** Every byte. */
export const ALL_BYTES: ByteRanges = [[0, 255]];

/** The same bytes in the one normal form: sorted, neighbours joined. */
export function normalRanges(ranges: ByteRanges): ByteRanges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const previous = joined.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/** All bytes that are not in `ranges`, which need not be normal. */
export function otherBytes(ranges: ByteRanges): ByteRanges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [first, last] of normalRanges(ranges)) {
    if (first > next) others.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= 255) others.push([next, 255]);
  return others;
}
