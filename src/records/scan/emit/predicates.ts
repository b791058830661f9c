/** Filters as WebAssembly: expressions that are 1 when a predicate is true, and others that are 1 when it is false; neither when NULL. */

import type { Value } from "#language";
import { invariant, unreachable } from "#text";
import { MARK_SLOT, RAW_TEXT_SLOT, type ScanNetwork, type ScanPredicate } from "../../program/scan-spec.ts";
import type { ModuleContext } from "./context.ts";
import {
  allOfMany,
  anyOfMany,
  bitsOf,
  isInLongs,
  isInRanges,
  isInTexts,
  LEAST_TABLE_VALUES,
  rangeOf,
} from "./lists.ts";
import { IS_MARKED } from "./marks.ts";
import { type Storage, slotIsKnown, slotPart } from "./slots.ts";
import { FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

const utf8 = new TextEncoder();
const FALSE = "(i32.const 0)";
const TRUE = "(i32.const 1)";

/** An expression that is 1 when the predicate is true. */
export function isTrue(predicate: ScanPredicate, module: ModuleContext): string {
  switch (predicate.kind) {
    case "and":
      return all(
        predicate.operands.map((operand) => isTrue(operand, module)),
        module,
      );
    case "or":
      return any(
        predicate.operands.map((operand) => isTrue(operand, module)),
        module,
      );
    case "not":
      return isFalse(predicate.operand, module);
    case "is-null":
      return `(i32.eqz ${known(predicate.slot, module)})`;
    case "is-true":
      if (predicate.slot === MARK_SLOT) return IS_MARKED;
      return whenKnown(predicate.slot, `(i32.wrap_i64 ${slotPart(predicate.slot, "value")})`, module);
    default:
      return whenKnown(predicate.slot, test(predicate, module), module);
  }
}

/** An expression that is 1 when the predicate is false. */
function isFalse(predicate: ScanPredicate, module: ModuleContext): string {
  switch (predicate.kind) {
    case "and":
      return any(
        predicate.operands.map((operand) => isFalse(operand, module)),
        module,
      );
    case "or":
      return all(
        predicate.operands.map((operand) => isFalse(operand, module)),
        module,
      );
    case "not":
      return isTrue(predicate.operand, module);
    case "is-null":
      return `(i32.ne ${known(predicate.slot, module)} ${FALSE})`;
    case "is-true":
      if (predicate.slot === MARK_SLOT) return "(i32.eqz (global.get $marked))";
      return whenKnown(predicate.slot, `(i64.eqz ${slotPart(predicate.slot, "value")})`, module);
    default:
      return whenKnown(predicate.slot, `(i32.eqz ${test(predicate, module)})`, module);
  }
}

function known(slot: number, module: ModuleContext): string {
  return slotIsKnown(slot, storageAt(slot, module));
}

function storageAt(slot: number, module: ModuleContext): Storage {
  const storage = slot === RAW_TEXT_SLOT ? "text" : module.storages[slot];
  invariant(storage !== undefined, "a predicate names a slot of its program");
  return storage;
}

function whenKnown(slot: number, expression: string, module: ModuleContext): string {
  return `(if (result i32) ${known(slot, module)} (then ${expression}) (else ${FALSE}))`;
}

/** More tests than these are not nested: the depth of a module's text stays small. */
const MOST_NESTED = 8;

function all(expressions: readonly string[], module: ModuleContext): string {
  if (expressions.length > MOST_NESTED) return allOfMany(expressions, module);
  return expressions.reduceRight(
    (rest, one) => `(if (result i32) ${one} (then ${rest}) (else ${FALSE}))`,
    TRUE,
  );
}

function any(expressions: readonly string[], module: ModuleContext): string {
  if (expressions.length > MOST_NESTED) return anyOfMany(expressions, module);
  return expressions.reduceRight(
    (rest, one) => `(if (result i32) ${one} (then ${TRUE}) (else ${rest}))`,
    FALSE,
  );
}

type SlotTest = Extract<ScanPredicate, { kind: "compare" | "in" | "in-networks" | "text-parts" }>;

/** The test of a value that is not NULL. */
function test(predicate: SlotTest, module: ModuleContext): string {
  const { slot } = predicate;
  const storage = storageAt(slot, module);
  switch (predicate.kind) {
    case "compare":
      return compare(slot, storage, predicate.operator, predicate.value, module);
    case "in":
      return isListed(slot, storage, predicate.values, module);
    case "in-networks":
      return inNetworks(slot, predicate.networks, module);
    case "text-parts":
      return `(call ${partsFunction(predicate, module)})`;
    default:
      return unreachable(predicate);
  }
}

function isListed(slot: number, storage: Storage, values: readonly Value[], module: ModuleContext): string {
  const isShort = values.length < LEAST_TABLE_VALUES;
  switch (storage) {
    case "text": {
      const tests = isShort
        ? values.map((value) => equalText(value, module))
        : [isInTexts(values.map(bytesOfText), module)];
      return `(call ${textFunction(slot, tests, module)})`;
    }
    case "huge":
      if (isShort) break;
      return isInRanges(
        { high: slotPart(slot, "high"), low: slotPart(slot, "low") },
        values.map((value) => [BigInt(whole(value)), BigInt(whole(value))]),
        module,
      );
    case "double":
      if (isShort) break;
      // Both zeros are looked up as 0.
      return isInLongs(
        `(i64.reinterpret_f64 (f64.add ${slotPart(slot, "value")} (f64.const 0)))`,
        values.map((value) => bitsOf(Number(whole(value)))),
        module,
      );
    default: {
      const numbers = values.map(wholeNumber);
      if (isShort || numbers.includes(null)) break;
      return isInLongs(
        slotPart(slot, "value"),
        numbers.filter((number) => number !== null),
        module,
      );
    }
  }
  return any(
    values.map((value) => compare(slot, storage, "equal", value, module)),
    module,
  );
}

/** As an integer of 64 bits, or null for what is none. */
function wholeNumber(value: Value): bigint | null {
  if (typeof value === "boolean") return value ? 1n : 0n;
  const number = whole(value);
  if (typeof number === "number" && !Number.isInteger(number)) return null;
  const wide = BigInt(number);
  return BigInt.asIntN(64, wide) === wide ? wide : null;
}

type Operator = Extract<ScanPredicate, { kind: "compare" }>["operator"];

const SIGNED: Readonly<Record<Operator, string>> = {
  equal: "i64.eq",
  less: "i64.lt_s",
  "less-equal": "i64.le_s",
  greater: "i64.gt_s",
  "greater-equal": "i64.ge_s",
};
const FLOATING: Readonly<Record<Operator, string>> = {
  equal: "f64.eq",
  less: "f64.lt",
  "less-equal": "f64.le",
  greater: "f64.gt",
  "greater-equal": "f64.ge",
};
const ORDERED: Readonly<Record<Operator, string>> = {
  equal: "i32.eq",
  less: "i32.lt_s",
  "less-equal": "i32.le_s",
  greater: "i32.gt_s",
  "greater-equal": "i32.ge_s",
};

function compare(
  slot: number,
  storage: Storage,
  operator: Operator,
  value: Value,
  module: ModuleContext,
): string {
  const held = slotPart(slot, "value");
  switch (storage) {
    case "text": {
      const wanted = operator === "equal" ? equalText(value, module) : orderedText(value, operator, module);
      return `(call ${textFunction(slot, [wanted], module)})`;
    }
    case "double":
      return `(${FLOATING[operator]} ${held} ${f64(value)})`;
    case "huge":
      return compareHuge(slot, operator, value);
    default: {
      if (typeof value === "number" && !Number.isInteger(value)) {
        return `(${FLOATING[operator]} (f64.convert_i64_s ${held}) ${f64(value)})`;
      }
      const number = typeof value === "boolean" ? (value ? 1n : 0n) : BigInt(whole(value));
      return `(${SIGNED[operator]} ${held} ${i64(BigInt.asIntN(64, number))})`;
    }
  }
}

function whole(value: Value): number | bigint {
  invariant(typeof value === "number" || typeof value === "bigint", "numbers are compared with numbers");
  return value;
}

function f64(value: Value): string {
  const number = Number(whole(value));
  if (Number.isNaN(number)) return "(f64.const nan)";
  if (!Number.isFinite(number)) return `(f64.const ${number < 0 ? "-inf" : "inf"})`;
  return `(f64.const ${number})`;
}

function words(value: bigint): { readonly high: string; readonly low: string } {
  return { high: i64(BigInt.asIntN(64, value >> 64n)), low: i64(BigInt.asIntN(64, value)) };
}

function compareHuge(slot: number, operator: Operator, value: Value): string {
  invariant(typeof value === "bigint", "addresses are compared with addresses");
  const constant = words(value);
  const [high, low] = [slotPart(slot, "high"), slotPart(slot, "low")];
  const sameHigh = `(i64.eq ${high} ${constant.high})`;
  if (operator === "equal") return `(i32.and ${sameHigh} (i64.eq ${low} ${constant.low}))`;
  const lows = { less: "lt_u", "less-equal": "le_u", greater: "gt_u", "greater-equal": "ge_u" }[operator];
  const highs = operator.startsWith("less") ? "lt_u" : "gt_u";
  return `(i32.or (i64.${highs} ${high} ${constant.high}) (i32.and ${sameHigh} (i64.${lows} ${low} ${constant.low})))`;
}

function inNetworks(slot: number, networks: readonly ScanNetwork[], module: ModuleContext): string {
  if (networks.length >= LEAST_TABLE_VALUES) {
    const value = { high: slotPart(slot, "high"), low: slotPart(slot, "low") };
    return isInRanges(value, networks.map(rangeOf), module);
  }
  return any(
    networks.map((network) => inNetwork(slot, network)),
    module,
  );
}

function inNetwork(slot: number, { base, prefixLength }: ScanNetwork): string {
  const mask = ((1n << 128n) - 1n) ^ ((1n << BigInt(128 - prefixLength)) - 1n);
  const [masks, bases] = [words(mask), words(base & mask)];
  const part = (name: "high" | "low") =>
    `(i64.eq (i64.and ${slotPart(slot, name)} ${masks[name]}) ${bases[name]})`;
  return `(i32.and ${part("high")} ${part("low")})`;
}

const textAt = "(global.get $textAt)";
const textLength = "(global.get $textLength)";

function bytesOfText(value: Value): Uint8Array {
  invariant(typeof value === "string", "texts are compared with texts");
  return utf8.encode(value);
}

function placeText(value: Value, module: ModuleContext): { readonly at: string; readonly length: string } {
  const bytes = bytesOfText(value);
  return { at: i32(module.data.place(bytes)), length: i32(bytes.length) };
}

function equalText(value: Value, module: ModuleContext): string {
  const { at, length } = placeText(value, module);
  return `(if (result i32) (i32.eq ${textLength} ${length}) (then (call $same ${textAt} ${at} ${length})) (else ${FALSE}))`;
}

function orderedText(value: Value, operator: Operator, module: ModuleContext): string {
  const { at, length } = placeText(value, module);
  return `(${ORDERED[operator]} (call $order ${textAt} ${textLength} ${at} ${length}) ${i32(0)})`;
}

/** Writes a function that views the slot's text once and gives whether any of the tests holds. */
function textFunction(slot: number, tests: readonly string[], module: ModuleContext): string {
  const name = `$test${module.functions.length}`;
  const writer = new FunctionWriter(`(func ${name} (result i32)`, FALSE);
  writer.line(viewOf(slot));
  for (const one of tests) writer.line(`(if ${one} (then (return ${TRUE})))`);
  module.functions.push(writer.text());
  return name;
}

function viewOf(slot: number): string {
  return `(call $view ${slotPart(slot, "at")} ${slotPart(slot, "length")} ${slotPart(slot, "encoding")})`;
}

/** Writes a function that finds the parts one after the other. */
function partsFunction(
  predicate: Extract<ScanPredicate, { kind: "text-parts" }>,
  module: ModuleContext,
): string {
  const name = `$parts${module.functions.length}`;
  const writer = new FunctionWriter(`(func ${name} (result i32)`, TRUE);
  const fold = i32(predicate.ignoresCase ? 1 : 0);
  const parts = predicate.parts.map((part) => (predicate.ignoresCase ? lowerAscii(part) : part));
  const [from, to] = [writer.local("i32", "from"), writer.local("i32", "to")];
  const none = `(return ${FALSE})`;
  writer.line(viewOf(predicate.slot));
  if (predicate.ignoresCase) writer.line("(call $foldRare)");
  writer.line(set(from, textAt), set(to, `(i32.add ${textAt} ${textLength})`));
  const middle = [...parts];
  if (!predicate.isOpenStart && middle.length > 0) {
    const bytes = utf8.encode(middle.shift() ?? "");
    const at = i32(module.data.place(bytes));
    writer.line(
      `(if (i32.lt_s (i32.sub ${get(to)} ${get(from)}) ${i32(bytes.length)}) (then ${none}))`,
      `(if (i32.eqz (call $sameText ${get(from)} ${at} ${i32(bytes.length)} ${fold})) (then ${none}))`,
      set(from, plus(get(from), bytes.length)),
    );
  }
  if (!predicate.isOpenEnd) {
    const last = middle.pop();
    if (last === undefined) writer.line(`(if (i32.ne ${get(from)} ${get(to)}) (then ${none}))`);
    else {
      const bytes = utf8.encode(last);
      writer.line(
        set(to, `(i32.sub ${get(to)} ${i32(bytes.length)})`),
        `(if (i32.lt_s ${get(to)} ${get(from)}) (then ${none}))`,
        `(if (i32.eqz (call $sameText ${get(to)} ${i32(module.data.place(bytes))} ${i32(bytes.length)} ${fold})) (then ${none}))`,
      );
    }
  }
  for (const part of middle) {
    const bytes = utf8.encode(part);
    const at = i32(module.data.place(bytes));
    writer.line(
      set(from, `(call $find ${get(from)} ${get(to)} ${at} ${i32(bytes.length)} ${fold})`),
      `(if (i32.lt_s ${get(from)} ${i32(0)}) (then ${none}))`,
      set(from, plus(get(from), bytes.length)),
    );
  }
  module.functions.push(writer.text());
  return name;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
