/** Cuts the lines of a log with headers into those that a pattern holds for, those below other headers, and comments. */
import { HEADER_STYLES, type HeaderStyle, type PatternHeader, readHeaderLine } from "#language";

/** Some whole lines of one kind. `foreign`: they stand below another header, or below none. */
export interface Section {
  readonly kind: "records" | "foreign" | "comment";
  readonly length: number;
}

/** What is known at the start of a line. */
export interface HeaderState {
  /** The pattern's header holds here. */
  readonly isGoverned: boolean;
  readonly isBehindComment: boolean;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Longer lines are no headers. */
const LONGEST_HEADER_BYTES = 65_536;

/** Reads one input after the other, from its first line on. */
export class HeaderSections {
  readonly #header: PatternHeader;
  readonly #style: HeaderStyle;
  readonly #known: ReadonlySet<string>;
  readonly #columns: string;
  /** First bytes of lines that may be headers or comments. */
  readonly #starts: ReadonlySet<number>;
  #isGoverned: boolean;
  #isBehindComment = false;

  constructor(header: PatternHeader) {
    this.#header = header;
    this.#style = HEADER_STYLES[header.style];
    this.#known = new Set(header.knownColumns);
    this.#columns = header.columns.join(" ");
    const { comment } = this.#style;
    const starts = comment === null ? header.knownColumns : [comment];
    this.#starts = new Set(starts.map((text) => text.charCodeAt(0)));
    this.#isGoverned = header.isAssumed;
  }

  /** Another input begins, or a part of one where `state` holds. */
  begin(state: HeaderState | null): void {
    this.#isGoverned = state?.isGoverned ?? this.#header.isAssumed;
    this.#isBehindComment = state?.isBehindComment ?? false;
  }

  /** What holds behind the last section. */
  get state(): HeaderState {
    return { isGoverned: this.#isGoverned, isBehindComment: this.#isBehindComment };
  }

  /** The section that begins here. `bytes` are whole lines, at least one; only the last line of an input may lack its line feed. */
  next(bytes: Buffer): Section {
    let length = 0;
    while (length < bytes.length && this.#takesComment(bytes, length)) length = lineEnd(bytes, length);
    if (length > 0) return { kind: "comment", length };
    do length = this.#nextStart(bytes, length);
    while (length < bytes.length && !this.#isHeader(bytes, length));
    return { kind: this.#isGoverned ? "records" : "foreign", length };
  }

  /** The next line start behind `at` whose line may be a header, or the end. */
  #nextStart(bytes: Buffer, at: number): number {
    if (this.#style.comment !== null) {
      const found = bytes.indexOf(`\n${this.#style.comment}`, at, "latin1");
      return found < 0 ? bytes.length : found + 1;
    }
    let start = lineEnd(bytes, at);
    while (start < bytes.length && !this.#starts.has(bytes[start] ?? 0)) start = lineEnd(bytes, start);
    return start;
  }

  #isHeader(bytes: Buffer, at: number): boolean {
    return this.#style.comment !== null || this.#columnsAt(bytes, at) !== null;
  }

  /** Comments, headers, and empty lines behind them. */
  #takesComment(bytes: Buffer, at: number): boolean {
    this.#isBehindComment = this.#takesHeader(bytes, at) || (this.#isBehindComment && isBlank(bytes, at));
    return this.#isBehindComment;
  }

  /** Whether the line is a header or a comment; what it says of columns holds from here on. */
  #takesHeader(bytes: Buffer, at: number): boolean {
    if (!this.#starts.has(bytes[at] ?? 0)) return false;
    const columns = this.#columnsAt(bytes, at);
    if (columns !== null) this.#isGoverned = columns.join(" ") === this.#columns;
    return columns !== null || this.#style.comment !== null;
  }

  #columnsAt(bytes: Buffer, at: number): readonly string[] | null {
    const end = lineEnd(bytes, at);
    if (end - at > LONGEST_HEADER_BYTES) return null;
    return readHeaderLine(bytes.toString("latin1", at, end).trimEnd(), this.#style, this.#known);
  }
}

function isBlank(bytes: Buffer, at: number): boolean {
  return bytes[at] === LINE_FEED || (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED);
}

function lineEnd(bytes: Buffer, at: number): number {
  const found = bytes.indexOf(LINE_FEED, at);
  return found < 0 ? bytes.length : found + 1;
}
