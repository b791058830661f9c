/** Cuts a pattern's text into coarse tokens, for questions about a place in it. Never fails; broken text gives tokens too. */
import type { TextRange } from "../pattern/parse.ts";

/** A token of a pattern. Words are matchers, names, keys and values of settings. */
export interface PatternToken {
  readonly kind: "comment" | "quoted" | "set" | "number" | "word" | "reference" | "symbol";
  /** As written; `$x` of a reference with its sign. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const RULES: readonly (readonly [kind: PatternToken["kind"] | null, expression: RegExp])[] = [
  [null, /\s+/y],
  ["comment", /\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/y],
  ["quoted", /'(?:[^'\\\n]|\\[^\n])*'?|"(?:[^"\\\n]|\\[^\n])*"?/y],
  ["set", /\[[!^]?(?:\[[!^]?:[A-Za-z]+:\]|\\[^\n]|[^\]\\\n])*\]?/y],
  ["reference", /\$(?:[\p{L}_][\p{L}\p{N}_]*)?/uy],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["number", /[0-9]+(?:\.[0-9]+)?/y],
  ["symbol", /[!]?(?:>>|<<)|[^\s]/uy],
];

/** The tokens of a part of a text, in order. Cost: linear in its length. */
export function readPatternTokens(text: string, { start, end }: TextRange): readonly PatternToken[] {
  const tokens: PatternToken[] = [];
  const own = text.slice(0, end);
  for (let at = start; at < end; ) {
    const token = readToken(own, at);
    if (token.kind !== null)
      tokens.push({ ...token, kind: token.kind, start: at, end: at + token.text.length });
    at += token.text.length;
  }
  return tokens;
}

function readToken(
  text: string,
  at: number,
): { readonly kind: PatternToken["kind"] | null; readonly text: string } {
  for (const [kind, expression] of RULES) {
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (match !== null) return { kind, text: match[0] };
  }
  return { kind: "symbol", text: text.charAt(at) };
}

/** Whether the token is this symbol. */
export function isPatternSymbol(token: PatternToken | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

/** Brackets that are open in front of a token. */
export interface OpenPatternBracket {
  readonly symbol: string;
  readonly start: number;
  /** The token that the bracket touches, or null. */
  readonly head: PatternToken | null;
}

/** The brackets open behind these tokens, the innermost last. */
export function openBrackets(tokens: readonly PatternToken[]): readonly OpenPatternBracket[] {
  const open: OpenPatternBracket[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "symbol") continue;
    if (token.text === "(" || token.text === "{") {
      const head = tokens[index - 1];
      const touches = head !== undefined && head.end === token.start;
      open.push({ symbol: token.text, start: token.start, head: touches ? head : null });
    } else if (token.text === ")" || token.text === "}") open.pop();
  }
  return open;
}
