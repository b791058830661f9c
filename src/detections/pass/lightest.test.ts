import fc from "fast-check";
import { expect, test } from "vitest";
import { lightest } from "./lightest.ts";

interface Item {
  readonly id: number;
  readonly weight: number;
  readonly other: number;
}

test("those behind the heaviest are the lightest, as sorting all of them tells", () => {
  const weights = [({ weight }: Item) => weight, ({ other }: Item) => other, ({ id }: Item) => id];
  const pair = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 1));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 30 }), fc.nat(35), (pairs, kept) => {
      const items = pairs.map(([weight, other], id) => ({ id, weight, other }));
      const sorted = items.toSorted(
        (a, b) => b.weight - a.weight || Math.sign(b.other - a.other || 0) || b.id - a.id,
      );
      const ids = (some: readonly Item[]) => some.map(({ id }) => id).sort((a, b) => a - b);
      expect(ids(lightest(items, kept, weights))).toEqual(ids(sorted.slice(kept)));
    }),
  );
});
