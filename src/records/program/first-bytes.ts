/** Which bytes operations can stand in front of: what lets the scan skip places where an attempt must fail. */
import { unreachable } from "#text";
import {
  bytesWithout,
  commonBytes,
  EVERY_BYTE,
  joinSets,
  NO_BYTES,
  setOfBytes,
  setOfRanges,
} from "./byte-set.ts";
import type {
  ByteSet,
  CellOperation,
  JsonOperation,
  JsonValueOperation,
  MatchOperation,
  TimePart,
} from "./program.ts";

const LINE_FEED = setOfBytes([0x0a]);
const DIGITS = setOfRanges([[0x30, 0x39]]);
const SIGNS = setOfBytes([0x2b, 0x2d]);
const LETTERS = setOfRanges([
  [0x41, 0x5a],
  [0x61, 0x7a],
]);
const HEX_DIGITS = joinSets(
  DIGITS,
  setOfRanges([
    [0x41, 0x46],
    [0x61, 0x66],
  ]),
);
const COLON = setOfBytes([0x3a]);
const JSON_BLANKS = setOfBytes([0x09, 0x0d, 0x20]);
const WORD_BYTES = setOfRanges([
  [0x21, 0x7e],
  [0x80, 0xff],
]);

/**
 * Bytes that can come next where `operations` match, with or without taking them. What stands behind them begins with one of
 * `follow`. A superset: other bytes cannot come next. The end of input is not a byte and is not told of.
 */
export function firstBytesOf(operations: readonly MatchOperation[], follow: ByteSet = EVERY_BYTE): ByteSet {
  return operations.reduceRight((rest, operation) => firstOf(operation, rest), follow);
}

function firstOf(operation: MatchOperation, rest: ByteSet): ByteSet {
  switch (operation.kind) {
    case "literal":
      return firstOfText(operation.bytes, operation.ignoresCase, rest);
    case "set":
      return operation.min === 0 ? joinSets(operation.set, rest) : operation.set;
    case "until":
      return firstOfUntil(operation.staysInLine, operation.min, rest);
    case "integer":
      return orRest(joinSets(operation.radix === 16 ? HEX_DIGITS : DIGITS, SIGNS), operation, rest);
    case "decimal":
      return orRest(joinSets(joinSets(DIGITS, SIGNS), setOfBytes([operation.point])), operation, rest);
    case "boolean":
      return orRest(setOfBytes([0x54, 0x74, 0x46, 0x66]), operation, rest);
    case "address":
      return orRest(operation.allowsV6 ? joinSets(HEX_DIGITS, COLON) : DIGITS, operation, rest);
    case "mac":
      return orRest(HEX_DIGITS, operation, rest);
    case "timestamp":
      return orRest(
        operation.parts[0] === undefined ? rest : firstOfPart(operation.parts[0]),
        operation,
        rest,
      );
    case "quoted":
      return setOfBytes([operation.quote]);
    case "word":
      return WORD_BYTES;
    case "line-end":
      return operation.allowsCarriageReturn ? setOfBytes([0x0a, 0x0d]) : LINE_FEED;
    case "edge":
      return operation.edge === "end" ? NO_BYTES : rest;
    case "optional":
      return joinSets(firstBytesOf(operation.body, rest), rest);
    case "choice":
      return operation.branches.map((branch) => firstBytesOf(branch, rest)).reduce(joinSets, NO_BYTES);
    case "repeat":
      return firstOfRepeat(operation.body, operation.min, rest);
    case "look":
      if (operation.direction === "behind" || operation.isNegated) return rest;
      return commonBytes(firstBytesOf(operation.body), rest);
    case "capture":
    case "decode":
      return firstBytesOf(operation.body, rest);
    case "pairs":
      return firstOfRepeat(operation.body, operation.min, rest);
    case "cell":
      return firstOfCell(operation, rest);
    case "card":
      return DIGITS;
    case "constant":
      return rest;
    case "enum":
      return operation.entries
        .map((entry) => firstOfText(entry.bytes, operation.ignoresCase, rest))
        .reduce(joinSets, NO_BYTES);
    case "json":
      return firstOfJson(operation);
    default:
      return unreachable(operation);
  }
}

function orRest(bytes: ByteSet, operation: { readonly mayBeEmpty: boolean }, rest: ByteSet): ByteSet {
  return operation.mayBeEmpty ? joinSets(bytes, rest) : bytes;
}

function firstOfText(bytes: readonly number[], ignoresCase: boolean, rest: ByteSet): ByteSet {
  const [first] = bytes;
  if (first === undefined) return rest;
  const isLetter = commonBytes(LETTERS, setOfBytes([first])).some((word) => word !== 0);
  return setOfBytes(ignoresCase && isLetter ? [first | 0x20, first & ~0x20] : [first]);
}

function firstOfUntil(staysInLine: boolean, min: number, rest: ByteSet): ByteSet {
  const taken = staysInLine ? bytesWithout(EVERY_BYTE, LINE_FEED) : EVERY_BYTE;
  return min === 0 ? joinSets(taken, rest) : taken;
}

/** A cell without quotes begins with any byte that does not end it; an empty one with what follows. */
function firstOfCell({ separator, quote, emptyIsNull, body }: CellOperation, rest: ByteSet): ByteSet {
  const ends = setOfBytes([separator, 0x0a]);
  const text = body.length === 0 ? EVERY_BYTE : firstBytesOf(body);
  const bare = bytesWithout(text, ends);
  const mayBeEmpty = emptyIsNull || body.length === 0 || canTakeNothing(body);
  return joinSets(joinSets(bare, setOfBytes([quote])), mayBeEmpty ? rest : NO_BYTES);
}

/** Whether operations may match where no byte is left. Says so when it is not known. */
function canTakeNothing(operations: readonly MatchOperation[]): boolean {
  const [first] = operations;
  return first === undefined || (first.kind !== "integer" && first.kind !== "decimal") || first.mayBeEmpty;
}

/** A round may be followed by another; a body that can take nothing may be followed by what stands behind. */
function firstOfRepeat(body: readonly MatchOperation[], min: number, rest: ByteSet): ByteSet {
  const once = firstBytesOf(body, rest);
  const again = firstBytesOf(body, joinSets(once, rest));
  return min === 0 ? joinSets(again, rest) : again;
}

function firstOfPart(part: TimePart): ByteSet {
  switch (part.kind) {
    case "literal":
      return part.bytes[0] === undefined ? EVERY_BYTE : setOfBytes([part.bytes[0]]);
    case "number":
      return part.mayPad ? joinSets(DIGITS, setOfBytes([0x20])) : DIGITS;
    case "fraction":
      return DIGITS;
    case "epoch":
      return joinSets(DIGITS, SIGNS);
    case "month-name":
    case "weekday-name":
      if (part.names === null) return LETTERS;
      return part.names.map(({ bytes }) => firstOfText(bytes, true, NO_BYTES)).reduce(joinSets, NO_BYTES);
    case "am-pm":
      return setOfBytes([0x41, 0x61, 0x50, 0x70]);
    case "zone":
      return joinSets(SIGNS, setOfBytes([0x5a, 0x55, 0x47]));
    default:
      return unreachable(part);
  }
}

const OBJECT_STARTS = setOfBytes([0x7b]);
const ARRAY_STARTS = setOfBytes([0x5b]);
const SCALAR_STARTS = joinSets(DIGITS, setOfBytes([0x22, 0x2d, 0x74, 0x66, 0x6e]));
const NOT_IN_JSON = setOfRanges([
  [0x00, 0x08],
  [0x0a, 0x0c],
  [0x0e, 0x1f],
]);
const VALUE_STARTS = joinSets(SCALAR_STARTS, joinSets(OBJECT_STARTS, ARRAY_STARTS));

function firstOfJson(operation: JsonOperation): ByteSet {
  if (operation.isLenient) return bytesWithout(EVERY_BYTE, NOT_IN_JSON);
  return joinSets(JSON_BLANKS, firstOfValue(operation.value));
}

function firstOfValue(value: JsonValueOperation): ByteSet {
  switch (value.kind) {
    case "any":
      return value.accepts === "any"
        ? VALUE_STARTS
        : value.accepts === "object"
          ? OBJECT_STARTS
          : ARRAY_STARTS;
    case "array":
      return ARRAY_STARTS;
    case "object":
      return value.isRequired ? OBJECT_STARTS : VALUE_STARTS;
    case "scalar":
      return value.isRequired ? SCALAR_STARTS : VALUE_STARTS;
    default:
      return unreachable(value);
  }
}
