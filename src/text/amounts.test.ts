import { expect, test } from "vitest";
import { parseDurationMs, parseSizeBytes } from "./amounts.ts";

test.each([
  ["500", 500],
  ["64 KiB", 65_536],
  ["1.5GB", 1_500_000_000],
  ["2gib", 2 ** 31],
  ["0", null],
  ["-1", null],
  ["5 parsecs", null],
  ["9999999999999 TB", null],
  ["constructor", null],
])("the size %j is %j bytes", (text, bytes) => {
  expect(parseSizeBytes(text)).toBe(bytes);
});

test.each([
  ["500ms", 500],
  ["30 s", 30_000],
  ["5min", 300_000],
  ["1.5h", 5_400_000],
  ["30", null],
  ["", null],
])("the duration %j is %j ms", (text, durationMs) => {
  expect(parseDurationMs(text)).toBe(durationMs);
});
