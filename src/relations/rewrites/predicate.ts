/** Conditions as predicates that a scan or a listing evaluates. What has no exact equivalent there is not translated. */

import type { ColumnId, DataType, SimpleTypeKind, Value } from "#language";
import { readNetwork } from "#language";
import type { ScanNetwork, ScanPredicate } from "#records";
import { flatten } from "../plan/scalar.ts";
import type { Scalar } from "../plan/tree.ts";
import { allOf, anyOf } from "./join-tests.ts";

/** What a predicate can test: a slot of a scan, or a field of a listing. */
export interface Testable {
  readonly slot: number;
  readonly type: DataType;
}

/** The testable behind a column, or null when the column cannot be tested there. */
export type FindTestable = (column: ColumnId) => Testable | null;

/** Types compared as integers or numbers in the scan exactly as in SQL. FLOAT is left out: the scan holds it unrounded. */
const ORDERED_TYPES: ReadonlySet<SimpleTypeKind> = new Set([
  "integer",
  "long",
  "double",
  "timestamp",
  "timestamp-nano",
  "duration",
  "ip",
  "mac",
]);

const COMPARISONS = {
  equal: "equal",
  less: "less",
  less_equal: "less-equal",
  greater: "greater",
  greater_equal: "greater-equal",
} as const;
type Comparison = (typeof COMPARISONS)[keyof typeof COMPARISONS];

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  equal: "equal",
  less: "greater",
  "less-equal": "greater-equal",
  greater: "less",
  "greater-equal": "less-equal",
};

/** The predicate that is true, false and NULL exactly when the condition is, or null when there is none. */
export function predicateOf(condition: Scalar, find: FindTestable): ScanPredicate | null {
  if (condition.kind === "column") {
    const testable = find(condition.column);
    return testable?.type.kind === "boolean" ? isTrue(testable.slot) : null;
  }
  if (condition.kind !== "call") return null;
  const { function: name } = condition;
  if (name === "and" || name === "or") {
    const operands = flatten(name, condition).map((part) => predicateOf(part, find));
    if (!operands.every((operand) => operand !== null)) return null;
    return name === "or" ? anyOf(operands) : allOf(operands);
  }
  if (name === "not") return negated(predicateOf(condition.arguments[0] ?? condition, find));
  if (name === "not_equal") return negated(predicateOf({ ...condition, function: "equal" }, find));
  if (name === "is_null" || name === "is_not_null") return nullTest(condition.arguments[0], name, find);
  if (name === "between") return betweenPredicate(condition.arguments, find);
  if (name === "in") return inPredicate(condition.arguments, find);
  if (isComparisonName(name)) return comparisonPredicate(COMPARISONS[name], condition.arguments, find);
  return textPredicate(name, condition.arguments, find);
}

function isComparisonName(name: string): name is keyof typeof COMPARISONS {
  return Object.hasOwn(COMPARISONS, name);
}

function negated(operand: ScanPredicate | null): ScanPredicate | null {
  return operand === null ? null : { kind: "not", operand };
}

/** A boolean slot as a condition: NULL where the slot is. */
function isTrue(slot: number): ScanPredicate {
  return { kind: "is-true", slot };
}

function nullTest(operand: Scalar | undefined, name: string, find: FindTestable): ScanPredicate | null {
  const testable = operand?.kind === "column" ? find(operand.column) : null;
  if (testable === null) return null;
  const isNull: ScanPredicate = { kind: "is-null", slot: testable.slot };
  return name === "is_null" ? isNull : { kind: "not", operand: isNull };
}

function comparisonPredicate(
  operator: Comparison,
  [left, right]: readonly Scalar[],
  find: FindTestable,
): ScanPredicate | null {
  if (left === undefined || right === undefined) return null;
  if (left.kind === "constant") return comparisonPredicate(MIRRORED[operator], [right, left], find);
  const testable = testableOf(left, find);
  if (testable === null || right.kind !== "constant") return null;
  if (testable.type.kind === "boolean" && operator === "equal" && typeof right.value === "boolean") {
    return right.value ? isTrue(testable.slot) : { kind: "not", operand: isTrue(testable.slot) };
  }
  const value = comparable(right.value, testable.type, right.type);
  return value === null ? null : { kind: "compare", operator, slot: testable.slot, value };
}

function betweenPredicate(parts: readonly Scalar[], find: FindTestable): ScanPredicate | null {
  const [operand, low, high] = parts;
  if (operand === undefined || low === undefined || high === undefined) return null;
  const above = comparisonPredicate("greater-equal", [operand, low], find);
  const below = comparisonPredicate("less-equal", [operand, high], find);
  return above === null || below === null ? null : { kind: "and", operands: [above, below] };
}

function inPredicate([operand, ...others]: readonly Scalar[], find: FindTestable): ScanPredicate | null {
  if (operand === undefined) return null;
  const testable = testableOf(operand, find);
  if (testable === null) return null;
  const values: Value[] = [];
  const networks: ScanNetwork[] = [];
  for (const other of others) {
    if (other.kind !== "constant") return null;
    if (other.type.kind === "ipnet" && testable.type.kind === "ip" && typeof other.value === "string") {
      const network = readNetwork(other.value);
      if (network === null) return null;
      networks.push(network);
      continue;
    }
    const elementType = other.type.kind === "array" ? other.type.element : other.type;
    const listed = other.type.kind === "array" && Array.isArray(other.value) ? other.value : [other.value];
    for (const item of listed) {
      const value = comparable(item, testable.type, elementType);
      if (value === null) return null;
      values.push(value);
    }
  }
  if (values.length === 0 && networks.length === 0) return null;
  const { slot } = testable;
  const isListed: ScanPredicate = { kind: "in", slot, values };
  if (networks.length === 0) return isListed;
  const isInside: ScanPredicate = { kind: "in-networks", slot, networks };
  return values.length === 0 ? isInside : { kind: "or", operands: [isListed, isInside] };
}

/** How texts are tested, by the function's name: which ends are open. */
const TEXT_TESTS: Readonly<Record<string, { readonly isOpenStart: boolean; readonly isOpenEnd: boolean }>> = {
  contains: { isOpenStart: true, isOpenEnd: true },
  startswith: { isOpenStart: false, isOpenEnd: true },
  endswith: { isOpenStart: true, isOpenEnd: false },
};

function textPredicate(
  name: string,
  [text, pattern]: readonly Scalar[],
  find: FindTestable,
): ScanPredicate | null {
  const testable = text === undefined ? null : testableOf(text, find);
  if (testable?.type.kind !== "string" || pattern?.kind !== "constant") return null;
  if (typeof pattern.value !== "string" || !isPlainText(pattern.value)) return null;
  const { slot } = testable;
  const ends = Object.hasOwn(TEXT_TESTS, name) ? TEXT_TESTS[name] : undefined;
  if (ends !== undefined) return textParts(slot, [pattern.value], { ...ends, ignoresCase: false });
  const ignoresCase = name === "ilike";
  if ((name !== "like" && !ignoresCase) || pattern.value.includes("_")) return null;
  if (ignoresCase && !isAscii(pattern.value)) return null;
  const pieces = pattern.value.split("%");
  if (pieces.length === 1 && !ignoresCase)
    return { kind: "compare", operator: "equal", slot, value: pattern.value };
  const isOpenStart = pieces[0] === "" && pieces.length > 1;
  const isOpenEnd = pieces.at(-1) === "" && pieces.length > 1;
  return textParts(slot, pieces, { isOpenStart, isOpenEnd, ignoresCase });
}

function textParts(
  slot: number,
  pieces: readonly string[],
  how: { readonly isOpenStart: boolean; readonly isOpenEnd: boolean; readonly ignoresCase: boolean },
): ScanPredicate {
  const parts = pieces.filter((piece) => piece !== "");
  if (parts.length > 0) return { kind: "text-parts", slot, parts, ...how };
  const isEmpty: ScanPredicate = { kind: "compare", operator: "equal", slot, value: "" };
  if (!how.isOpenStart && !how.isOpenEnd) return isEmpty;
  // Why not `text-parts` without parts: every text fits, but NULL must stay NULL.
  return { kind: "or", operands: [isEmpty, { kind: "not", operand: isEmpty }] };
}

/** A column, or a widening cast of one (`long(status)`), which compares alike. */
function testableOf(scalar: Scalar, find: FindTestable): Testable | null {
  if (scalar.kind === "column") return find(scalar.column);
  if (scalar.kind !== "call" || scalar.function !== "long") return null;
  const [operand] = scalar.arguments;
  const testable = operand?.kind === "column" ? find(operand.column) : null;
  return testable?.type.kind === "integer" ? testable : null;
}

const LARGEST_INTEGER = 2147483647n;

/** A constant as the scan compares it with a slot of a type, or null when that is not the comparison SQL makes. */
function comparable(value: Value, slotType: DataType, valueType: DataType): Value {
  if (value === null) return null;
  const { kind } = slotType;
  if (kind === "string") return typeof value === "string" && isPlainText(value) ? value : null;
  if (kind === "array" || kind === "tuple" || !ORDERED_TYPES.has(kind)) return null;
  if (kind === "integer") return toInteger(value, valueType);
  if (kind === "long" && valueType.kind === "integer" && typeof value === "number") return BigInt(value);
  if (kind === "double") return toDouble(value, valueType);
  return valueType.kind === kind ? value : null;
}

function toInteger(value: Value, type: DataType): Value {
  if (type.kind === "integer") return value;
  // Every INTEGER is a DOUBLE too, so that both sides are compared exactly.
  if (type.kind === "double") return typeof value === "number" && Math.abs(value) < 2 ** 53 ? value : null;
  if (type.kind !== "long" || typeof value !== "bigint") return null;
  return value >= -LARGEST_INTEGER && value <= LARGEST_INTEGER ? Number(value) : null;
}

function toDouble(value: Value, type: DataType): Value {
  const isNumber = type.kind === "double" || type.kind === "integer";
  return isNumber && typeof value === "number" && !Number.isNaN(value) ? value : null;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** Texts with U+FFFD are not tested in the scan: there, broken bytes have not become that character yet. */
function isPlainText(text: string): boolean {
  return !/[\ufffd\p{Surrogate}]/u.test(text);
}
