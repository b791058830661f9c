import { expect, test } from "vitest";
import { makeSampleLog } from "./sample-log.ts";

const log = makeSampleLog();
const lines = log.trimEnd().split("\n");
const LINE =
  /^(\S+) - - \[01\/Oct\/2026:(\d\d:\d\d:\d\d) \+0000\] "[A-Z]+ \/\S* HTTP\/1\.1" \d{3} (\d+|-) "[^"]+" "[^"]+"$/;

test("the sample log is the same each time, about 20,000 lines of combined access log in the order of time", () => {
  expect(makeSampleLog()).toBe(log);
  expect(lines.length).toBeGreaterThan(19_000);
  expect(lines.length).toBeLessThan(21_000);
  const times = lines.map((line) => LINE.exec(line)?.[2] ?? `not a line: ${line}`);
  expect(times).toEqual([...times].sort());
});

test("addresses are of private networks, attackers' of those for documentation", () => {
  const addresses = new Set(lines.map((line) => line.split(" ")[0] ?? ""));
  const foreign = [...addresses].filter((address) => !address.startsWith("10."));
  expect(foreign.sort()).toEqual([
    "192.0.2.140",
    "192.0.2.201",
    "198.51.100.23",
    "203.0.113.66",
    "203.0.113.67",
  ]);
});
