/** What operations are called in messages: a short phrase each. */
import { unreachable } from "#text";
import { bytesOf, bytesWithout, EVERY_BYTE } from "./byte-set.ts";
import type { ByteSet, IntegerOperation, JsonValueOperation, MatchOperation } from "./program.ts";

/** What would have to stand where an operation failed, such as `INT` or `literal " \""`. */
export function describeOperation(operation: MatchOperation): string {
  switch (operation.kind) {
    case "literal":
      return `literal ${quotedBytes(operation.bytes)}`;
    case "set":
      return `one of ${describeSet(operation.set)}`;
    case "until":
      return describeStop(operation.stop, operation.staysInLine);
    case "integer":
      return describeInteger(operation);
    case "decimal":
      return operation.point === 0x2c ? "number with a decimal comma" : "number";
    case "boolean":
      return "true or false";
    case "address":
      return operation.allowsV6 ? (operation.allowsV4 ? "IP address" : "IPv6 address") : "IPv4 address";
    case "mac":
      return "MACADDR";
    case "timestamp":
      return "time";
    case "quoted":
      return `text in ${operation.quote === 0x22 ? "double" : "single"} quotes`;
    case "word":
      return "word";
    case "line-end":
      return "end of line";
    case "edge":
      return { start: "start of input", "not-start": "not the start of input", end: "end of input" }[
        operation.edge
      ];
    case "look":
      return operation.isNegated ? "something else" : describeSequence(operation.body);
    case "optional":
    case "repeat":
    case "capture":
    case "decode":
    case "pairs":
      return describeSequence(operation.body);
    case "cell":
      return "cell";
    case "card":
      return "card number";
    case "choice":
      return operation.branches.map(describeSequence).join(" or ");
    case "enum":
      return operation.entries.map((entry) => quotedBytes(entry.bytes)).join(" or ");
    case "constant":
      return "constant";
    case "json":
      return describeJson(operation.value);
    default:
      return unreachable(operation);
  }
}

function describeSequence(operations: readonly MatchOperation[]): string {
  const [first] = operations;
  return first === undefined ? "anything" : describeOperation(first);
}

function describeStop(stop: readonly MatchOperation[], staysInLine: boolean): string {
  if (stop.length === 0) return staysInLine ? "end of line" : "end of input";
  return describeSequence(stop);
}

function describeInteger({ radix, min, max }: IntegerOperation): string {
  const isInt = max < 1n << 31n && min >= -(1n << 31n);
  return `${radix === 16 ? "HEX" : ""}${isInt ? "INT" : "LONG"}`;
}

function describeJson(value: JsonValueOperation): string {
  if (value.kind === "scalar") return "JSON value";
  if (value.kind === "array") return "JSON array";
  if (value.kind === "any" && value.accepts !== "object") {
    return value.accepts === "array" ? "JSON array" : "JSON value";
  }
  return "JSON object";
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** Bytes as a quoted text; what is not visible ASCII is escaped. */
export function quotedBytes(bytes: readonly number[]): string {
  return `"${bytes.map((byte) => shownByte(byte)).join("")}"`;
}

function shownByte(byte: number): string {
  const letter = ESCAPES.get(byte);
  if (letter !== undefined) return letter;
  const isVisible = byte >= 0x20 && byte < 0x7f;
  return isVisible ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** A set in brackets, as ranges; a large one as what it leaves out. */
export function describeSet(set: ByteSet): string {
  const members = bytesOf(set);
  const isNegated = members.length > 128;
  const shown = isNegated ? bytesOf(bytesWithout(EVERY_BYTE, set)) : members;
  return `[${isNegated ? "^" : ""}${rangesOf(shown)}]`;
}

function rangesOf(bytes: readonly number[]): string {
  let text = "";
  for (let index = 0; index < bytes.length; index++) {
    const first = bytes[index] ?? 0;
    let last = first;
    while (bytes[index + 1] === last + 1) {
      last++;
      index++;
    }
    text += shownInSet(first);
    if (last > first) text += (last > first + 1 ? "-" : "") + shownInSet(last);
  }
  return text;
}

function shownInSet(byte: number): string {
  const character = String.fromCharCode(byte);
  return "]^-".includes(character) ? `\\${character}` : byte === 0x22 ? '"' : shownByte(byte);
}
