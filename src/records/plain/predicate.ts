/** Filters over captured values, with SQL's three truth values: true, false, and null for unknown. */

import type { Value } from "#language";
import { unreachable } from "#text";
import { MARK_SLOT, RAW_TEXT_SLOT, type ScanNetwork, type ScanPredicate } from "../program/scan-spec.ts";
import { type Captured, isText } from "./captured.ts";
import { decodedText } from "./decoded-text.ts";
import { columnValue, type ScanRow } from "./scan-row.ts";

/** What a predicate says of a row. */
export type RowTest = (row: ScanRow) => boolean | null;

/** The test that a predicate stands for. Lists are prepared once, so that a row costs the same for short and long ones. */
export function rowTest(predicate: ScanPredicate): RowTest {
  switch (predicate.kind) {
    case "and":
      return allOf(predicate.operands.map(rowTest));
    case "or":
      return not(allOf(predicate.operands.map(rowTest).map(not)));
    case "not":
      return not(rowTest(predicate.operand));
    case "is-null":
      return (row) => slotValue(predicate.slot, row) === null;
    default: {
      const test = valueTest(predicate);
      return (row) => {
        const captured = slotValue(predicate.slot, row);
        return captured === null ? null : test(captured);
      };
    }
  }
}

function slotValue(slot: number, row: ScanRow): Captured {
  if (slot === MARK_SLOT) return row.marks !== 0;
  return columnValue(slot === RAW_TEXT_SLOT ? { kind: "raw-text" } : { kind: "slot", slot }, row);
}

function allOf(tests: readonly RowTest[]): RowTest {
  return (row) => {
    let isUnknown = false;
    for (const test of tests) {
      const result = test(row);
      if (result === false) return false;
      isUnknown ||= result === null;
    }
    return isUnknown ? null : true;
  };
}

function not(test: RowTest): RowTest {
  return (row) => {
    const result = test(row);
    return result === null ? null : !result;
  };
}

type SlotTest = Exclude<ScanPredicate, { kind: "and" | "or" | "not" | "is-null" }>;
type Known = Exclude<Captured, null>;
type ValueTest = (captured: Known) => boolean | null;

function valueTest(predicate: SlotTest): ValueTest {
  switch (predicate.kind) {
    case "is-true":
      return (captured) => captured === true;
    case "compare":
      return (captured) => compare(predicate.operator, captured, predicate.value);
    case "in":
      return listTest(predicate.values);
    case "in-networks":
      return (captured) => predicate.networks.some((network) => isInNetwork(captured, network));
    case "text-parts":
      return (captured) => isText(captured) && hasParts(textOf(captured, predicate.ignoresCase), predicate);
    default:
      return unreachable(predicate);
  }
}

function listTest(values: readonly Value[]): ValueTest {
  const names = new Set(values.filter((value) => value !== null).map(nameOf));
  const misses = values.includes(null) ? null : false;
  return (captured) => names.has(nameOf(captured)) || misses;
}

/** Equal for values of one type that are the same. */
function nameOf(value: Value | Known): string {
  if (typeof value === "object" && value !== null && "encoding" in value)
    return Buffer.from(decodedText(value).utf8).toString("latin1");
  if (typeof value === "string") return Buffer.from(value).toString("latin1");
  return String(typeof value === "boolean" ? Number(value) : value);
}

function isInNetwork(captured: Known, { base, prefixLength }: ScanNetwork): boolean {
  const hostBits = BigInt(128 - prefixLength);
  return typeof captured === "bigint" && captured >> hostBits === base >> hostBits;
}

type Operator = Extract<ScanPredicate, { kind: "compare" }>["operator"];

function compare(operator: Operator, captured: Known, value: Value): boolean | null {
  const order = orderOf(captured, value);
  if (order === null) return null;
  switch (operator) {
    case "equal":
      return order === 0;
    case "less":
      return order < 0;
    case "less-equal":
      return order <= 0;
    case "greater":
      return order > 0;
    case "greater-equal":
      return order >= 0;
    default:
      return unreachable(operator);
  }
}

/** Below 0, 0 or above 0; null against NULL. */
function orderOf(captured: Known, value: Value): number | null {
  if (value === null) return null;
  if (isText(captured)) {
    const text = Buffer.from(typeof value === "string" ? value : String(value));
    return Buffer.compare(decodedText(captured).utf8, text);
  }
  const [first, second] = [comparable(captured), comparable(value)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function comparable(value: Value): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return value === true ? 1 : 0;
}

interface TextParts {
  readonly parts: readonly string[];
  readonly isOpenStart: boolean;
  readonly isOpenEnd: boolean;
  readonly ignoresCase: boolean;
}

function textOf(captured: Known, ignoresCase: boolean): Buffer {
  if (!isText(captured)) return Buffer.alloc(0);
  return foldedBytes(decodedText(captured).utf8, ignoresCase);
}

/** When case does not count, everything that has an ASCII letter as its lower case becomes that letter. */
function foldedBytes(bytes: Uint8Array, ignoresCase: boolean): Buffer {
  const copy = Buffer.from(bytes);
  if (!ignoresCase) return copy;
  const text = copy
    .toString("latin1")
    .replace(/\xc4\xb0/g, "i")
    .replace(/\xe2\x84\xaa/g, "k");
  return Buffer.from(
    text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    "latin1",
  );
}

/** Whether parts stand in a text in order, each as early as it can, but for a last one that is bound to the end. */
function hasParts(text: Buffer, { parts, isOpenStart, isOpenEnd, ignoresCase }: TextParts): boolean {
  if (parts.length === 0) return isOpenStart || isOpenEnd || text.length === 0;
  let place = 0;
  for (const [index, part] of parts.entries()) {
    const wanted = foldedBytes(Buffer.from(part), ignoresCase);
    const isFixedStart = index === 0 && !isOpenStart;
    const isFixedEnd = index === parts.length - 1 && !isOpenEnd;
    const at = isFixedEnd ? text.length - wanted.length : isFixedStart ? 0 : text.indexOf(wanted, place);
    const isThere = at >= place && text.subarray(at, at + wanted.length).equals(wanted);
    if (!isThere || (isFixedStart && at !== 0)) return false;
    place = at + wanted.length;
  }
  return true;
}
