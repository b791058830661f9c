/** JSON elements: objects with typed members, arrays, bare values. */

import { type Matcher, TEXT_CONFIG } from "./matchers/matcher.ts";
import { JSON_OBJECT_CONFIG } from "./matchers/structures.ts";
import { findMatcher } from "./matchers.ts";
import type { Settings } from "./parse-config.ts";
import {
  countElement,
  DEEPEST_NESTING,
  type ElementCore,
  groupOf,
  nested,
  type ParseContext,
  reportTooDeep,
  takeClose,
} from "./parse-context.ts";
import { plainMatcher, readSettings, readUnknown, writtenConfig } from "./parse-matcher.ts";
import { readEnum } from "./parse-structures.ts";
import { type Named, readColonName, takeAfterBlanks, takeQuantifier } from "./parse-suffix.ts";
import { readQuotedText, seesQuote } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";
import type { JsonMember, JsonObjectShape, JsonShape, PatternNode } from "./tree.ts";

const DEFAULT_MAX_BYTES = 128_000;
const BRACKETS = /\s*\[\s*\]/y;
const UP_TO_NEXT_MEMBER = /[^,{}()\n]+/y;

/** Reads what stands behind `JSON`, `JSON_ARRAY`, `JSON_VALUE`. */
export function readJson(context: ParseContext, matcher: Matcher): ElementCore {
  const { shape, settings } = readJsonShape(context, matcher);
  const maxBytes = settings.get("maxlen")?.value;
  const config = writtenConfig(TEXT_CONFIG, settings);
  return {
    node: {
      kind: "json",
      shape,
      maxBytes: typeof maxBytes === "number" ? maxBytes : DEFAULT_MAX_BYTES,
      isStrict: settings.get("strict")?.value !== false,
      ...(Object.keys(config).length > 0 ? { config } : {}),
    },
    label: matcher.name,
    quantifierUse: "none",
    quantifier: null,
  };
}

interface ShapeWithSettings {
  readonly shape: JsonShape;
  readonly settings: Settings;
}

function readJsonShape(context: ParseContext, matcher: Matcher): ShapeWithSettings {
  const { reader } = context;
  const hasBody = seesBrace(reader);
  if (matcher.name === "JSON") return readObject(context, hasBody, matcher);
  const element = hasBody ? readElementShape(context) : null;
  const settings = readSettings(reader, matcher.config, matcher.name);
  if (matcher.name === "JSON_VALUE") return { shape: element ?? { kind: "any" }, settings };
  const isTyped = element !== null && settings.get("typed")?.value !== false;
  return { shape: isTyped ? { kind: "array", element } : { kind: "any-array" }, settings };
}

function seesBrace(reader: PatternReader): boolean {
  const start = reader.position;
  reader.skipBlanks();
  if (reader.sees("{")) return true;
  reader.position = start;
  return false;
}

/** The one type in the braces of `JSON_ARRAY` and `JSON_VALUE`. */
function readElementShape(context: ParseContext): JsonShape | null {
  const { reader } = context;
  const open = reader.position;
  reader.position++;
  reader.skipBlanks();
  const shape = nested(context, null, () => readShape(context));
  takeClose(reader, "}", open);
  return shape;
}

/** object = '{' { member [','] } '}' [config]; without members any object. */
function readObject(context: ParseContext, hasBody: boolean, matcher: Matcher | null): ShapeWithSettings {
  const { reader } = context;
  const members = hasBody ? nested(context, [], () => readMembers(context)) : [];
  const settings = readSettings(
    reader,
    matcher?.config ?? JSON_OBJECT_CONFIG,
    matcher?.name ?? "A nested object",
  );
  const greedySetting = settings.get("greedy");
  const greedy = greedySetting?.value;
  const isFlat = settings.get("flat")?.value === true;
  if (members.length === 0 && greedy === undefined && !isFlat)
    return { shape: { kind: "any-object" }, settings };
  const object: JsonObjectShape = { members, greedy: typeof greedy === "string" ? greedy : null, isFlat };
  if (greedySetting !== undefined) context.nameSpans.set(object, greedySetting.span);
  return { shape: { kind: "object", object }, settings };
}

function readMembers(context: ParseContext): readonly JsonMember[] {
  const { reader } = context;
  const open = reader.position;
  reader.position++;
  const members: JsonMember[] = [];
  for (reader.skipSeparators(); !reader.isAtEnd && !reader.sees("}"); reader.skipSeparators()) {
    const start = reader.position;
    const member = readMember(context);
    if (member !== null) members.push(member);
    if (reader.position === start) reader.position++;
  }
  takeClose(reader, "}", open);
  return members;
}

/** member = type ['+'] ['?'] ':' name [':' ( alias | 'null' )] */
function readMember(context: ParseContext): JsonMember | null {
  const { reader } = context;
  const start = reader.position;
  const shape = readShape(context);
  if (shape === null) return null;
  countElement(context, start);
  const shapeEnd = reader.position;
  const isMandatory = takeAfterBlanks(reader, "+");
  takeAfterBlanks(reader, "?");
  const hasColon = reader.peek(/\s*:/y) !== null;
  const memberName = readColonName(reader);
  if (memberName === null) {
    if (!hasColon) reportUnnamed(reader, start, shapeEnd);
    return null;
  }
  const alias = readColonName(reader);
  return makeMember(context, { shape, memberName, alias, isMandatory, start });
}

function reportUnnamed(reader: PatternReader, start: number, end: number): void {
  reader.report("json-member-unnamed", reader.span(start, end), "This member has no name.", {
    help: "Members are written TYPE:name, mandatory ones TYPE+:name.",
  });
  reader.match(UP_TO_NEXT_MEMBER);
}

interface MemberParts {
  readonly shape: JsonShape;
  readonly memberName: Named;
  readonly alias: Named | null;
  readonly isMandatory: boolean;
  readonly start: number;
}

function makeMember(context: ParseContext, parts: MemberParts): JsonMember {
  const { shape, memberName, alias, isMandatory } = parts;
  const isDropped = alias !== null && !alias.isQuoted && alias.name === "null";
  const isFlat = shape.kind === "object" && shape.object.isFlat;
  const member = {
    memberName: memberName.name,
    name: isDropped || isFlat ? null : (alias ?? memberName).name,
    isMandatory,
    shape,
    span: context.reader.span(parts.start),
  };
  context.nameSpans.set(member, (alias ?? memberName).span);
  if (shape.kind === "text" || isFlat) {
    const isReference = context.reader.text.startsWith("$", parts.start);
    context.members.push({
      member,
      isDropped,
      keepsName: shape.kind === "text" && (alias !== null || isReference),
    });
  }
  return member;
}

/** type = ( object | '(' pattern ')' | '$' name | matcher ) { '[]' }; null when none stands here, which is reported. */
function readShape(context: ParseContext): JsonShape | null {
  const { reader } = context;
  let shape = readPlainShape(context);
  if (shape === null) return null;
  for (let depth = context.depth; reader.match(BRACKETS) !== null; depth++) {
    if (depth >= DEEPEST_NESTING) {
      reportTooDeep(reader, reader.span(reader.position - 1));
      reader.giveUp();
      return null;
    }
    shape = { kind: "array", element: shape };
  }
  return shape;
}

function readPlainShape(context: ParseContext): JsonShape | null {
  const { reader } = context;
  const start = reader.position;
  if (reader.sees("{")) return readObject(context, true, null).shape;
  if (reader.sees("(")) return readTextShape(context, context.readGroup(context), start);
  if (reader.sees("$")) return readReferenceShape(context, start);
  const name = reader.identifier();
  const matcher = name === null ? null : findMatcher(name);
  if (name !== null && matcher === null) {
    return scalarShape(context, readUnknown(reader, name, start), start);
  }
  return matcher === null ? reportNoType(reader, start) : readMatcherShape(context, matcher, start);
}

function readMatcherShape(context: ParseContext, matcher: Matcher, start: number): JsonShape | null {
  const { reader } = context;
  if (matcher.category === "json") return readJsonShape(context, matcher).shape;
  if (matcher.name === "ENUM") {
    const node = readEnum(reader, matcher, start);
    return { kind: "scalar", matcher: { ...node, ...bare(context, start) } };
  }
  if (matcher.body === "none" && matcher.category !== "line" && matcher.category !== "edge") {
    return scalarShape(context, plainMatcher(reader, matcher), start);
  }
  reader.report("json-type", reader.span(start), `${matcher.name} cannot be the type of a JSON value.`, {
    help:
      matcher.body === "none"
        ? "Line ends and edges stand behind the brace that closes the object."
        : `To take a text apart, write (${matcher.example}):member.`,
  });
  skipBody(context);
  return null;
}

/** Moves over a body and what follows it, up to the next member. */
function skipBody(context: ParseContext): void {
  const { reader } = context;
  if (seesBrace(reader)) {
    const open = reader.position;
    reader.position++;
    nested(context, [], () => context.readElements(context));
    takeClose(reader, "}", open);
  }
  reader.match(UP_TO_NEXT_MEMBER);
}

function reportNoType(reader: PatternReader, start: number): JsonShape | null {
  if (seesQuote(reader)) readQuotedText(reader);
  else reader.position += reader.character.length;
  reader.report("json-type", reader.span(start), "A type is expected here.", {
    help: "Members are written TYPE:name; a text is taken apart by (pattern):name.",
  });
  reader.match(UP_TO_NEXT_MEMBER);
  return null;
}

function bare(
  context: ParseContext,
  start: number,
): Pick<PatternNode, "span" | "isOptional"> & {
  quantifier: null;
  name: null;
  look: null;
} {
  return { span: context.reader.span(start), quantifier: null, isOptional: false, name: null, look: null };
}

/** A matcher as a type; bounds in braces and `*` may follow, while `+` would make the member mandatory. */
function scalarShape(context: ParseContext, core: ElementCore, start: number): JsonShape {
  const { reader } = context;
  const mayFollow = reader.sees("*") || reader.sees("{");
  const quantifier = (mayFollow ? takeQuantifier(reader) : null) ?? core.quantifier;
  const node = { ...bare(context, start), quantifier };
  if (core.node.kind === "matcher") return { kind: "scalar", matcher: { ...core.node, ...node } };
  return { kind: "text", body: groupOf([{ ...core.node, ...node }], node.span) };
}

function readTextShape(context: ParseContext, core: ElementCore, start: number): JsonShape {
  const node: PatternNode = { ...core.node, ...bare(context, start) };
  return { kind: "text", body: node.kind === "group" ? node : groupOf([node], node.span) };
}

function readReferenceShape(context: ParseContext, start: number): JsonShape | null {
  const { reader } = context;
  reader.position++;
  const target = reader.identifier();
  if (target === null) return reportNoType(reader, start);
  const span = reader.span(start);
  const node = { kind: "reference", target, definition: groupOf([], span), ...bare(context, start) } as const;
  context.references.push({ node, owner: context.owner });
  return { kind: "text", body: groupOf([node], span) };
}
