/** JSON elements: values are validated, and looked into where the program asks for members. */
import { unreachable } from "#text";
import type {
  JsonObjectOperation,
  JsonOperation,
  JsonScalarOperation,
  JsonValueOperation,
  MatchOperation,
} from "../program/program.ts";
import { slotsInJson } from "../program/slots-in.ts";
import { decodedText } from "./decoded-text.ts";
import { Machine } from "./machine.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;

/** Matches a sequence; passed in, since sequences hold JSON. */
export type MatchSequence = (machine: Machine, operations: readonly MatchOperation[], at: number) => number;

/** Matches a JSON element with the blanks before it; gives its end, or -1. */
export function matchJson(
  machine: Machine,
  operation: JsonOperation,
  at: number,
  matchSequence: MatchSequence,
): number {
  const { value, maxBytes } = operation;
  const start = machine.runOf(operation).runEnd(machine.bytes, at, machine.bytes.length);
  const isObject = machine.byteAt(start) === OPEN_BRACE;
  // Only as a member does null stand for an object or array.
  const isOther = machine.byteAt(start) === LETTER_N && value.kind !== "scalar" && !isAny(value);
  if (isOther) return machine.mismatch(operation, start);
  // The whole value first: what an attempt costs is then remembered for all attempts that start inside of it.
  const end = machine.json.valueEnd(start);
  if (end < 0) return machine.mismatch(operation, isObject ? machine.json.failedAt : start);
  if (end - start > maxBytes) return machine.mismatch(operation, start + maxBytes);
  const walk: Walk = { machine, matchSequence, failedAt: start };
  return matchValue(walk, value, start, end) ? end : machine.mismatch(operation, walk.failedAt);
}

function isAny(value: JsonValueOperation): boolean {
  return (value.kind === "any" && value.accepts === "any") || (value.kind === "object" && !value.isRequired);
}

interface Walk {
  readonly machine: Machine;
  readonly matchSequence: MatchSequence;
  /** The value that is not of its shape. */
  failedAt: number;
}

/** Whether the well-formed value in `[start, end)` is of the shape that is asked for. */
function matchValue(walk: Walk, value: JsonValueOperation, start: number, end: number): boolean {
  const { machine } = walk;
  const first = machine.byteAt(start);
  if (first === LETTER_N) {
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
    case "scalar":
      if (matchScalar(walk, value, start, end)) return true;
      forgetValue(machine, value);
      return value.isRequired ? mismatch(walk, start) : true;
    default:
      return unreachable(value);
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
  for (let member = firstMember(machine, at); member !== null; member = nextMember(machine, member.end)) {
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

function firstMember(machine: Machine, at: number): DataMember | null {
  const first = machine.json.blankEnd(at + 1);
  return machine.byteAt(first) === CLOSE_BRACE ? null : memberAt(machine, first);
}

function nextMember(machine: Machine, at: number): DataMember | null {
  const behind = machine.json.blankEnd(at);
  return machine.byteAt(behind) === COMMA ? memberAt(machine, machine.json.blankEnd(behind + 1)) : null;
}

function memberAt(machine: Machine, nameStart: number): DataMember {
  const { bytes, json } = machine;
  const nameEnd = json.stringEnd(nameStart);
  const start = json.behindColon(nameEnd);
  const name = decodedText({ bytes, start: nameStart + 1, end: nameEnd - 1, encoding: "json" });
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
