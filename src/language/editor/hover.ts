/** Hover: what a word of a script or pattern means. */
import { textOf } from "#text";
import { printSignature } from "../functions/entry.ts";
import { FUNCTIONS, findFunction } from "../functions/functions.ts";
import { OPERATORS } from "../operators.ts";
import type { TextRange } from "../pattern/parse.ts";
import { TIME_UNITS } from "../query/check/time-units.ts";
import { findCommand } from "../query/commands.ts";
import { KEYWORDS } from "../query/keywords.ts";
import type { SigilToken, Token } from "../query/syntax/token.ts";
import type { Column } from "../query/tree.ts";
import { typeName } from "../types.ts";
import type { EditorScript, EditorText } from "./analysis.ts";
import { printValue } from "./declarations.ts";
import { type ExpressionFact, originOf } from "./facts.ts";
import { type Hover, hoverPattern } from "./hover-pattern.ts";
import { patternField } from "./pattern-origin.ts";
import { patternRangeAt } from "./pattern-ranges.ts";
import { tokenAt } from "./token-at.ts";

/** What the word at `offset` means; null when there is nothing to say. */
export function hoverAt(text: EditorText, offset: number): Hover | null {
  if (text.kind === "pattern") {
    return hoverPattern(text.source, { start: 0, end: text.source.text.length }, offset);
  }
  const token = tokenAt(text.tokens, offset);
  if (token === null) return null;
  const range = patternRangeAt(text, token, offset);
  if (range !== null) return hoverPattern(text.source, range, offset);
  const said = aboutToken(text, token);
  return said === null ? null : { range: { start: token.span.start, end: token.span.end }, ...said };
}

type Said = Omit<Hover, "range">;

function aboutToken(text: EditorScript, token: Token): Said | null {
  switch (token.kind) {
    case "name":
      return aboutWord(text, token.text, token);
    case "value-name":
      return aboutValue(text, token);
    case "stream-name":
    case "stream-path":
      return aboutStream(text, token);
    case "step-name":
      return aboutStep(text, token.text);
    case "position":
      return aboutField(text, token);
    default:
      return null;
  }
}

function aboutWord(text: EditorScript, word: string, token: Token): Said | null {
  return (
    aboutCommand(text, word, token) ??
    aboutField(text, token) ??
    aboutNewColumn(text, word, token) ??
    aboutFunction(text, word, token) ??
    aboutKeyword(word)
  );
}

function aboutCommand({ facts }: EditorScript, word: string, { span }: Token): Said | null {
  const entry = findCommand(word);
  const fact = [...facts.commands.values()].find(({ syntax }) => syntax.name.span.start === span.start);
  if (entry === null || fact === undefined) return null;
  const names = fact.argumentNames.map((name) => `\`${name}:\``).join(", ");
  return {
    code: entry.example,
    sentences: [
      entry.description,
      ...(entry.unavailable === null ? [] : [`It ${entry.unavailable.claim}. ${entry.unavailable.instead}`]),
      ...(names === "" ? [] : [`Arguments: ${names}.`]),
      ...(entry.spellings.length > 1 ? [`Also written ${entry.spellings.slice(1).join(", ")}.`] : []),
    ],
  };
}

/** The fact about the expression that a token names. */
function factAt({ facts }: EditorScript, { span }: Token): ExpressionFact | null {
  return (
    facts.expressions.findLast(({ syntax }) =>
      "name" in syntax && syntax.kind !== "call"
        ? syntax.name.span.start === span.start
        : syntax.kind === "position" && syntax.span.start === span.start,
    ) ?? null
  );
}

function aboutField(text: EditorScript, token: Token): Said | null {
  const fact = factAt(text, token);
  if (fact === null || fact.syntax.kind === "value" || fact.syntax.kind === "user-call") return null;
  const { typed } = fact;
  const word = textOf(token.span);
  const name = columnName(fact) ?? word;
  const code = `${name} ${typeName(typed.type)}`;
  if (typed.kind !== "column") return { code, sentences: [] };
  return { code, sentences: originSentences(text, typed.column) };
}

function columnName({ place, typed }: ExpressionFact): string | null {
  if (typed.kind !== "column") return null;
  const columns = place.rows?.parts.flatMap((part) => part.columns) ?? [];
  return columns.find((column) => column.id === typed.column)?.name ?? null;
}

function originSentences({ facts }: EditorScript, column: number): readonly string[] {
  const origin = originOf(facts, column);
  switch (origin?.kind) {
    case "pattern": {
      const field = patternField(origin.pattern, origin.name);
      const of = origin.formatName === null ? "the pattern" : `the format "${origin.formatName}"`;
      return [field === null ? `From ${of}.` : `From ${of}: \`${shorten(textOf(field.element))}\`.`];
    }
    case "system":
      return ["Every parsed row has it; it is shown when it is named."];
    case "listing":
      return ["From the list of files."];
    case "rows":
      return [`From \`${shorten(textOf(origin.span))}\`.`];
    case "computed":
      return [`Computed: \`${shorten(textOf(origin.expression.span))}\`.`];
    default:
      return [];
  }
}

const LONGEST_CODE = 120;

function shorten(code: string): string {
  const line = code.replace(/\s+/g, " ");
  return line.length > LONGEST_CODE ? `${line.slice(0, LONGEST_CODE)}…` : line;
}

/** `n` in `select(n:count(*))`. */
function aboutNewColumn(text: EditorScript, word: string, { span }: Token): Said | null {
  for (const { syntax, after } of text.facts.commands.values()) {
    const argument = syntax.arguments.find((each) => each.name?.span.start === span.start);
    const column = after?.relation.columns.find((each) => each.name === word);
    if (argument === undefined || column === undefined) continue;
    return { code: `${word} ${typeName(column.type)}`, sentences: originSentences(text, column.id) };
  }
  return null;
}

function aboutFunction({ tokens }: EditorScript, word: string, token: Token): Said | null {
  const next = tokens[tokens.indexOf(token) + 1];
  const isCall = next?.kind === "symbol" && next.text === "(";
  const entry =
    isCall || FUNCTIONS.some(({ spellings }) => spellings.includes(word)) ? findFunction(word) : null;
  if (entry === null) return null;
  const [spelling = word] = entry.spellings;
  const code = entry.signatures.map((signature) => printSignature(spelling, signature)).join("\n");
  const sentences = [entry.description, `Example: \`${entry.example}\`.`];
  return {
    code,
    sentences: entry.unavailable === null ? sentences : [...sentences, `It ${entry.unavailable}.`],
  };
}

function aboutKeyword(written: string): Said | null {
  const word = written.toLowerCase();
  const operator = OPERATORS.find(({ spellings }) => spellings.includes(word));
  if (operator !== undefined) return { code: operator.example, sentences: [operator.description] };
  const keyword = KEYWORDS.find((entry) => entry.word === word.toUpperCase());
  if (keyword !== undefined) return { code: keyword.word, sentences: [keyword.description] };
  const unit = Object.entries(TIME_UNITS).find(([, spellings]) => spellings.includes(word));
  return unit === undefined ? null : { code: unit[0], sentences: [`Also written ${unit[1].join(", ")}.`] };
}

function aboutValue(text: EditorScript, token: SigilToken): Said | null {
  const { facts } = text;
  const statements = [...facts.script.statements, ...facts.included];
  const declared = statements.find(
    (each) =>
      each.kind === "function" &&
      each.name.text === token.text &&
      isCallOrOwn(text, token, each.name.span.start),
  );
  if (declared?.kind === "function") {
    const parameters = declared.parameters.map((parameter) => parameter.text).join(", ");
    return { code: `$${token.text}(${parameters})`, sentences: ["A function of the script."] };
  }
  const value = statements.find((each) => each.kind === "value" && each.name.text === token.text);
  const own = value?.kind === "value" ? facts.factOf.get(value.value) : undefined;
  const fact = factAt(text, token) ?? own ?? null;
  if (fact === null) return null;
  const { typed } = fact;
  const code = `$${token.text} ${typeName(typed.type)}`;
  const isKnown = typed.kind === "constant" && typed.type.kind !== "unknown";
  return { code: isKnown ? `${code} = ${printValue(typed.value)}` : code, sentences: [] };
}

function isCallOrOwn({ tokens }: EditorScript, token: Token, start: number): boolean {
  const next = tokens[tokens.indexOf(token) + 1];
  return token.span.start === start || (next?.kind === "symbol" && next.text === "(");
}

function aboutStream({ facts }: EditorScript, token: Token): Said | null {
  const isOwn = (span: TextRange) => span.start === token.span.start;
  const declaration = facts.script.statements.find((each) => each.kind === "stream" && isOwn(each.name.span));
  const used = [...facts.streams.keys()].find(({ source }) => isOwn(source.span));
  const [first] = used?.steps ?? [];
  const command = first?.kind === "command" ? facts.commands.get(first.command) : undefined;
  const after =
    declaration?.kind === "stream"
      ? facts.streams.get(declaration.stream)
      : (command?.before ??
        (first === undefined && used !== undefined ? facts.streams.get(used) : undefined));
  if (after === undefined || after === null) return null;
  if (after.relation.columns.length === 0) {
    return { code: textOf(token.span), sentences: ["Its columns are not known."] };
  }
  return { code: `${textOf(token.span)}\n${printColumns(after.relation.columns)}`, sentences: [] };
}

const MOST_COLUMNS = 40;

/** A line per shown column. */
function printColumns(columns: readonly Column[]): string {
  const shown = columns.filter((column) => !column.isHidden);
  const lines = shown.slice(0, MOST_COLUMNS).map(({ name, type }) => `  ${name} ${shorten(typeName(type))}`);
  return [...lines, ...(shown.length > MOST_COLUMNS ? [`  … ${shown.length - MOST_COLUMNS} more`] : [])].join(
    "\n",
  );
}

function aboutStep({ facts }: EditorScript, name: string): Said | null {
  const statements = [...facts.script.statements, ...facts.included];
  const declared = statements.find((each) => each.kind === "step" && each.name.text === name);
  return declared === undefined
    ? null
    : { code: shorten(textOf(declared.span)), sentences: ["A pipeline step of the script."] };
}
