import { expect, test } from "vitest";
import { FUNCTIONS, OPERATORS } from "#language";
import { AGGREGATE_RENDERINGS } from "./aggregates.ts";
import { FUNCTION_RENDERINGS } from "./functions.ts";
import { OPERATOR_RENDERINGS } from "./operators.ts";
import { WINDOW_RENDERINGS } from "./windows.ts";

/** Those that nodes of plans carry out: they are in no expression that is printed. */
const ELSEWHERE = Object.fromEntries(
  [
    "unnest",
    "spread",
    ...FUNCTIONS.filter((entry) => entry.category === "outside").map((entry) => entry.name),
  ].map((name) => [name, true]),
);
const available = FUNCTIONS.filter((entry) => entry.unavailable === null);

test("every operator of the language is printed as SQL, and no other", () => {
  expect(Object.keys(OPERATOR_RENDERINGS).sort()).toEqual(OPERATORS.map((operator) => operator.name).sort());
});

test("every function of the language is printed as SQL", () => {
  const names = available.filter((entry) => !entry.isAggregate).map((entry) => entry.name);
  const printed = {
    ...FUNCTION_RENDERINGS,
    ...OPERATOR_RENDERINGS,
    ...WINDOW_RENDERINGS,
    ...ELSEWHERE,
  };
  expect(names.filter((name) => !Object.hasOwn(printed, name))).toEqual([]);
});

test("every aggregate of the language is printed as SQL", () => {
  const names = available.filter((entry) => entry.isAggregate).map((entry) => entry.name);
  expect(names.filter((name) => !Object.hasOwn(AGGREGATE_RENDERINGS, name))).toEqual([]);
});

test("what is printed besides are the plan's own calls", () => {
  const known = new Set(available.map((entry) => entry.name));
  const others = Object.keys({ ...FUNCTION_RENDERINGS, ...AGGREGATE_RENDERINGS }).filter(
    (name) => !known.has(name),
  );
  expect(others.sort()).toEqual([
    "array",
    "avg_of_sums",
    "bytes_of_text",
    "case",
    "element",
    "entries",
    "first_of_parts",
    "last_of_parts",
    "mac",
    "member",
    "sum_of_counts",
    "sum_of_sums",
    "time_shift",
    "time_truncate",
    "tuple",
    "tuple_or_null",
  ]);
});
