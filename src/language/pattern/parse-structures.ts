/** Elements with a body in braces: STRUCTURE, ARRAY, KVP, ENUM, CSV. */
import type { Matcher } from "./matchers/matcher.ts";
import {
  type ElementCore,
  groupOf,
  type NodeCore,
  nested,
  type ParseContext,
  takeClose,
} from "./parse-context.ts";
import { readSettings } from "./parse-matcher.ts";
import { readQuotedText, seesQuote } from "./quoted-text.ts";
import type { PatternReader } from "./reader.ts";
import type { EnumNode, GroupNode, PatternNode } from "./tree.ts";

const WHOLE_NUMBER = /[+-]?\d{1,20}/y;
const UP_TO_NEXT_ENTRY = /[^,}\n]*/y;

/** Reads what stands behind the name of a matcher with a body. `start` is where its name begins. */
export function readStructure(context: ParseContext, matcher: Matcher, start: number): ElementCore {
  const { quantifierUse, name: label } = matcher;
  return { node: structureNode(context, matcher, start), label, quantifierUse, quantifier: null };
}

function structureNode(context: ParseContext, matcher: Matcher, start: number): NodeCore {
  switch (matcher.name) {
    case "ENUM":
      return readEnum(context.reader, matcher, start);
    case "CSV":
      return readCsv(context, matcher, start);
    case "ARRAY":
      return { kind: "array", body: readBody(context, matcher, start) };
    case "KVP":
      return { kind: "kvp", body: readBody(context, matcher, start) };
    default:
      return { kind: "structure", body: readBody(context, matcher, start) };
  }
}

/** body = '{' sequence '}' */
function readBody(context: ParseContext, matcher: Matcher, start: number): GroupNode {
  const { reader } = context;
  const members = readMembers(context, matcher, start);
  return groupOf(members, reader.span(start));
}

function readMembers(context: ParseContext, matcher: Matcher, start: number): readonly PatternNode[] {
  const { reader } = context;
  const open = takeOpenBrace(reader, matcher.name, start);
  if (open === null) return [];
  const members = nested(context, [], () => context.readElements(context));
  takeClose(reader, "}", open);
  if (members.length === 0 && !reader.hasGivenUp) {
    reader.report("group-empty", reader.span(open), `The braces of ${matcher.name} hold no element.`, {
      help: `For example: ${matcher.example}`,
    });
  }
  return members;
}

/** Moves over `{` and gives its place; null when there is none, which is reported. */
function takeOpenBrace(reader: PatternReader, label: string, start: number): number | null {
  const end = reader.position;
  reader.skipBlanks();
  const open = reader.position;
  if (reader.take("{")) return open;
  reader.position = end;
  reader.report("pattern-syntax", reader.span(start, end), `${label} needs a body in braces.`, {
    help: `Write ${label}{ … }.`,
  });
  return null;
}

function readCsv(context: ParseContext, matcher: Matcher, start: number): NodeCore {
  const { reader } = context;
  const columns = readMembers(context, matcher, start);
  const settings = readSettings(reader, matcher.config, matcher.name);
  const separator = settings.get("sep")?.bytes[0] ?? 0x2c;
  const quote = settings.get("quote")?.bytes[0] ?? 0x22;
  if (separator === quote) {
    reader.report("config-value", reader.span(start), "Separator and quote of a CSV must differ.");
  }
  return { kind: "csv", columns, separator, quote, hasHeader: settings.get("header")?.value === true };
}

type EnumEntry = EnumNode["entries"][number];

/** enum = 'ENUM' '{' quoted '=' number { ',' … } '}' [config] */
export function readEnum(reader: PatternReader, matcher: Matcher, start: number): Omit<EnumNode, keyof Base> {
  const open = takeOpenBrace(reader, matcher.name, start);
  const entries = open === null ? [] : readEntries(reader, open);
  const ignoresCase = readSettings(reader, matcher.config, matcher.name).get("cis")?.value === true;
  return { kind: "enum", entries, ignoresCase };
}

type Base = Pick<EnumNode, "span" | "quantifier" | "isOptional" | "name" | "look">;

function readEntries(reader: PatternReader, open: number): readonly EnumEntry[] {
  const mistakes = reader.mistakeCount;
  const entries: EnumEntry[] = [];
  const known = new Set<string>();
  for (reader.skipSeparators(); !reader.isAtEnd && !reader.sees("}"); reader.skipSeparators()) {
    const start = reader.position;
    const entry = readEntry(reader);
    if (entry === null) {
      reportEntry(reader, start);
      continue;
    }
    const key = entry.bytes.join();
    if (known.has(key))
      reader.report("enum-twice", reader.span(start), "This text stands in the ENUM twice.");
    known.add(key);
    entries.push(entry);
  }
  takeClose(reader, "}", open);
  if (entries.length === 0 && reader.mistakeCount === mistakes) {
    reader.report("group-empty", reader.span(open), "The braces of ENUM hold no entry.", {
      help: "Write ENUM{'text'=1}.",
    });
  }
  return entries;
}

/** entry = quoted '=' number */
function readEntry(reader: PatternReader): EnumEntry | null {
  if (!seesQuote(reader)) return null;
  const { bytes } = readQuotedText(reader);
  reader.skipBlanks();
  if (!reader.take("=")) return null;
  reader.skipBlanks();
  const value = Number(reader.match(WHOLE_NUMBER) ?? Number.NaN);
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? { bytes, value } : null;
}

function reportEntry(reader: PatternReader, start: number): void {
  reader.match(UP_TO_NEXT_ENTRY);
  const end = Math.max(reader.position, start + 1);
  reader.position = end;
  reader.report(
    "enum-entry",
    reader.span(start, end),
    "An entry of an ENUM is a text and a whole number of 32 bits.",
    {
      help: "Write 'text'=1.",
    },
  );
}
