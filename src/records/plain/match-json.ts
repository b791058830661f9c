/** JSON elements: values are validated, and looked into where the program asks for members. */
import { unreachable } from "#text";
import type {
  JsonArrayOperation,
  JsonObjectOperation,
  JsonOperation,
  JsonScalarOperation,
  JsonValueOperation,
  MatchOperation,
} from "../program/program.ts";
import { slotsInJson } from "../program/slots-in.ts";
import { decodedText } from "./decoded-text.ts";
import type { JsonMemo } from "./json-value.ts";
import { Machine } from "./machine.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;
const NULL: readonly number[] = [LETTER_N, 0x75, 0x6c, 0x6c];

/** Matches a sequence; passed in, since sequences hold JSON. */
export type MatchSequence = (machine: Machine, operations: readonly MatchOperation[], at: number) => number;

/** Matches a JSON element with the blanks before it; gives its end, or -1. */
export function matchJson(
  machine: Machine,
  operation: JsonOperation,
  at: number,
  matchSequence: MatchSequence,
): number {
  const { value, maxBytes, isLenient } = operation;
  const json = machine.jsonOf(isLenient);
  const start = machine.runOf(operation).runEnd(machine.bytes, at, machine.bytes.length);
  const isObject = machine.byteAt(start) === OPEN_BRACE;
  // Only as a member does null stand for an object or array.
  const isNull = machine.byteAt(start) === LETTER_N && !isLenient;
  if (isNull && value.kind !== "scalar" && !isAny(value)) return machine.mismatch(operation, start);
  // The whole value first: what an attempt costs is then remembered for all attempts that start inside of it.
  const end = json.valueEnd(start);
  if (end < 0) return machine.mismatch(operation, isObject ? json.failedAt : start);
  if (isLenient && isNullIn(machine, start, end) && value.kind !== "scalar" && !isAny(value))
    return machine.mismatch(operation, start);
  if (end - start > maxBytes) return machine.mismatch(operation, start + maxBytes);
  const walk: Walk = { machine, matchSequence, json, failedAt: start };
  return matchValue(walk, value, start, end) ? end : machine.mismatch(operation, walk.failedAt);
}

function isAny(value: JsonValueOperation): boolean {
  return (value.kind === "any" && value.accepts === "any") || (value.kind === "object" && !value.isRequired);
}

interface Walk {
  readonly machine: Machine;
  readonly matchSequence: MatchSequence;
  readonly json: JsonMemo;
  /** The value that is not of its shape. */
  failedAt: number;
}

/** Whether the well-formed value in `[start, end)` is of the shape that is asked for. */
function matchValue(walk: Walk, value: JsonValueOperation, start: number, end: number): boolean {
  const { machine } = walk;
  const first = machine.byteAt(start);
  if (isNullIn(machine, start, end)) {
    forgetValue(machine, value);
    return true;
  }
  switch (value.kind) {
    case "any": {
      const wanted = value.accepts === "object" ? OPEN_BRACE : OPEN_BRACKET;
      if (value.accepts !== "any" && first !== wanted) return mismatch(walk, start);
      machine.capture(value.slot, { bytes: machine.bytes, start, end, encoding: "plain" });
      return true;
    }
    case "object":
      if (first === OPEN_BRACE) return matchObject(walk, value, start);
      forgetValue(machine, value);
      return value.isRequired ? mismatch(walk, start) : true;
    case "array":
      return first === OPEN_BRACKET ? matchArray(walk, value, start, end) : mismatch(walk, start);
    case "scalar":
      if (matchScalar(walk, value, start, end)) return true;
      forgetValue(machine, value);
      return value.isRequired ? mismatch(walk, start) : true;
    default:
      return unreachable(value);
  }
}

/** Whether the value in `[start, end)` is null: words may begin like it. */
function isNullIn(machine: Machine, start: number, end: number): boolean {
  if (machine.byteAt(start) !== LETTER_N || end - start !== NULL.length) return false;
  return NULL.every((byte, index) => machine.byteAt(start + index) === byte);
}

/** Tests all elements; the value is read when it is given out. */
function matchArray(walk: Walk, array: JsonArrayOperation, start: number, end: number): boolean {
  const { machine } = walk;
  machine.tests++;
  let isOfShape = true;
  for (const element of elementsAt(walk, start)) {
    isOfShape = matchValue(walk, array.element, element.start, element.end);
    if (!isOfShape) break;
  }
  machine.tests--;
  if (!isOfShape) return false;
  machine.capture(array.slot, { bytes: machine.bytes, start, end, encoding: "plain" });
  machine.setDecoder(array.slot, array.decoder);
  return true;
}

interface Element {
  readonly start: number;
  readonly end: number;
}

/** The elements of the array that begins at `at`. */
function* elementsAt({ machine, json }: Walk, at: number): Generator<Element, void, undefined> {
  let start = json.blankEnd(at + 1);
  if (machine.byteAt(start) === CLOSE_BRACKET) return;
  for (;;) {
    const end = json.valueEnd(start);
    yield { start, end };
    const behind = json.blankEnd(end);
    if (machine.byteAt(behind) !== COMMA) return;
    start = json.blankEnd(behind + 1);
  }
}

/** Matches the elements of the array at `start`, which has been matched before; `take` hears of each. */
export function matchJsonElements(
  machine: Machine,
  {
    value,
    start,
    isLenient,
  }: { readonly value: JsonValueOperation; readonly start: number; readonly isLenient: boolean },
  matchSequence: MatchSequence,
  take: (isNull: boolean) => void,
): void {
  const walk: Walk = { machine, matchSequence, json: machine.jsonOf(isLenient), failedAt: start };
  walk.json.valueEnd(start);
  for (const element of elementsAt(walk, start)) {
    matchValue(walk, value, element.start, element.end);
    take(isNullIn(machine, element.start, element.end));
  }
}

function mismatch(walk: Walk, at: number): false {
  walk.failedAt = at;
  return false;
}

function forgetValue(machine: Machine, value: JsonValueOperation): void {
  for (const slot of slotsInJson(value)) machine.capture(slot, null);
}

/** A member as it stands in the data. */
interface DataMember {
  readonly nameStart: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function matchObject(walk: Walk, object: JsonObjectOperation, at: number): boolean {
  const { machine } = walk;
  const names = machine.namesOf(object);
  const seen = new Set<string>();
  const rest: Uint8Array[] = [];
  forgetValue(machine, object);
  for (let member = firstMember(walk, at); member !== null; member = nextMember(walk, member.end)) {
    const { name, nameStart, start, end } = member;
    if (!names.declared.has(name)) rest.push(machine.bytes.subarray(nameStart, end));
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { value } of names.members.get(name) ?? []) {
      if (!matchValue(walk, value, start, end)) return false;
    }
  }
  if (!names.mandatory.every((name) => seen.has(name))) return mismatch(walk, at);
  if (object.greedySlot >= 0) captureRest(machine, object, rest);
  return true;
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

function firstMember(walk: Walk, at: number): DataMember | null {
  const first = walk.json.blankEnd(at + 1);
  return walk.machine.byteAt(first) === CLOSE_BRACE ? null : memberAt(walk, first);
}

function nextMember(walk: Walk, at: number): DataMember | null {
  const { machine, json } = walk;
  const behind = json.blankEnd(at);
  return machine.byteAt(behind) === COMMA ? memberAt(walk, json.blankEnd(behind + 1)) : null;
}

function memberAt({ machine, json }: Walk, nameStart: number): DataMember {
  const { bytes } = machine;
  const nameEnd = json.nameEnd(nameStart);
  const start = json.behindColon(nameEnd);
  const isString = machine.byteAt(nameStart) === QUOTE;
  const name = isString
    ? decodedText({ bytes, start: nameStart + 1, end: nameEnd - 1, encoding: "json" })
    : decodedText({ bytes, start: nameStart, end: nameEnd, encoding: "plain" });
  return { nameStart, name: lenient.decode(name.utf8), start, end: json.valueEnd(start) };
}

/** The members that are not declared, as they stand, in the order of the data. */
function captureRest(
  machine: Machine,
  { greedySlot }: JsonObjectOperation,
  rest: readonly Uint8Array[],
): void {
  const length = rest.reduce((sum, member) => sum + member.length + 1, 1);
  const bytes = new Uint8Array(Math.max(length, 2));
  bytes[0] = OPEN_BRACE;
  let place = 1;
  for (const [index, member] of rest.entries()) {
    if (index > 0) bytes[place++] = COMMA;
    bytes.set(member, place);
    place += member.length;
  }
  bytes[place] = CLOSE_BRACE;
  machine.capture(greedySlot, { bytes, start: 0, end: place + 1, encoding: "plain" });
}

/** A scalar's text, matched as if it were a whole input; without operations it is taken as it is. */
function matchScalar(walk: Walk, scalar: JsonScalarOperation, start: number, end: number): boolean {
  const { machine, matchSequence } = walk;
  const first = machine.byteAt(start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return false;
  const isString = first === QUOTE;
  const text = {
    bytes: machine.bytes,
    start: isString ? start + 1 : start,
    end: isString ? end - 1 : end,
    encoding: isString ? ("json" as const) : ("plain" as const),
  };
  if (scalar.body.length === 0) {
    machine.capture(scalar.slot, text);
    return true;
  }
  const inside = machine.bytes.subarray(text.start, text.end);
  const bytes = isString && inside.includes(BACKSLASH) ? decodedText(text).utf8 : inside;
  const inner = new Machine(bytes, { ...machine.run, onMismatch: null });
  inner.tests = machine.tests;
  return matchSequence(inner, scalar.body, 0) === bytes.length;
}
