/** JSON elements: which members are looked into, what they must be, and which slots they fill. */

import type {
  DataType,
  EnumNode,
  GroupNode,
  JsonMember,
  JsonNode,
  JsonObjectShape,
  JsonShape,
  MatcherNode,
} from "#language";
import { invariant, unreachable } from "#text";
import { charsetOf } from "./compile-charset.ts";
import {
  type CompileContext,
  captured,
  decoderIndex,
  decoderIndexOf,
  END_FOLLOWS,
  type Place,
  rangeOf,
  slotsFor,
  UNBOUNDED,
  wantedOf,
  zoneIndex,
} from "./compile-context.ts";
import { enumOperations, JSON_BLANKS, matcherOperations, matcherType } from "./compile-matcher.ts";
import { untilOperation } from "./compile-until.ts";
import { shapeOf } from "./item-shape.ts";
import type {
  JsonArrayOperation,
  JsonMemberOperation,
  JsonScalarOperation,
  JsonValueOperation,
  MatchOperation,
  PatternRange,
  Slot,
  SlotIndex,
} from "./program.ts";
import { slotsIn } from "./slots-in.ts";
import { isoFormat, timeFormat } from "./time-parts.ts";
import { NOTHING_WANTED, type Wanted, type WantedSlot, wantedTree } from "./wanted.ts";

/** Compiles a sequence; passed in, since sequences hold JSON elements. */
export type CompileGroup = (
  group: GroupNode,
  place: Place,
  context: CompileContext,
) => readonly MatchOperation[];

interface JsonContext {
  readonly context: CompileContext;
  readonly compileGroup: CompileGroup;
  readonly at: PatternRange;
  /** The element that all of this stands in. */
  readonly node: JsonNode;
}

const STRING = { kind: "string" } as const;

/** The operations of a JSON element; `record` is what is wanted of the record it stands in. */
export function jsonOperations(
  node: JsonNode,
  record: Wanted,
  context: CompileContext,
  compileGroup: CompileGroup,
): readonly MatchOperation[] {
  const at = rangeOf(node);
  const { shape, maxBytes } = node;
  const isFlat = shape.kind === "object" && shape.object.isFlat;
  const place: Place = { wanted: record, follow: END_FOLLOWS, isWholeText: false };
  const wanted = isFlat ? record : (wantedOf(node, place, context) ?? NOTHING_WANTED);
  const values = valuesOf(shape, wanted, { context, compileGroup, at, node });
  const [value, second] = values;
  const isLenient = !node.isStrict;
  const body: readonly MatchOperation[] =
    value !== undefined && second === undefined
      ? [{ kind: "json", at, value, maxBytes, isLenient }]
      : withWholeText(values, at, node);
  return decodedTexts(body, node, record, context);
}

/** Texts of JSON in another charset, and JSON texts in which words stand without quotes. Arrays have decoders of their own. */
function decodedTexts(
  body: readonly MatchOperation[],
  node: JsonNode,
  record: Wanted,
  context: CompileContext,
): readonly MatchOperation[] {
  const filled = new Set(slotsIn(body));
  const decoder = textDecoder(node, context);
  const texts = wantedSlots(record).filter(
    ({ index, type }) => filled.has(index) && (isEmbedded(type) || (isText({ type }) && decoder.texts >= 0)),
  );
  return texts.reduce<readonly MatchOperation[]>((inner, { index, type }) => {
    const by = isText({ type }) ? decoder.texts : decoder.json;
    return by < 0 ? inner : [{ kind: "decode", at: rangeOf(node), body: inner, slot: index, decoder: by }];
  }, body);
}

/** The decoders of strings and of JSON texts; -1: they are taken as they stand. */
function textDecoder(
  node: JsonNode,
  context: CompileContext,
): { readonly texts: number; readonly json: number } {
  const charset = charsetOf(node.config);
  const texts = charset === null ? -1 : decoderIndexOf(context, { kind: "charset", charset });
  const json = node.isStrict ? texts : decoderIndexOf(context, { kind: "json-words", charset });
  return { texts, json };
}

function isEmbedded(type: DataType): boolean {
  return type.kind === "object" || type.kind === "variant";
}

function wantedSlots(wanted: Wanted): readonly WantedSlot[] {
  return [...wanted.slots, ...[...wanted.members.values()].flatMap(wantedSlots)];
}

/** A value that is looked into and wanted as it stands: the text is captured around it, without the blanks before it. */
function withWholeText(
  values: readonly JsonValueOperation[],
  at: PatternRange,
  { maxBytes, isStrict }: JsonNode,
): readonly MatchOperation[] {
  const slots = values.flatMap((value) => (value.kind === "any" && value.slot >= 0 ? [value.slot] : []));
  const [value, ...others] = values.filter((one) => one.kind !== "any");
  invariant(
    value !== undefined && others.length === 0,
    "a JSON element is wanted with one type besides its text",
  );
  const json: readonly MatchOperation[] = [{ kind: "json", at, value, maxBytes, isLenient: !isStrict }];
  const body = slots.reduce((inner, slot) => captured(inner, slot, at), json);
  return [
    { kind: "set", at, set: JSON_BLANKS, min: 0, max: UNBOUNDED, slot: -1, emptyIsNull: false },
    ...body,
  ];
}

/** What to do with a value of a declared shape: at least one operation, all of them on the same value. */
function valuesOf(shape: JsonShape, wanted: Wanted, json: JsonContext): readonly JsonValueOperation[] {
  switch (shape.kind) {
    case "any":
      return untyped("any", wanted, json);
    case "any-object":
      return untyped("object", wanted, json);
    case "any-array":
      return untyped("array", wanted, json);
    case "array":
      return [arrayValue(shape, wanted, json)];
    case "object":
      return [objectValue(shape.object, wanted, json)];
    case "scalar":
      return [scalarValue(shape.matcher, wanted, json)];
    case "text":
      return [textValue(shape.body, wanted, json)];
    default:
      return unreachable(shape);
  }
}

/** An array of a type: its elements are checked where it stands, and read when its value is given out. */
function arrayValue(
  { element }: JsonShape & { readonly kind: "array" },
  wanted: Wanted,
  json: JsonContext,
): JsonArrayOperation {
  const { context, node } = json;
  context.found.add(wanted);
  const slot = wanted.slots.find(({ type }) => type.kind === "array");
  const checked = onlyValue(valuesOf(element, NOTHING_WANTED, json));
  if (slot?.type.kind !== "array") return { kind: "array", element: checked, slot: -1, decoder: -1 };
  const slots: Slot[] = [];
  const item = shapeOf(slot.type.element, ["item"], slots);
  const inner: CompileContext = { ...context, found: new Set(), ownSlots: [], slotCount: slots.length };
  const ofItem = wantedTree(slots).members.get("item") ?? NOTHING_WANTED;
  const value = onlyValue(valuesOf(element, ofItem, { ...json, context: inner }));
  const isLenient = !node.isStrict;
  const { texts, json: embedded } = textDecoder(node, context);
  const decoder = decoderIndex(context, {
    kind: "json-items",
    slots,
    value,
    item,
    isLenient,
    texts,
    embedded,
  });
  return { kind: "array", element: checked, slot: slot.index, decoder };
}

function onlyValue([value, ...others]: readonly JsonValueOperation[]): JsonValueOperation {
  invariant(value !== undefined && others.length === 0, "an element is read in one way");
  return value;
}

function objectValue(object: JsonObjectShape, wanted: Wanted, json: JsonContext): JsonValueOperation {
  const declared = new Set(object.members.map((member) => member.memberName));
  const rest = object.greedy === null ? undefined : wanted.members.get(object.greedy);
  if (rest !== undefined) json.context.found.add(rest);
  return {
    kind: "object",
    isRequired: true,
    members: [
      ...object.members.flatMap((member) => declaredMember(member, wanted, json)),
      ...restMembers(rest, declared, json),
    ],
    greedySlot: textSlot(rest),
    declared: [...declared].map(utf8Of),
  };
}

/** Members of the rest; a declared one is not part of it and stays NULL. */
function restMembers(
  rest: Wanted | undefined,
  declared: ReadonlySet<string>,
  json: JsonContext,
): readonly JsonMemberOperation[] {
  if (rest === undefined) return [];
  return [...rest.members].flatMap(([name, member]) => {
    const members = untypedMember(name, member, json);
    return declared.has(name) ? [] : members;
  });
}

/** Members that need no look are left out: they are validated all the same. */
function declaredMember(
  member: JsonMember,
  wanted: Wanted,
  json: JsonContext,
): readonly JsonMemberOperation[] {
  const { shape, name, isMandatory } = member;
  const own = name === null ? undefined : wanted.members.get(name);
  if (own !== undefined) json.context.found.add(own);
  const takesPlace = name === null && (shape.kind === "text" || isFlat(shape));
  const inner = takesPlace ? wanted : (own ?? NOTHING_WANTED);
  const values = valuesOf(shape, inner, { ...json, at: rangeOf(member) });
  const utf8 = utf8Of(member.memberName);
  return values
    .filter((value) => isMandatory || value.kind !== "any" || value.accepts !== "any" || value.slot >= 0)
    .map((value) => ({ utf8, isMandatory, value }));
}

function isFlat(shape: JsonShape): boolean {
  return shape.kind === "object" && shape.object.isFlat;
}

const TEXT_MATCHERS: readonly string[] = ["STRING", "LD", "DATA", "DQS", "SQS", "CSVDQS", "CSVSQS"];

/** A member of a declared type. JSON strings are texts whatever text matcher is written. */
function scalarValue(
  matcher: MatcherNode | EnumNode,
  wanted: Wanted,
  json: JsonContext,
): JsonScalarOperation {
  if (matcher.kind === "enum") {
    return {
      kind: "scalar",
      type: { kind: "integer" },
      isRequired: true,
      body: enumOperations(matcher, wanted),
      slot: -1,
    };
  }
  if (!TEXT_MATCHERS.includes(matcher.matcher)) {
    const body = matcherOperations(matcher, wanted, json.context);
    return { kind: "scalar", type: matcherType(matcher.matcher), isRequired: true, body, slot: -1 };
  }
  const { own: slot } = slotsFor(wanted, STRING);
  if (matcher.quantifier === null) return { kind: "scalar", type: STRING, isRequired: true, body: [], slot };
  const bounded = untilOperation({ ...matcher, matcher: "DATA" }, matcher.quantifier, END_FOLLOWS, slot);
  return { kind: "scalar", type: STRING, isRequired: true, body: [bounded], slot: -1 };
}

/** A member whose text a pattern takes apart, all of it. */
function textValue(body: GroupNode, wanted: Wanted, json: JsonContext): JsonScalarOperation {
  const place: Place = { wanted, follow: END_FOLLOWS, isWholeText: true };
  const operations = json.compileGroup(body, place, json.context);
  const { own } = slotsFor({ ...wanted, slots: wanted.slots.filter(isText) }, STRING);
  return {
    kind: "scalar",
    type: STRING,
    isRequired: true,
    body: captured(operations, own, rangeOf(body)),
    slot: -1,
  };
}

function isText({ type }: { readonly type: DataType }): boolean {
  return type.kind === "string";
}

/** A value of no declared type: its text as JSON, what is wanted below it, casts to other types. */
function untyped(
  accepts: "any" | "object" | "array",
  wanted: Wanted,
  json: JsonContext,
): readonly JsonValueOperation[] {
  json.context.found.add(wanted);
  const casts = wanted.slots.filter(({ type }) => !isJsonText(type)).map((slot) => castValue(slot, json));
  const texts = wanted.slots.filter(({ type }) => isJsonText(type));
  const members = [...wanted.members].flatMap(([name, member]) => untypedMember(name, member, json));
  const values: JsonValueOperation[] = texts.map(({ index }) => ({ kind: "any", accepts, slot: index }));
  if (members.length > 0) {
    const isRequired = accepts === "object";
    values.push({ kind: "object", isRequired, members, greedySlot: -1, declared: [] });
  }
  const hasShape = accepts === "any" || texts.length > 0 || (accepts === "object" && members.length > 0);
  if (!hasShape || values.length + casts.length === 0) values.push({ kind: "any", accepts, slot: -1 });
  return [...values, ...casts];
}

function isJsonText(type: DataType): boolean {
  return type.kind === "object" || type.kind === "variant" || type.kind === "array";
}

function textSlot(wanted: Wanted | undefined): SlotIndex {
  return wanted?.slots.find(({ type }) => isJsonText(type))?.index ?? -1;
}

function untypedMember(name: string, wanted: Wanted, json: JsonContext): readonly JsonMemberOperation[] {
  const utf8 = utf8Of(name);
  return untyped("any", wanted, json).map((value) => ({ utf8, isMandatory: false, value }));
}

/** Matchers that casts of JSON values read with. */
const CAST_MATCHERS: Readonly<Record<string, string>> = {
  integer: "INT",
  long: "LONG",
  float: "FLOAT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  ip: "IPADDR",
  mac: "MACADDR",
  ipnet: "IPNET",
  ipsocket: "IPSOCKET",
};

function castValue(
  { index, type }: { readonly index: SlotIndex; readonly type: DataType },
  json: JsonContext,
): JsonScalarOperation {
  if (type.kind === "string") return { kind: "scalar", type, isRequired: false, body: [], slot: index };
  if (type.kind === "timestamp" || type.kind === "timestamp-nano") {
    return { kind: "scalar", type, isRequired: false, body: [timeCast(index, type.kind, json)], slot: -1 };
  }
  const matcher = CAST_MATCHERS[type.kind];
  invariant(matcher !== undefined, `a JSON value is not wanted as ${type.kind}`);
  const { context, at } = json;
  const span = { source: { name: "", text: "" }, ...at };
  const node: MatcherNode = {
    kind: "matcher",
    matcher,
    config: {},
    span,
    quantifier: null,
    isOptional: false,
    name: null,
    look: null,
  };
  const wanted: Wanted = { slots: [{ index, type }], members: new Map() };
  return {
    kind: "scalar",
    type,
    isRequired: false,
    body: matcherOperations(node, wanted, context),
    slot: -1,
  };
}

/** Times as programs write them into JSON: ISO 8601, or a date and a time with a blank between them. */
function timeCast(slot: SlotIndex, kind: "timestamp" | "timestamp-nano", json: JsonContext): MatchOperation {
  const { context, at } = json;
  const zone = zoneIndex(context.timeZone, context);
  const formats = [
    isoFormat(true),
    isoFormat(false),
    timeFormat("yyyy-MM-dd HH:mm:ss.f"),
    timeFormat("yyyy-MM-dd HH:mm:ss"),
  ];
  const end: MatchOperation = { kind: "edge", at, edge: "end" };
  const branches = formats.map((format): readonly MatchOperation[] => [
    { kind: "timestamp", at, ...format, zone, isNano: kind === "timestamp-nano", mayBeEmpty: false, slot },
    end,
  ]);
  return { kind: "choice", at, branches };
}

function utf8Of(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
