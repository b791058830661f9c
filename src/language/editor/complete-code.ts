/** What could stand at a cursor in the code of a script. */
import { FUNCTIONS, findFunction } from "../functions/functions.ts";
import { OPERATORS, type OperatorEntry } from "../operators.ts";
import type { ObservedPlace } from "../query/check/observer.ts";
import { TIME_UNITS } from "../query/check/time-units.ts";
import { fitsParameter } from "../query/check/type-rules.ts";
import { COMMANDS, type CommandEntry } from "../query/commands.ts";
import { KEYWORDS, type KeywordPlace } from "../query/keywords.ts";
import type { Column } from "../query/tree.ts";
import { type DataType, typeName } from "../types.ts";
import type { CodeCursor, Enclosing } from "./cursor.ts";
import { declarationsOf } from "./declarations.ts";
import type { ScriptFacts } from "./facts.ts";
import { commandItem, functionDetail, functionItem, plainItem, type WordStyle } from "./items.ts";
import { columnsAt, placeAtCursor, typeBefore } from "./place-facts.ts";
import { commandOf, isSymbol, isWord, type Position, positionOf, selectsBefore } from "./position.ts";
import type { Candidate } from "./ranking.ts";

/** Stands for the name that is being written, so that the text around it can be read. */
export const PLACEHOLDER = "_cursor";

/** What is known about the text around a cursor. */
export interface CodeContext {
  readonly code: CodeCursor;
  /** Facts about the text with a name in the cursor's place. */
  readonly facts: ScriptFacts;
  readonly style: WordStyle;
}

/** All that could stand there, not yet sorted by what was typed. */
export function codeCandidates(context: CodeContext): readonly Candidate[] {
  const { code } = context;
  const position = positionOf(code);
  if (code.sign !== "") return signedCandidates(context, position);
  switch (position) {
    case "statement":
      return [...keywords("statement", 1), ...sources(context, 0), ...streams(context, 0)];
    case "body":
      return keywords("body", 0);
    case "stream":
      return [...streams(context, 0), ...sources(context, 1), ...someKeywords(["SELECT"], 2)];
    case "step":
      return [...steps(context), ...declared(context, ["step"], 1)];
    case "value":
      return valueCandidates(context);
    case "behind":
      return behindCandidates(context);
    case "negated":
      return infixOperators((entry) => entry.takesNot);
    case "behind-stream":
      return behindStream(context);
    case "qualified":
      return qualifiedFields(context);
    case "member":
      return memberCandidates(context);
    case "unit":
      return units();
    case "type":
      return types();
    case "null":
      return [...someKeywords(["NULL"], 0), { item: plainItem("operator", "NOT NULL"), weight: 1 }];
    case "by":
      return someKeywords(["BY"], 0);
    default:
      return [];
  }
}

function keywords(place: KeywordPlace, weight: number): readonly Candidate[] {
  return KEYWORDS.filter((entry) => entry.place === place).map((entry) => ({
    item: plainItem("keyword", entry.word, "", entry.description),
    weight,
  }));
}

function someKeywords(words: readonly string[], weight: number): readonly Candidate[] {
  return KEYWORDS.filter(({ word }) => words.includes(word)).map(({ word, description }) => ({
    item: plainItem("keyword", word, "", description),
    weight,
  }));
}

function commands(
  fits: (entry: CommandEntry) => boolean,
  { style }: CodeContext,
  weight: number,
): readonly Candidate[] {
  return COMMANDS.filter((entry) => entry.unavailable === null && fits(entry)).map((entry) => ({
    item: commandItem(entry, style),
    weight,
  }));
}

function sources(context: CodeContext, weight: number): readonly Candidate[] {
  return commands((entry) => entry.givesRows, context, weight);
}

function steps(context: CodeContext): readonly Candidate[] {
  return commands((entry) => entry.takesRows, context, 0);
}

/** Declared names with their signs. */
function declared(
  { code, facts }: CodeContext,
  kinds: readonly ("value" | "function" | "stream" | "step")[],
  weight: number,
): readonly Candidate[] {
  return declarationsOf(facts, code.word.start)
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, label, detail, documentation }) => ({
      item: plainItem(kind, label, detail, documentation),
      weight,
    }));
}

function streams(context: CodeContext, weight: number): readonly Candidate[] {
  return declared(context, ["stream"], weight);
}

function signedCandidates(context: CodeContext, position: Position): readonly Candidate[] {
  if (context.code.sign === "$") return declared(context, ["value", "function"], 0);
  const isStep = position === "step";
  return [...declared(context, ["stream"], isStep ? 1 : 0), ...declared(context, ["step"], isStep ? 0 : 1)];
}

function valueCandidates(context: CodeContext): readonly Candidate[] {
  const { code, facts, style } = context;
  const bracket = code.enclosing.at(-1);
  const entry = bracket === undefined ? null : commandOf(bracket);
  if (isWord(bracket?.head, "init") && bracket?.tokens.length === 0) return [];
  if (bracket !== undefined && entry !== null && isStreamOnly(bracket, entry))
    return [...streams(context, 0), ...sources(context, 1)];
  const place = placeAtCursor(facts, code);
  const kind = expectedType(bracket);
  const candidates = [
    ...(isWord(code.before.at(-1), "case") ? someKeywords(["WHEN"], 0) : []),
    ...(bracket === undefined ? [] : argumentNames(bracket, facts)),
    ...(bracket !== undefined && takesStream(bracket)
      ? [...streams(context, 0), ...sources(context, 2)]
      : []),
    ...fieldCandidates(place, kind, code.word.start),
    ...declared(context, ["value", "function"], 2),
    ...functionCandidates(place, style),
    ...keywords("value", 4).filter(({ item }) => item.label !== "IS"),
    ...OPERATORS.filter(({ name }) => name === "not").map(({ description }) => ({
      item: plainItem("operator", "NOT", "", description),
      weight: 4,
    })),
  ];
  const isCall = bracket?.symbol === "(" && bracket.tokens.length === 0 && entry === null;
  return isCall ? [...candidates, ...someKeywords(["DISTINCT"], 4)] : candidates;
}

/** Names of arguments that the command takes, at the start of an argument. */
function argumentNames({ tokens, head }: Enclosing, facts: ScriptFacts): readonly Candidate[] {
  if (tokens.length > 0 || head === null) return [];
  if (head.kind === "stream-path")
    return facts.viewArguments(head.path).map((name) => argumentItem(name, head.path));
  const start = head.span.start;
  const fact = [...facts.commands.values()].find(({ syntax }) => syntax.name.span.start === start);
  return (fact?.argumentNames ?? []).map((name) => argumentItem(name, fact?.syntax.name.text ?? ""));
}

function argumentItem(name: string, owner: string): Candidate {
  return { item: plainItem("argument", `${name}:`, `argument of ${owner}`), weight: 0 };
}

/** Whether the argument is a stream, as the command's example shows. */
function isStreamOnly({ argument, tokens }: Enclosing, { example }: CommandEntry): boolean {
  return argument === 0 && tokens.length === 0 && /^\w+\(@/.test(example);
}

/** Whether a stream can stand here among others: behind `IN (` and `src:`. */
function takesStream({ tokens, head }: Enclosing): boolean {
  if (isWord(head, "in") && tokens.length === 0) return true;
  return tokens.length === 2 && isWord(tokens[0], "src") && isSymbol(tokens[1], ":");
}

/** What the function around the cursor wants there. */
function expectedType(bracket: Enclosing | undefined): ((type: DataType) => boolean) | null {
  if (bracket?.symbol !== "(" || bracket.head?.kind !== "name" || commandOf(bracket) !== null) return null;
  const entry = findFunction(bracket.head.text);
  if (entry === null) return null;
  const kinds = entry.signatures.flatMap(({ parameters }) => {
    const last = parameters.at(-1);
    const parameter = parameters[bracket.argument] ?? (last?.presence === "repeated" ? last : undefined);
    return parameter === undefined ? [] : [parameter.kind];
  });
  return (type) => kinds.some((kind) => fitsParameter(kind, type));
}

function fieldCandidates(
  place: ObservedPlace | null,
  fits: ((type: DataType) => boolean) | null,
  start: number,
): readonly Candidate[] {
  if (place === null) return [];
  const weightOf = (type: DataType) => (fits === null || fits(type) ? 0 : 2);
  // Why not all: the check goes on adding to the names of a select; those behind the cursor do not count.
  const aliases = [...place.aliases]
    .filter(([, { span }]) => span.end <= start)
    .map(([name, { type }]) => fieldItem(name, type, weightOf(type)));
  const parts = place.rows?.parts ?? [];
  const own = parts.flatMap(({ columns }) =>
    columns
      .filter((column) => isOffered(column, columns) && column.name !== PLACEHOLDER)
      .map((column) => columnItem(column, weightOf(column.type))),
  );
  const words = parts.flatMap(({ qualifiers }) => qualifiers);
  const qualifiers = words.map((word) => ({
    item: plainItem("keyword", word, "stream of the join", "", `${word}.`),
    weight: 1,
  }));
  const parameters = [...place.parameters].map(([name, { type }]) => ({
    item: plainItem("value", `$${name}`, typeName(type)),
    weight: 0,
  }));
  return [...own, ...aliases, ...parameters, ...qualifiers];
}

/** A hidden column that a shown one covers cannot be named. */
function isOffered(column: Column, columns: readonly Column[]): boolean {
  return !column.isHidden || !columns.some((other) => !other.isHidden && other.name === column.name);
}

function columnItem({ name, type, isHidden }: Column, weight: number): Candidate {
  return fieldItem(name, type, weight + (isHidden ? 3 : 0));
}

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

function fieldItem(name: string, type: DataType, weight: number): Candidate {
  const insert = PLAIN_NAME.test(name) ? name : `COLUMN('${name.replaceAll("'", "\\'")}')`;
  return { item: plainItem("field", name, typeName(type), "", insert), weight };
}

function functionCandidates(place: ObservedPlace | null, style: WordStyle): readonly Candidate[] {
  const isOpen = place === null || place.aggregates === "allowed";
  return FUNCTIONS.filter(({ unavailable }) => unavailable === null).map((entry) => ({
    item: functionItem(entry, style),
    weight: entry.isAggregate && !isOpen ? 9 : 3,
  }));
}

/** Operators that are words. */
function infixOperators(fits: (entry: OperatorEntry) => boolean = () => true): readonly Candidate[] {
  return OPERATORS.filter((entry) => entry.position !== "prefix" && fits(entry)).flatMap((entry) =>
    entry.spellings
      .filter((spelling) => /^[a-z]/.test(spelling))
      .map((spelling) => ({
        item: plainItem("operator", spelling.toUpperCase(), entry.example, entry.description),
        weight: 0,
      })),
  );
}

function negatedOperator({ item }: Candidate): Candidate {
  const { kind, label, detail, documentation } = item;
  return { item: plainItem(kind, `NOT ${label}`, detail, documentation), weight: 1 };
}

function behindCandidates(context: CodeContext): readonly Candidate[] {
  const { code } = context;
  const bracket = code.enclosing.at(-1);
  const entry = bracket === undefined ? null : commandOf(bracket);
  const isCase = code.before.some((token) => isWord(token, "case"));
  const orders = entry !== null && / desc\b/i.test(entry.example);
  return [
    ...(isBetweenOpen(code) ? operatorNamed("and") : []),
    ...(orders ? someKeywords(["ASC", "DESC"], 0) : []),
    ...(isCase ? keywords("case", 0) : []),
    ...(selectsBefore(code) ? keywords("select", 0) : []),
    ...infixOperators(),
    ...infixOperators((each) => each.takesNot).map(negatedOperator),
    ...(entry !== null || selectsBefore(code) ? keywords("argument", 1) : []),
    ...(isSymbol(code.before.at(-1), ")") ? someKeywords(["OVER"], 2) : []),
  ];
}

/** Whether the first end of a BETWEEN stands in front of the cursor, and its AND is still to come. */
function isBetweenOpen({ before }: CodeCursor): boolean {
  const at = before.findLastIndex((token) => isWord(token, "between"));
  return at >= 0 && !before.slice(at).some((token) => isWord(token, "and"));
}

function operatorNamed(name: string): readonly Candidate[] {
  return infixOperators((entry) => entry.name === name);
}

function behindStream(context: CodeContext): readonly Candidate[] {
  const { code } = context;
  if (selectsBefore(code)) return [...keywords("select", 0), ...someKeywords(["AS", "ON"], 0)];
  return code.enclosing.length === 0 ? [] : someKeywords(["ON", "AS"], 0);
}

function qualifiedFields({ code, facts }: CodeContext): readonly Candidate[] {
  const word = code.before.at(-2);
  if (word?.kind !== "name") return [];
  return columnsAt(placeAtCursor(facts, code), word.text).map((column) => columnItem(column, 0));
}

function memberCandidates(context: CodeContext): readonly Candidate[] {
  const start = context.code.enclosing.at(-1)?.start ?? 0;
  const type = typeBefore(context.facts, start);
  if (type?.kind === "tuple") return type.fields.map((field) => fieldItem(field.name, field.type, 0));
  if (type?.kind === "timestamp" || type?.kind === "timestamp-nano") {
    return ["1 hour", "1 day", "-1 hour", "-1 day"].map((label) => ({
      item: plainItem("unit", label, label.startsWith("-") ? "goes back" : "the start of it"),
      weight: 0,
    }));
  }
  return type?.kind === "array" ? valueCandidates(context) : [];
}

function units(): readonly Candidate[] {
  return Object.entries(TIME_UNITS).flatMap(([unit, spellings]) =>
    spellings.map((label, index) => ({ item: plainItem("unit", label, unit), weight: index === 0 ? 0 : 1 })),
  );
}

function types(): readonly Candidate[] {
  return FUNCTIONS.filter(({ category, unavailable }) => category === "cast" && unavailable === null).map(
    (entry) => ({
      item: plainItem("type", entry.spellings[0] ?? entry.name, functionDetail(entry), entry.description),
      weight: 0,
    }),
  );
}
