/** Filters over captured values, with SQL's three truth values: true, false, and null for unknown. */

import type { Value } from "#language";
import { unreachable } from "#text";
import type { ScanNetwork, ScanPredicate } from "../program/scan-spec.ts";
import { type Captured, isText } from "./captured.ts";
import { decodedText } from "./decoded-text.ts";

/** What a predicate says of a row's slots. */
export function evaluate(predicate: ScanPredicate, slots: readonly Captured[]): boolean | null {
  switch (predicate.kind) {
    case "and":
      return allOf(predicate.operands.map((operand) => evaluate(operand, slots)));
    case "or":
      return not(allOf(predicate.operands.map((operand) => not(evaluate(operand, slots)))));
    case "not":
      return not(evaluate(predicate.operand, slots));
    case "is-null":
      return (slots[predicate.slot] ?? null) === null;
    default: {
      const captured = slots[predicate.slot] ?? null;
      return captured === null ? null : test(predicate, captured);
    }
  }
}

function allOf(operands: readonly (boolean | null)[]): boolean | null {
  if (operands.includes(false)) return false;
  return operands.includes(null) ? null : true;
}

function not(operand: boolean | null): boolean | null {
  return operand === null ? null : !operand;
}

type SlotTest = Exclude<ScanPredicate, { kind: "and" | "or" | "not" | "is-null" }>;
type Known = Exclude<Captured, null>;

function test(predicate: SlotTest, captured: Known): boolean | null {
  switch (predicate.kind) {
    case "is-true":
      return captured === true;
    case "compare":
      return compare(predicate.operator, captured, predicate.value);
    case "in":
      return isIn(captured, predicate.values);
    case "in-networks":
      return predicate.networks.some((network) => isInNetwork(captured, network));
    case "text-parts":
      return isText(captured) && hasParts(textOf(captured, predicate.ignoresCase), predicate);
    default:
      return unreachable(predicate);
  }
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

function isIn(captured: Known, values: readonly Value[]): boolean | null {
  const orders = values.map((value) => orderOf(captured, value));
  if (orders.includes(0)) return true;
  return orders.includes(null) ? null : false;
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
