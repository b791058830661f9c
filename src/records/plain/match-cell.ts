/** Cells of CSV records. */
import type { CellOperation, MatchOperation } from "../program/program.ts";
import { type DecodedText, decodedText, type EncodedText } from "./decoded-text.ts";
import { Machine } from "./machine.ts";

/** Matches a sequence; passed in, since sequences hold cells. */
export type MatchSequence = (machine: Machine, operations: readonly MatchOperation[], at: number) => number;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Matches one cell; gives its end, or -1. */
export function matchCell(
  machine: Machine,
  operation: CellOperation,
  at: number,
  matchSequence: MatchSequence,
): number {
  const isQuoted = machine.byteAt(at) === operation.quote;
  const text = isQuoted ? quotedText(machine, operation, at) : bareText(machine, operation, at);
  if (text === null || text.end - text.start > operation.max) return machine.mismatch(operation, at);
  const end = isQuoted ? text.end + 1 : text.end;
  if (operation.emptyIsNull && end === at) {
    machine.capture(operation.slot, null);
    machine.forget(operation.body);
    return at;
  }
  if (operation.body.length === 0) machine.capture(operation.slot, text);
  else if (!matchesBody(machine, operation, text, matchSequence)) return machine.mismatch(operation, at);
  return end;
}

/** Whether the column's operations match all of the text. */
function matchesBody(
  machine: Machine,
  { body }: CellOperation,
  text: EncodedText,
  matchSequence: MatchSequence,
): boolean {
  const inside = text.bytes.subarray(text.start, text.end);
  const { utf8: bytes }: Pick<DecodedText, "utf8"> =
    text.decode === undefined ? { utf8: inside } : decodedText(text);
  const inner = new Machine(bytes, { ...machine.run, onMismatch: null });
  inner.tests = machine.tests;
  return matchSequence(inner, body, 0) === bytes.length;
}

function bareText(machine: Machine, operation: CellOperation, at: number): EncodedText | null {
  const { bytes } = machine;
  const end = machine.runOf(operation).runEnd(bytes, at, bytes.length);
  const endsLine = bytes[end] === LINE_FEED && end > at && bytes[end - 1] === CARRIAGE_RETURN;
  return { bytes, start: at, end: endsLine ? end - 1 : end, encoding: "plain" };
}

/** The text of a quoted cell; `decode` is set where a quote stands inside. */
function quotedText(machine: Machine, operation: CellOperation, at: number): EncodedText | null {
  const { bytes, run } = machine;
  const { quote, max } = operation;
  const last = at + 1 + max;
  let hasQuotes = false;
  let end = at + 1;
  for (;;) {
    end = bytes.indexOf(quote, end);
    if (end < 0 || end > last) return null;
    if (bytes[end + 1] !== quote) break;
    hasQuotes = true;
    end += 2;
  }
  if (!endsCell(machine, operation, end + 1)) return null;
  const text: EncodedText = { bytes, start: at + 1, end, encoding: "plain" };
  const decode = run.decoders[operation.decoder];
  return hasQuotes && decode !== undefined ? { ...text, decode } : text;
}

function endsCell(machine: Machine, { separator }: CellOperation, at: number): boolean {
  const byte = machine.byteAt(at);
  if (byte < 0 || byte === separator || byte === LINE_FEED) return true;
  return byte === CARRIAGE_RETURN && machine.byteAt(at + 1) === LINE_FEED;
}
