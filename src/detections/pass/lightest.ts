/** Which of many items are let go when a table is full. */

/** A number by which items are told apart: the more, the longer they stay. */
export type WeightOf<Item> = (item: Item) => number;

/**
 * The items but for the `kept` heaviest. Items of the same weight are told apart by the next of the weights; those that are the same by
 * all of them stay in their order. Cost: one sort of numbers per weight, where sorting items would ask for their weights again and again.
 */
export function lightest<Item>(
  items: readonly Item[],
  kept: number,
  weights: readonly WeightOf<Item>[],
): readonly Item[] {
  const [weightOf, ...others] = weights;
  if (kept >= items.length) return [];
  if (kept <= 0) return items;
  if (weightOf === undefined) return items.slice(kept);
  const values = new Float64Array(items.length);
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item !== undefined) values[index] = weightOf(item);
  }
  // Nearly all clients of a flood come once.
  if (values.every((value) => value === values[0])) return lightest(items, kept, others);
  const bound = values.toSorted()[items.length - kept] ?? 0;
  const below: Item[] = [];
  const same: Item[] = [];
  let above = 0;
  items.forEach((item, index) => {
    const value = values[index] ?? 0;
    if (value > bound) above++;
    else if (value < bound) below.push(item);
    else same.push(item);
  });
  return [...below, ...lightest(same, kept - above, others)];
}
