import { expect, test } from "vitest";
import { countOf, printCount } from "#text";
import { printElapsed, printShare, printSize } from "./sizes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [12_345, "12.3 kB"],
  [612_345_678, "612 MB"],
  [999_600, "1.0 MB"],
  [6e15, "6000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(printSize(bytes)).toBe(text);
});

test.each([
  [0, 100, "0 %"],
  [100, 100, "100 %"],
  [1, 1_000_000, "less than 0.01 %"],
  [2, 1000, "0.20 %"],
  [998, 1000, "99.8 %"],
  [999_999, 1_000_000, "99.99 %"],
  [5, 0, "0 %"],
])("%d of %d is %s", (part, whole, text) => {
  expect(printShare(part, whole)).toBe(text);
});

test("counts have their thousands apart and the right noun", () => {
  expect(printCount(1_234_567)).toBe("1,234,567");
  expect(countOf(1, "row")).toBe("1 row");
  expect(countOf(0, "row")).toBe("0 rows");
});

test.each([
  [4, "0.00 s"],
  [420, "0.42 s"],
  [12_340, "12.3 s"],
  [185_000, "3 min 5 s"],
])("%d ms are %s", (elapsedMs, text) => {
  expect(printElapsed(elapsedMs)).toBe(text);
});
