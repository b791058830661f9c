/** A place among tokens, with what every part of the parser needs: looking, taking, reporting once per place, skipping. */
import { type Diagnostics, joinSpans, type TextSpan } from "#text";
import { describeToken, type Token } from "./token.ts";
import type { NameSyntax, StreamSyntax } from "./tree.ts";

/** How deep parentheses and operators may nest. */
export const DEEPEST_NESTING = 128;

/** How long a chain of operators, accesses or pipes may be. */
export const LONGEST_CHAIN = 200;

const MOST_REPORTS = 100;
const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);

/** Reads a stream where an expression holds one; given in because expressions and streams hold each other. */
export type StreamReader = (cursor: TokenCursor) => StreamSyntax;

/** The parser's place. */
export class TokenCursor {
  readonly readStream: StreamReader;
  readonly #tokens: readonly Token[];
  readonly #diagnostics: Diagnostics;
  #at = 0;
  #depth = 0;
  #parentheses = 0;
  #reportedAt = -1;
  #reports = 0;

  constructor(tokens: readonly Token[], diagnostics: Diagnostics, readStream: StreamReader) {
    this.#tokens = tokens;
    this.#diagnostics = diagnostics;
    this.readStream = readStream;
  }

  /** The token `ahead` places on; the end token behind the last. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("Internal error: tokens end with an end token");
    return token;
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  /** Number of tokens taken, to see whether anything was. */
  get position(): number {
    return this.#at;
  }

  /** Whether the parser is inside parentheses, where `|` is an operator. */
  get isInParentheses(): boolean {
    return this.#parentheses > 0;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.text === text;
  }

  isWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" && token.text.toLowerCase() === text;
  }

  /** Whether the token before this place is a here-document: the line that closes it ends a statement. */
  get isBehindHereDocument(): boolean {
    const before = this.#tokens[this.#at - 1];
    return before?.kind === "literal" && before.content !== null;
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.take();
    return true;
  }

  takeWord(text: string): boolean {
    if (!this.isWord(text)) return false;
    this.take();
    return true;
  }

  /** Whether `@s =` or `@@s =` comes next, which can only begin a declaration: what was open before is not closed. */
  isDeclarationAhead(): boolean {
    const { kind } = this.peek();
    return (kind === "stream-name" || kind === "step-name") && this.isSymbol("=", 1);
  }

  /** Takes a symbol that must stand here; reports when it does not. */
  expectSymbol(text: string, purpose: string): boolean {
    if (this.takeSymbol(text)) return true;
    this.reportUnexpected(`"${text}"`, purpose);
    return false;
  }

  /** Takes a name, or a quoted one; reports and gives null when there is none. */
  expectName(what: string): NameSyntax | null {
    const token = this.peek();
    if (token.kind === "name") {
      this.take();
      return { text: token.text, span: token.span };
    }
    if (token.kind === "literal" && typeof token.value === "string" && token.type === "string") {
      this.take();
      return { text: token.value, span: token.span };
    }
    this.reportUnexpected(what, "");
    return null;
  }

  /** The span from `start` to the token before this place. */
  spanFrom(start: TextSpan): TextSpan {
    const last = this.#tokens[this.#at - 1];
    return last === undefined || last.span.start < start.start ? start : joinSpans(start, last.span);
  }

  /** Reports that something else should stand here; once per place. */
  reportUnexpected(expected: string, purpose: string, help?: string): void {
    const token = this.peek();
    const message = `Expected ${expected}${purpose === "" ? "" : ` ${purpose}`}, but found ${describeToken(token)}.`;
    this.report("query-syntax", token.span, message, help);
  }

  /** Reports; nothing when this place was already reported. */
  report(
    code: "query-syntax" | "nesting-too-deep" | "not-available" | "script-refused",
    span: TextSpan,
    message: string,
    help?: string,
  ): void {
    if (this.#reportedAt === this.#at || this.#reports >= MOST_REPORTS) return;
    this.#reportedAt = this.#at;
    this.#reports++;
    this.#diagnostics.report({ code, span, message, ...(help === undefined ? {} : { help }) });
  }

  /** Reads something nested; gives `otherwise` when it is nested too deep, with all of it skipped. */
  nested<T>(read: () => T, otherwise: () => T): T {
    if (this.#depth >= DEEPEST_NESTING) {
      this.reportTooDeep();
      this.skipTo([",", ";"]);
      return otherwise();
    }
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  /** Reads inside parentheses, where `|` is an operator. */
  parenthesised<T>(read: () => T): T {
    this.#parentheses++;
    const result = read();
    this.#parentheses--;
    return result;
  }

  reportTooDeep(): void {
    const help = `At most ${DEEPEST_NESTING} levels and chains of ${LONGEST_CHAIN} are read; split it with a declaration.`;
    this.report("nesting-too-deep", this.peek().span, "This is nested too deep.", help);
  }

  /** Skips to one of the symbols, to what closes the place's parentheses, or to a `;`; takes none of them. */
  skipTo(symbols: readonly string[]): void {
    let depth = 0;
    for (;;) {
      const token = this.peek();
      if (token.kind === "end" || this.isDeclarationAhead()) return;
      if (token.kind === "symbol") {
        if (token.text === ";") return;
        if (depth === 0 && (symbols.includes(token.text) || CLOSING.has(token.text))) return;
        if (OPENING.has(token.text)) depth++;
        if (CLOSING.has(token.text)) depth--;
      }
      this.take();
    }
  }
}
