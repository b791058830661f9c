import fc from "fast-check";
import { expect, test } from "vitest";
import { LiteralFinder } from "./literal-finder.ts";

test("the literals that are found are those that stand in the text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "1", "q", "%", "é"), maxLength: 40 });
  const literal = fc.string({
    unit: fc.constantFrom("a", "b", "/", "1", "q", "%", "é"),
    minLength: 2,
    maxLength: 6,
  });
  fc.assert(
    fc.property(text, fc.uniqueArray(literal, { maxLength: 20 }), (value, literals) => {
      const found: number[] = [];
      new LiteralFinder(literals).find(value, found);
      const standing = literals.flatMap((one, number) => (value.includes(one) ? [number] : []));
      expect([...new Set(found)].sort((a, b) => a - b)).toEqual(standing);
    }),
  );
});
