import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberSet } from "./number-set.ts";

test("holds what a set holds, up to its limit", () => {
  const numbers = fc.oneof(
    fc.nat({ max: 200 }),
    fc.constantFrom(0, 2 ** 31, 2 ** 32, 2 ** 51 + 7, 2 ** 52 - 1),
  );
  const law = fc.property(
    fc.array(numbers, { maxLength: 400 }),
    fc.constantFrom(4, 64, 100_000),
    (all, limit) => {
      const own = new NumberSet(limit);
      const set = new Set<number>();
      for (const number of all) {
        const isNew = !set.has(number);
        if (own.isFull) expect(own.add(number)).toBe(true);
        else {
          expect(own.has(number)).toBe(!isNew);
          expect(own.add(number)).toBe(isNew);
        }
        if (!own.isFull) set.add(number);
        expect(own.size).toBe(set.size);
      }
    },
  );
  fc.assert(law);
});
