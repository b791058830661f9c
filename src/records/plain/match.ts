/** Matches operations over bytes, as `program.ts` defines them. */
import { unreachable } from "#text";
import { hasByte } from "../program/byte-set.ts";
import type {
  EnumOperation,
  LineEndOperation,
  LiteralOperation,
  LookOperation,
  MatchOperation,
  QuotedOperation,
  SlotIndex,
  UntilOperation,
  WordOperation,
} from "../program/program.ts";
import { readIpv4, readIpv6, readMac } from "./addresses.ts";
import type { Captured } from "./captured.ts";
import { cardEnd } from "./card.ts";
import type { Machine } from "./machine.ts";
import { matchCell } from "./match-cell.ts";
import { matchJson } from "./match-json.ts";
import { matchPairs } from "./match-pairs.ts";
import { matchRepeat } from "./match-repeat.ts";
import { readBoolean, readDecimal, readInteger } from "./numbers.ts";
import { quotedEnd } from "./quoted.ts";
import { equalBytes, standsAt } from "./stands-at.ts";
import { readTime } from "./times.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LOOK_BEHIND_BYTES = 64;

/** Matches operations one after the other from `at`; gives where they end, or -1. */
export function matchSequence(machine: Machine, operations: readonly MatchOperation[], at: number): number {
  let place = at;
  for (const operation of operations) {
    place = matchOperation(machine, operation, place);
    if (place < 0) return -1;
  }
  return place;
}

function matchOperation(machine: Machine, operation: MatchOperation, at: number): number {
  switch (operation.kind) {
    case "literal":
      return matchLiteral(machine, operation, at);
    case "set": {
      const { min, max } = operation;
      const end = machine.runOf(operation).runEnd(machine.bytes, at, at + max);
      return end - at < min ? machine.mismatch(operation, at) : captureText(machine, operation, at, end);
    }
    case "until":
      return matchUntil(machine, operation, at);
    case "integer":
      return captureRead(
        machine,
        operation,
        at,
        readInteger(operation, machine.bytes, at, machine.runOf(operation)),
      );
    case "decimal":
      return captureRead(
        machine,
        operation,
        at,
        readDecimal(operation, machine.bytes, at, machine.decimalRunsOf(operation)),
      );
    case "boolean":
      return captureRead(machine, operation, at, readBoolean(machine.bytes, at) ?? nothing(operation, at));
    case "address": {
      const short = operation.allowsV4 ? readIpv4(machine.bytes, at) : null;
      const long = operation.allowsV6 ? readIpv6(machine.bytes, at) : null;
      const read = short !== null && (long === null || short.end >= long.end) ? short : long;
      return captureRead(machine, operation, at, read ?? nothing(operation, at));
    }
    case "mac":
      return captureRead(machine, operation, at, readMac(machine.bytes, at) ?? nothing(operation, at));
    case "timestamp":
      return captureRead(machine, operation, at, readTime(operation, machine, at) ?? nothing(operation, at));
    case "quoted":
      return matchQuoted(machine, operation, at);
    case "word":
      return matchWord(machine, operation, at);
    case "line-end":
      return matchLineEnd(machine, operation, at);
    case "constant":
      machine.capture(operation.slot, textOf(Uint8Array.from(operation.utf8)));
      return at;
    case "enum":
      return matchEnum(machine, operation, at);
    case "json":
      return matchJson(machine, operation, at, matchSequence);
    default:
      return matchComposed(machine, operation, at);
  }
}

type ComposedOperation = Extract<
  MatchOperation,
  {
    kind:
      | "edge"
      | "optional"
      | "choice"
      | "repeat"
      | "look"
      | "capture"
      | "decode"
      | "pairs"
      | "cell"
      | "card";
  }
>;

function matchComposed(machine: Machine, operation: ComposedOperation, at: number): number {
  switch (operation.kind) {
    case "edge":
      return isEdge(machine, operation.edge, at) ? at : machine.mismatch(operation, at);
    case "optional": {
      const end = matchSequence(machine, operation.body, at);
      if (end < 0) machine.forget(operation.body);
      return end < 0 ? at : end;
    }
    case "choice":
      for (const branch of operation.branches) {
        const end = matchSequence(machine, branch, at);
        if (end >= 0) return end;
        machine.forget(branch);
      }
      return -1;
    case "repeat":
      return matchRepeat(machine, operation, at, matchSequence);
    case "look":
      return matchLook(machine, operation, at);
    case "capture": {
      const end = matchSequence(machine, operation.body, at);
      return end < 0 ? -1 : captureText(machine, operation, at, end);
    }
    case "decode": {
      const end = matchSequence(machine, operation.body, at);
      if (end >= 0) machine.setDecoder(operation.slot, operation.decoder);
      return end;
    }
    case "pairs":
      return matchPairs(machine, operation, at, matchSequence);
    case "cell":
      return matchCell(machine, operation, at, matchSequence);
    case "card": {
      const end = cardEnd(machine.bytes, at);
      return end < 0 ? machine.mismatch(operation, at) : end;
    }
    default:
      return unreachable(operation);
  }
}

function isEdge(machine: Machine, edge: "start" | "not-start" | "end", at: number): boolean {
  if (edge === "end") return at === machine.bytes.length;
  return (at === 0) === (edge === "start");
}

interface TextOperation {
  readonly slot: SlotIndex;
  readonly emptyIsNull: boolean;
}

/** Captures `[at, end)` as it stands; gives the end. */
function captureText(
  machine: Machine,
  { slot, emptyIsNull }: TextOperation,
  at: number,
  end: number,
): number {
  const isNull = emptyIsNull && end === at;
  machine.capture(slot, isNull ? null : { bytes: machine.bytes, start: at, end, encoding: "plain" });
  return end;
}

function textOf(bytes: Uint8Array): Captured {
  return { bytes, start: 0, end: bytes.length, encoding: "plain" };
}

interface ReadValue {
  readonly end: number;
  readonly value: Captured;
}

type ValueOperation = Extract<MatchOperation, { mayBeEmpty: boolean }>;

/** What a value that may be missing is where there is none. */
function nothing({ mayBeEmpty }: ValueOperation, at: number): ReadValue | null {
  return mayBeEmpty ? { end: at, value: null } : null;
}

function captureRead(
  machine: Machine,
  operation: ValueOperation,
  at: number,
  read: ReadValue | null,
): number {
  if (read === null || (read.value === null && !operation.mayBeEmpty)) return machine.mismatch(operation, at);
  machine.capture(operation.slot, read.value);
  return read.end;
}

/** A literal of which the first bytes stand there failed at the byte that differs. */
function matchLiteral(machine: Machine, operation: LiteralOperation, at: number): number {
  const { bytes, ignoresCase } = operation;
  const equal = equalBytes(machine.bytes, at, bytes, ignoresCase);
  return equal === bytes.length ? at + equal : machine.mismatch(operation, at + equal);
}

function matchLineEnd(machine: Machine, operation: LineEndOperation, at: number): number {
  const byte = machine.byteAt(at);
  if (byte === LINE_FEED) return at + 1;
  const isPair = byte === CARRIAGE_RETURN && machine.byteAt(at + 1) === LINE_FEED;
  if (operation.allowsCarriageReturn && isPair) return at + 2;
  const isUnended = at === machine.bytes.length && at > 0 && machine.byteAt(at - 1) !== LINE_FEED;
  return isUnended ? at : machine.mismatch(operation, at);
}

function matchEnum(machine: Machine, operation: EnumOperation, at: number): number {
  let best: EnumOperation["entries"][number] | null = null;
  for (const entry of operation.entries) {
    const isLonger = best === null || entry.bytes.length > best.bytes.length;
    if (isLonger && standsAt(machine.bytes, at, entry.bytes, operation.ignoresCase)) best = entry;
  }
  if (best === null) return machine.mismatch(operation, at);
  machine.capture(operation.slot, best.value);
  return at + best.bytes.length;
}

function matchQuoted(machine: Machine, operation: QuotedOperation, at: number): number {
  const { quote, encoding, min, max, staysInLine, slot, emptyIsNull } = operation;
  const isDoubled = encoding !== "backslash";
  const close = quotedEnd(machine.bytes, at, { quote, isDoubled, max, staysInLine });
  if (close < 0 || close - at - 1 < min) return machine.mismatch(operation, at);
  const isNull = emptyIsNull && close === at + 1;
  machine.capture(slot, isNull ? null : { bytes: machine.bytes, start: at + 1, end: close, encoding });
  return close + 1;
}

function matchWord(machine: Machine, operation: WordOperation, at: number): number {
  const { min, max, slot, emptyIsNull } = operation;
  const quote = machine.byteAt(at);
  if (quote === 0x22 || quote === 0x27) {
    const close = quotedEnd(machine.bytes, at, { quote, isDoubled: false, max, staysInLine: true });
    if (close >= 0) {
      if (close - at - 1 < min) return machine.mismatch(operation, at);
      const isNull = emptyIsNull && close === at + 1;
      machine.capture(
        slot,
        isNull ? null : { bytes: machine.bytes, start: at + 1, end: close, encoding: "backslash" },
      );
      return close + 1;
    }
  }
  const end = machine.runOf(operation).runEnd(machine.bytes, at, at + max);
  if (end === at || end - at < min) return machine.mismatch(operation, at);
  return captureText(machine, operation, at, end);
}

function matchLook(machine: Machine, operation: LookOperation, at: number): number {
  machine.tests++;
  const stands =
    operation.direction === "ahead"
      ? matchSequence(machine, operation.body, at) >= 0
      : standsBehind(machine, operation, at);
  machine.tests--;
  return stands === operation.isNegated ? machine.mismatch(operation, at) : at;
}

function standsBehind(machine: Machine, { body }: LookOperation, at: number): boolean {
  const first = Math.max(0, at - LOOK_BEHIND_BYTES);
  for (let start = at - 1; start >= first; start--) {
    if (matchSequence(machine, body, start) === at) return true;
  }
  return false;
}

/** Searches the stop unit; every place is tested once in a run, however many attempts come by. */
function matchUntil(machine: Machine, operation: UntilOperation, at: number): number {
  const { min, max, staysInLine } = operation;
  const { bytes } = machine;
  const first = at + min;
  if (first > bytes.length) return machine.mismatch(operation, bytes.length);
  if (staysInLine && min > 0) {
    const feed = bytes.subarray(at, first).indexOf(LINE_FEED);
    if (feed >= 0) return machine.mismatch(operation, at + feed);
  }
  const end = searchStop(machine, operation, first, Math.min(at + max, bytes.length));
  return end < 0 ? -1 : captureText(machine, operation, at, end);
}

/** The first stop in `[first, last]`, both places included, or -1. */
function searchStop(machine: Machine, operation: UntilOperation, first: number, last: number): number {
  const memo = machine.searchOf(operation);
  if (first < memo.from || first > memo.to) {
    memo.from = first;
    memo.to = first;
    memo.found = false;
  }
  machine.tests++;
  while (!memo.found && memo.to <= last && !isSearchOver(machine, operation, memo.to)) memo.to++;
  machine.tests--;
  if (memo.found && memo.to <= last) return memo.to;
  machine.mismatch(operation, Math.min(memo.to, last));
  return -1;
}

/** Tests one place: remembers a stop there; true where the search goes no further. */
function isSearchOver(machine: Machine, operation: UntilOperation, at: number): boolean {
  const { stop, stopFirst, staysInLine } = operation;
  const memo = machine.searchOf(operation);
  const byte = machine.byteAt(at);
  const isEnd = byte < 0 || (staysInLine && byte === LINE_FEED);
  if (stop.length === 0) memo.found = isEnd;
  else if (byte < 0 || hasByte(stopFirst, byte)) memo.found = matchSequence(machine, stop, at) >= 0;
  return memo.found || isEnd;
}
