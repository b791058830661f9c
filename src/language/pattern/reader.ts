/** The place in a pattern's text while it is parsed. */
import {
  type DiagnosticCode,
  type DiagnosticNote,
  type Diagnostics,
  spanOf,
  type TextSource,
  type TextSpan,
} from "#text";

/** Mistakes after this many are not worth reading; parsing stops. */
const MOST_MISTAKES = 100;

const BLANKS = /\s+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_]*/uy;

/** What can be said about a mistake besides its message. */
export interface MistakeDetails {
  readonly help?: string | undefined;
  readonly notes?: readonly DiagnosticNote[];
  readonly isWarning?: boolean;
}

/** A cursor over a range of a source. Offsets are those of the source's text. */
export class PatternReader {
  readonly source: TextSource;
  /** The source's text up to the end of the range. */
  readonly text: string;
  position: number;
  readonly #diagnostics: Diagnostics;
  #mistakes = 0;

  constructor(source: TextSource, start: number, end: number, diagnostics: Diagnostics) {
    this.source = source;
    this.text = source.text.slice(0, end);
    this.position = start;
    this.#diagnostics = diagnostics;
  }

  /** How many mistakes were reported so far. */
  get mistakeCount(): number {
    return this.#mistakes;
  }

  /** Whether the rest of the text was given up: what is there is not complete. */
  get hasGivenUp(): boolean {
    return this.#mistakes > MOST_MISTAKES;
  }

  /** Whether nothing is left. */
  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The span from `start` to `end`, or to the current place. */
  span(start: number, end: number = this.position): TextSpan {
    return spanOf(this.source, start, end);
  }

  /** Adds a mistake at `[start, end)`. After too many the rest of the text is given up. */
  report(code: DiagnosticCode, span: TextSpan, message: string, details: MistakeDetails = {}): void {
    if (this.#mistakes > MOST_MISTAKES) return;
    this.#mistakes++;
    this.#diagnostics.report({
      code,
      span,
      message,
      ...(details.isWarning === true ? { severity: "warning" } : {}),
      ...(details.help === undefined ? {} : { help: details.help }),
      ...(details.notes === undefined ? {} : { notes: details.notes }),
    });
    if (this.#mistakes > MOST_MISTAKES) this.giveUp();
  }

  /** Leaves the rest of the text unread and its mistakes untold. */
  giveUp(): void {
    this.position = this.text.length;
    this.#mistakes = MOST_MISTAKES + 1;
  }

  /** Whether `text` stands here. */
  sees(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  /** The character here, or "" at the end. */
  get character(): string {
    const code = this.text.codePointAt(this.position);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  /** Moves over `text` when it stands here. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.position += text.length;
    return true;
  }

  /** Moves over what a sticky expression matches here, and gives its text, or null. */
  match(expression: RegExp): string | null {
    expression.lastIndex = this.position;
    const found = expression.exec(this.text)?.[0] ?? null;
    if (found !== null) this.position += found.length;
    return found;
  }

  /** The text a sticky expression matches here, or null; does not move. */
  peek(expression: RegExp): string | null {
    expression.lastIndex = this.position;
    return expression.exec(this.text)?.[0] ?? null;
  }

  /** Moves over an identifier and gives it, or null. */
  identifier(): string | null {
    return this.match(IDENTIFIER);
  }

  /** Moves over white space and comments. */
  skipBlanks(): void {
    while (this.match(BLANKS) !== null || this.match(LINE_COMMENT) !== null || this.#skipComment());
  }

  /** Moves over white space, comments and commas. */
  skipSeparators(): void {
    this.skipBlanks();
    while (this.take(",")) this.skipBlanks();
  }

  #skipComment(): boolean {
    const start = this.position;
    if (!this.take("/*")) return false;
    const close = this.text.indexOf("*/", this.position);
    this.position = close < 0 ? this.text.length : close + 2;
    if (close < 0) {
      this.report("comment-open", this.span(start, start + 2), "This comment is not closed.", {
        help: "Close it with */.",
      });
    }
    return true;
  }
}
