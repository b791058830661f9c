/** Names of a script: where they are declared and where they are used. */
import { type TextSource, type TextSpan, textOf } from "#text";
import type { TextRange } from "../pattern/parse.ts";
import { wantedKey } from "../query/environment.ts";
import type { SigilToken, Token } from "../query/syntax/token.ts";
import type { FunctionStatement, NameSyntax, StatementSyntax } from "../query/syntax/tree.ts";
import type { EditorScript, EditorText } from "./analysis.ts";
import { definitionOfField, referencesOfField } from "./field-symbols.ts";
import { patternRangeAt } from "./pattern-ranges.ts";
import { isPatternSymbol, readPatternTokens } from "./pattern-tokens.ts";
import { tokenAt } from "./token-at.ts";

/** A name at a place: where it is declared, and all places in this text that mean it, without signs. */
export interface NameAt {
  readonly name: string;
  /** The name at the cursor. */
  readonly range: TextRange;
  /** Where it is declared: here or in another text; null when unknown. */
  readonly declaration: TextSpan | null;
  readonly references: readonly TextRange[];
  /** Whether changing all references renames it: it is declared here, and no other text can see it. */
  readonly canRename: boolean;
}

/** The name at `offset`, or null. */
export function nameAt(text: EditorText, offset: number): NameAt | null {
  const { source } = text;
  if (text.kind === "pattern") {
    return subpatternAt(source, { start: 0, end: source.text.length }, offset);
  }
  const token = tokenAt(text.tokens, offset);
  if (token === null) return null;
  const pattern = patternRangeAt(text, token, offset);
  if (pattern !== null) return subpatternAt(source, pattern, offset) ?? fieldInPattern(text, pattern, offset);
  switch (token.kind) {
    case "value-name":
    case "stream-name":
    case "step-name":
      return declaredName(text, token);
    case "name":
      return parameterName(text, token) ?? fieldName(text, token);
    case "position":
      return fieldName(text, token);
    case "stream-path":
    case "text-path":
      return pathName(text, token, token.path);
    case "literal":
      return includedPath(text, token);
    default:
      return null;
  }
}

const SIGNS = { "value-name": 1, "stream-name": 1, "step-name": 2 } as const;

function bareRange(token: SigilToken): TextRange {
  return { start: token.span.start + SIGNS[token.kind], end: token.span.end };
}

/** `$x`, `@x`, `@@x` of the script, or `$x` of a function's body. */
function declaredName(text: EditorScript, token: SigilToken): NameAt {
  const local = token.kind === "value-name" ? functionAround(text, token) : null;
  if (local !== null) return localName(text, local, token.text, bareRange(token));
  const isCall = isFollowedByParenthesis(text.tokens, text.tokens.indexOf(token));
  const isSame = (other: Token, index: number): other is SigilToken =>
    other.kind === token.kind &&
    other.text === token.text &&
    (token.kind !== "value-name" ||
      (isFollowedByParenthesis(text.tokens, index) === isCall && functionAround(text, other) === null));
  const own = declarationIn(text.facts.script.statements, token, isCall);
  const other = own ?? declarationIn(text.facts.included, token, isCall);
  const references = text.tokens.filter(isSame).map(bareRange);
  const argument = own !== null && textOf(own).startsWith("$") ? null : own;
  const isArgument = token.kind === "value-name" && argument !== null;
  return {
    name: token.text,
    range: bareRange(token),
    declaration: other,
    references: isArgument ? [{ start: argument.start, end: argument.end }, ...references] : references,
    canRename: own !== null && !isArgument,
  };
}

function isFollowedByParenthesis(tokens: readonly Token[], index: number): boolean {
  const next = tokens[index + 1];
  return next?.kind === "symbol" && next.text === "(";
}

function declarationIn(
  statements: readonly StatementSyntax[],
  token: SigilToken,
  isCall: boolean,
): TextSpan | null {
  for (const statement of statements) {
    switch (statement.kind) {
      case "value":
      case "function": {
        const isKind = token.kind === "value-name" && (statement.kind === "function") === isCall;
        if (isKind && statement.name.text === token.text) return statement.name.span;
        break;
      }
      case "stream":
        if (token.kind === "stream-name" && statement.name.text === token.text) return statement.name.span;
        break;
      case "step":
        if (token.kind === "step-name" && statement.name.text === token.text) return statement.name.span;
        break;
      case "arguments": {
        const found = statement.arguments.find(({ name }) => name.text === token.text);
        if (token.kind === "value-name" && found !== undefined) return found.name.span;
        break;
      }
    }
  }
  return null;
}

/** The function in whose parameters or values the token's name stands, when the token is inside of it. */
function functionAround({ facts }: EditorScript, token: SigilToken): FunctionStatement | null {
  const { start, end } = token.span;
  const around = facts.script.statements.find(({ span }) => span.start < start && end <= span.end);
  if (around?.kind !== "function") return null;
  return localNames(around).some(({ text }) => text === token.text) ? around : null;
}

function localNames({ parameters, locals }: FunctionStatement): readonly NameSyntax[] {
  return [...parameters, ...locals.map(({ name }) => name)];
}

/** A parameter written without its sign. */
function parameterName(text: EditorScript, token: Token): NameAt | null {
  for (const statement of text.facts.script.statements) {
    if (statement.kind !== "function") continue;
    const parameter = statement.parameters.find(({ span }) => span.start === token.span.start);
    if (parameter !== undefined) {
      return localName(text, statement, parameter.text, { start: token.span.start, end: token.span.end });
    }
  }
  return null;
}

function localName(text: EditorScript, statement: FunctionStatement, name: string, range: TextRange): NameAt {
  const { start, end } = statement.span;
  const [declared] = localNames(statement).filter((each) => each.text === name);
  const used = text.tokens.filter(
    (token): token is SigilToken =>
      token.kind === "value-name" && token.text === name && start < token.span.start && token.span.end <= end,
  );
  const bare = declared !== undefined && !textOf(declared.span).startsWith("$") ? [declared.span] : [];
  const references = [...bare.map((span) => ({ start: span.start, end: span.end })), ...used.map(bareRange)];
  return { name, range, declaration: declared?.span ?? null, references, canRename: true };
}

function fieldName(text: EditorScript, token: Token): NameAt | null {
  const found = definitionOfField(text, token);
  if (found === null) return null;
  const { start, end } = token.span;
  const references = referencesOfField(text, found);
  return {
    name: textOf(token.span),
    range: { start, end },
    declaration: found,
    references,
    canRename: false,
  };
}

/** The name of a field where a pattern gives it. */
function fieldInPattern(text: EditorScript, pattern: TextRange, offset: number): NameAt | null {
  const tokens = readPatternTokens(text.source.text, pattern);
  const index = tokens.findIndex(
    ({ start, end, kind }) => kind !== "symbol" && start <= offset && offset <= end,
  );
  const token = tokens[index];
  if (token === undefined || !isPatternSymbol(tokens[index - 1], ":")) return null;
  const range = { start: token.start, end: token.end };
  const declaration = { source: text.source, ...range };
  const references = referencesOfField(text, declaration);
  return { name: token.text, range, declaration, references: [range, ...references], canRename: false };
}

/** `$x` of a pattern. */
function subpatternAt(source: TextSource, pattern: TextRange, offset: number): NameAt | null {
  const tokens = readPatternTokens(source.text, pattern);
  const token = tokens.find(
    ({ kind, start, end }) => kind === "reference" && start <= offset && offset <= end,
  );
  if (token === undefined) return null;
  const same = tokens.filter(({ kind, text }) => kind === "reference" && text === token.text);
  const declared = same.find((each) => isPatternSymbol(tokens[tokens.indexOf(each) + 1], "="));
  return {
    name: token.text.slice(1),
    range: { start: token.start + 1, end: token.end },
    declaration: declared === undefined ? null : { source, start: declared.start, end: declared.end },
    references: same.map(({ start, end }) => ({ start: start + 1, end })),
    canRename: declared !== undefined,
  };
}

/** `@[path]` and `$[path]`: the text there. */
function pathName(text: EditorScript, { span }: Token, path: string): NameAt | null {
  const wanted = { kind: "text", path, from: text.source.name } as const;
  const answer = text.environment.answers.get(wantedKey(wanted));
  const declaration = answer?.kind === "text" ? { source: answer.source, start: 0, end: 0 } : null;
  const range = { start: span.start, end: span.end };
  return { name: path, range, declaration, references: [], canRename: false };
}

function includedPath(text: EditorScript, token: Token): NameAt | null {
  const statement = text.facts.script.statements.find(
    ({ kind, span }) => kind === "include" && span.start < token.span.start && token.span.end <= span.end,
  );
  return statement?.kind === "include" ? pathName(text, token, statement.path) : null;
}
