/** Match programs as text for people: stable, one operation per line. */

import { typeName } from "#language";
import { unreachable } from "#text";
import { bytesOf } from "./byte-set.ts";
import { describeSet, quotedBytes } from "./describe.ts";
import type {
  Decoder,
  ItemShape,
  JsonMemberOperation,
  JsonObjectOperation,
  JsonValueOperation,
  MatchOperation,
  MatchProgram,
  PairsOperation,
  Slot,
  SlotIndex,
  TimePart,
} from "./program.ts";

/** The program as text. Slots are shown as `-> #n`; equal programs have equal texts. */
export function printProgram(program: MatchProgram): string {
  const { slots, zones, lookBehindBytes, header } = program;
  const lines = [
    ...slots.map((slot, index) => `slot #${index} ${slot.path.join("/") || "(own)"} ${typeName(slot.type)}`),
    `first ${describeSet(program.firstBytes)}`,
    ...(program.isLineBound ? ["line-bound"] : []),
    ...(header === null ? [] : [`below ${header.style} header ${header.columns.join(" ")}`]),
    ...(lookBehindBytes > 0 ? [`look-behind ${lookBehindBytes}`] : []),
    ...zones.map((zone, index) => `zone ${index} ${zone.name} (${zone.startsMs.length} offsets)`),
    ...program.decoders.flatMap(printDecoder),
    ...printAll(program.body),
  ];
  return `${lines.join("\n")}\n`;
}

type Lines = readonly string[];

function printAll(operations: readonly MatchOperation[]): Lines {
  return operations.flatMap(printOperation);
}

function indented(lines: Lines): Lines {
  return lines.map((line) => `  ${line}`);
}

function toSlot(slot: SlotIndex): string {
  return slot < 0 ? "" : ` -> #${slot}`;
}

function bounds(min: number, max: number): string {
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function flag(isSet: boolean, word: string): string {
  return isSet ? ` ${word}` : "";
}

function printOperation(operation: MatchOperation): Lines {
  switch (operation.kind) {
    case "literal":
      return [`literal ${quotedBytes(operation.bytes)}${flag(operation.ignoresCase, "any-case")}`];
    case "set": {
      const { set, min, max, slot, emptyIsNull } = operation;
      return [
        `set ${describeSet(set)}${bounds(min, max)}${flag(emptyIsNull, "empty-is-null")}${toSlot(slot)}`,
      ];
    }
    case "until": {
      const { min, max, slot, emptyIsNull, staysInLine, stop, stopFirst } = operation;
      const head = `until ${staysInLine ? "in-line" : "across-lines"} ${bounds(min, max)}`;
      const first = bytesOf(stopFirst).length === 256 ? "" : ` at ${describeSet(stopFirst)}`;
      return [
        `${head}${first}${flag(emptyIsNull, "empty-is-null")}${toSlot(slot)}`,
        ...indented(printAll(stop)),
      ];
    }
    case "quoted": {
      const { quote, encoding, min, max, staysInLine, slot } = operation;
      const head = `quoted ${quotedBytes([quote])} ${encoding} ${bounds(min, max)}`;
      return [`${head}${flag(staysInLine, "in-line")}${toSlot(slot)}`];
    }
    case "word":
      return [`word ${bounds(operation.min, operation.max)}${toSlot(operation.slot)}`];
    case "line-end":
      return [`line-end${flag(operation.allowsCarriageReturn, "any")}`];
    case "edge":
      return [`edge ${operation.edge}`];
    case "constant":
      return [`constant ${quotedBytes(operation.utf8)}${toSlot(operation.slot)}`];
    case "enum": {
      const entries = operation.entries.map(({ bytes, value }) => `${quotedBytes(bytes)}=${value}`);
      return [`enum ${entries.join(" ")}${flag(operation.ignoresCase, "any-case")}${toSlot(operation.slot)}`];
    }
    case "json":
      return [
        `json at-most ${operation.maxBytes}${flag(operation.isLenient, "lenient")}`,
        ...indented(printJson(operation.value)),
      ];
    case "optional":
    case "choice":
    case "repeat":
    case "look":
    case "capture":
    case "decode":
    case "pairs":
    case "cell":
      return printComposed(operation);
    case "card":
      return ["card"];
    default:
      return printValue(operation);
  }
}

type ComposedOperation = Extract<
  MatchOperation,
  { kind: "optional" | "choice" | "repeat" | "look" | "capture" | "decode" | "pairs" | "cell" }
>;

function printComposed(operation: ComposedOperation): Lines {
  switch (operation.kind) {
    case "optional":
      return ["optional", ...indented(printAll(operation.body))];
    case "choice":
      return operation.branches.flatMap((branch, index) => [
        index === 0 ? "choice" : "or",
        ...indented(printAll(branch)),
      ]);
    case "repeat":
      return [`repeat ${bounds(operation.min, operation.max)}`, ...indented(printAll(operation.body))];
    case "look":
      return [
        `look ${flag(operation.isNegated, "not ").trimStart()}${operation.direction}`,
        ...indented(printAll(operation.body)),
      ];
    case "capture": {
      const { slot, emptyIsNull, body } = operation;
      return [`capture${flag(emptyIsNull, "empty-is-null")}${toSlot(slot)}`, ...indented(printAll(body))];
    }
    case "decode":
      return [
        `decode by ${operation.decoder}${toSlot(operation.slot)}`,
        ...indented(printAll(operation.body)),
      ];
    case "pairs":
      return printPairs(operation);
    case "cell": {
      const { separator, quote, max, slot, emptyIsNull, body } = operation;
      const marks = `${quotedBytes([quote])} before ${quotedBytes([separator])}`;
      const head = `cell ${marks} at-most ${max}${flag(emptyIsNull, "empty-is-null")}${toSlot(slot)}`;
      return [head, ...indented(printAll(body))];
    }
    default:
      return unreachable(operation);
  }
}

function printPairs({ min, max, key, values, members, body }: PairsOperation): Lines {
  const names = members.map(
    ({ utf8, slot, textDecoder, decoder }) =>
      `${quotedBytes(utf8)}${toSlot(slot)} by ${textDecoder < 0 ? "" : `${textDecoder} or `}${decoder}`,
  );
  const found = `key #${key} values ${values.map((slot) => `#${slot}`).join(" ")}`;
  return [`pairs ${bounds(min, max)} ${found}`, ...indented(names), ...indented(printAll(body))];
}

function printDecoder(decoder: Decoder, index: number): Lines {
  const head = `decoder ${index} ${decoder.kind}`;
  switch (decoder.kind) {
    case "charset":
      return [`${head} ${decoder.charset}`];
    case "doubled":
      return [`${head} ${quotedBytes([decoder.quote])}`];
    case "json-string":
    case "json-words":
      return [head];
    case "items":
      return [`${head} ${printShape(decoder.item, decoder.slots)}`, ...indented(printAll(decoder.body))];
    case "pairs":
    case "pair": {
      const values = decoder.values.map((shape) => printShape(shape, decoder.slots)).join(" or ");
      const kind = decoder.kind === "pair" && decoder.isText ? " as text" : "";
      return [`${head}${kind} #${decoder.key} = ${values}`, ...indented(printAll(decoder.body))];
    }
    case "json-items":
      return [`${head} ${printShape(decoder.item, decoder.slots)}`, ...indented(printJson(decoder.value))];
    default:
      return unreachable(decoder);
  }
}

function printShape(shape: ItemShape, slots: readonly Slot[]): string {
  if (shape.kind === "slot")
    return `#${shape.slot} ${typeName(slots[shape.slot]?.type ?? { kind: "unknown" })}`;
  const members = shape.members.map((member) => `${member.name} ${printShape(member.shape, slots)}`);
  return `(${members.join(", ")})`;
}

type ValueOperation = Extract<MatchOperation, { mayBeEmpty: boolean }>;

function printValue(operation: ValueOperation): Lines {
  const tail = `${flag(operation.mayBeEmpty, "or-nothing")}${toSlot(operation.slot)}`;
  switch (operation.kind) {
    case "integer": {
      const { radix, min, max, minBytes, maxBytes } = operation;
      return [`integer base ${radix} ${min}..${max} ${bounds(minBytes, maxBytes)}${tail}`];
    }
    case "decimal": {
      const { point, min, max, minBytes, maxBytes } = operation;
      const range = min === null && max === null ? "" : ` ${min ?? ""}..${max ?? ""}`;
      return [`decimal point ${quotedBytes([point])}${range} ${bounds(minBytes, maxBytes)}${tail}`];
    }
    case "boolean":
    case "mac":
      return [`${operation.kind}${tail}`];
    case "address":
      return [`address${flag(operation.allowsV4, "v4")}${flag(operation.allowsV6, "v6")}${tail}`];
    case "timestamp": {
      const { parts, zone, infersYear, isNano } = operation;
      const flags = `${flag(infersYear, "infers-year")}${flag(isNano, "nano")}`;
      return [`timestamp zone ${zone}${flags}${tail}`, ...indented(parts.map(printPart))];
    }
    default:
      return unreachable(operation);
  }
}

function printPart(part: TimePart): string {
  switch (part.kind) {
    case "literal":
      return `literal ${quotedBytes(part.bytes)}`;
    case "number":
      return `${part.unit} ${bounds(part.min, part.max)}${flag(part.mayPad, "padded")}`;
    case "fraction":
      return `fraction ${bounds(part.min, part.max)}`;
    case "month-name":
    case "weekday-name":
      return `${part.kind}${flag(part.isFull, "full")}${part.names === null ? "" : " of a language"}`;
    case "epoch":
      return `epoch ${part.unit} ${bounds(1, part.most)}`;
    case "am-pm":
    case "zone":
      return part.kind;
    default:
      return unreachable(part);
  }
}

function printJson(value: JsonValueOperation): Lines {
  switch (value.kind) {
    case "any":
      return [`${value.accepts === "any" ? "any value" : `any ${value.accepts}`}${toSlot(value.slot)}`];
    case "scalar": {
      const head = `scalar ${typeName(value.type)}${flag(!value.isRequired, "or-null")}${toSlot(value.slot)}`;
      return [head, ...indented(printAll(value.body))];
    }
    case "object":
      return printObject(value);
    case "array": {
      const by = value.slot < 0 ? "" : ` by ${value.decoder}`;
      return [`array${toSlot(value.slot)}${by}`, ...indented(printJson(value.element))];
    }
    default:
      return unreachable(value);
  }
}

function printObject(object: JsonObjectOperation): Lines {
  const rest = object.greedySlot < 0 ? [] : [`rest${toSlot(object.greedySlot)}`];
  const declared = object.declared.map((utf8) => quotedBytes(utf8)).join(" ");
  return [
    `object${flag(!object.isRequired, "or-null")}${declared === "" ? "" : ` declares ${declared}`}`,
    ...indented([...object.members.flatMap(printMember), ...rest]),
  ];
}

function printMember({ utf8, isMandatory, value }: JsonMemberOperation): Lines {
  const [head = "", ...rest] = printJson(value);
  return [`${quotedBytes(utf8)}${flag(isMandatory, "mandatory")}: ${head}`, ...rest];
}
