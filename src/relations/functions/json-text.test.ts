import fc from "fast-check";
import { expect, test } from "vitest";
import { elementOf, memberOf, scalarText } from "./json-text.ts";

test("members are those that a JSON parser finds", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(0, 2),
      fc.string(),
      (object, indent, other) => {
        const json = JSON.stringify(object, null, indent);
        for (const name of [...Object.keys(object), other]) {
          const text = memberOf(json, name);
          const expected = Object.hasOwn(object, name) ? JSON.parse(JSON.stringify(object[name])) : null;
          expect(text === null ? null : JSON.parse(text)).toEqual(expected);
        }
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test("elements are those that a JSON parser finds, counted from either end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.bigInt({ min: -7n, max: 7n }),
      (array, index) => {
        const json = JSON.stringify(array);
        const text = elementOf(json, index);
        expect(text === null ? null : JSON.parse(text)).toEqual(JSON.parse(json).at(Number(index)) ?? null);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test("of equal names the first counts", () => {
  expect(memberOf('{"a":1,"a":2}', "a")).toBe("1");
  expect(memberOf('{"\\u0061":1,"a":2}', "a")).toBe("1");
});

test("broken text gives nothing and takes no long", () => {
  for (const text of [
    "",
    "{",
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a" 1}',
    "[",
    "nul",
    '"',
    '{"a":1',
    "]",
    "}",
    "[,]",
  ]) {
    for (const give of [() => memberOf(text, "a"), () => elementOf(text, 0n), () => scalarText(text)])
      expect(give).not.toThrow();
  }
  const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  expect(memberOf(deep, "a")?.length).toBe(deep.length - 6);
});

test("scalars are their text", () => {
  const texts = ['"x\\n"', "12.50", "true", "null", "{}", "[]", ' "a" '].map(scalarText);
  expect(texts).toEqual(["x\n", "12.50", "true", null, null, null, "a"]);
});
