/** What one check of a script carries with it: mistakes, ids, limits, questions. */
import { type DiagnosticReport, Diagnostics, type TextSource, type TextSpan } from "#text";
import { parsePattern } from "../../pattern/parse.ts";
import type { Pattern } from "../../pattern/tree.ts";
import { type CheckEnvironment, type Wanted, type WantedAnswer, wantedKey } from "../environment.ts";
import { parseScript } from "../syntax/parse-script.ts";
import type { ScriptSyntax } from "../syntax/tree.ts";
import type { ColumnId, Expression } from "../tree.ts";
import type { CheckObserver } from "./observer.ts";

/** Most nodes of streams and of expressions that a script may come to with all it refers to put in place. */
const MOST_RELATIONS = 500;
const MOST_EXPRESSIONS = 200_000;
/** How deep a script may nest with everything it refers to put in place. */
const DEEPEST = 400;

/** The state of a check. */
export class Session {
  readonly environment: CheckEnvironment;
  /** Hears what is found out, or null. */
  readonly observer: CheckObserver | null;
  /** Where the text of a constant stands in a source, unchanged: patterns in it are reported there. */
  readonly contents: WeakMap<Expression, TextSpan> = new WeakMap();
  /** What an expression is called that nobody named: the field of a pattern that is matched inside a row. */
  readonly names: WeakMap<Expression, string> = new WeakMap();
  readonly #diagnostics = new Diagnostics();
  readonly #wanted = new Map<string, Wanted>();
  readonly #scripts = new Map<TextSource, ScriptSyntax>();
  readonly #patterns: { readonly content: TextSpan; readonly pattern: Pattern | null }[] = [];
  #nowMs: bigint;
  #isIdle = false;
  #nextColumn = 1;
  #relations = 0;
  #expressions = 0;
  #depth = 0;
  #isSizeReported = false;
  #isDepthReported = false;

  constructor(environment: CheckEnvironment, observer: CheckObserver | null = null) {
    this.environment = environment;
    this.observer = observer;
    this.#nowMs = environment.nowMs;
  }

  /** Where the lexer and the parser report to. */
  get diagnostics(): Diagnostics {
    return this.#diagnostics;
  }

  report(report: DiagnosticReport): void {
    this.#diagnostics.report(report);
  }

  newColumn(): ColumnId {
    return this.#nextColumn++;
  }

  /** Everything asked for that has no answer yet. */
  get wanted(): readonly Wanted[] {
    return [...this.#wanted.values()];
  }

  /** The answer to a question. Null: there is none yet; the question is noted unless nobody can look. */
  ask(wanted: Wanted): WantedAnswer | null {
    const key = wantedKey(wanted);
    const answer = this.environment.answers.get(key) ?? null;
    if (answer === null && this.mayLookFor(wanted)) this.#wanted.set(key, wanted);
    return answer;
  }

  /** The answer to a question if there is one; the question is not noted. */
  knows(wanted: Wanted): WantedAnswer | null {
    return this.environment.answers.get(wantedKey(wanted)) ?? null;
  }

  /** Whether no answer to a question only means that it was not asked yet. */
  awaits(wanted: Wanted): boolean {
    return this.#isIdle || this.mayLookFor(wanted);
  }

  /** Whether a question may be asked: not for parts of a script that are not executed; offline only for texts of this machine. */
  mayLookFor(wanted: Wanted): boolean {
    if (this.#isIdle) return false;
    const isLocalText = wanted.kind === "text" && !/^[a-z][a-z0-9+.-]+:/i.test(wanted.path);
    return !this.environment.isOffline || isLocalText;
  }

  /** Checks a part of the script that is not executed: it asks nothing. */
  idle(check: () => void): void {
    const before = this.#isIdle;
    this.#isIdle = true;
    check();
    this.#isIdle = before;
  }

  /** The query's clock: the environment's, unless the script sets it. */
  get nowMs(): bigint {
    return this.#nowMs;
  }

  setClock(nowMs: bigint): void {
    this.#nowMs = nowMs;
  }

  /** The statements of a source; read once. */
  parse(source: TextSource): ScriptSyntax {
    const known = this.#scripts.get(source);
    if (known !== undefined) return known;
    const script = parseScript(source, this.#diagnostics);
    this.#scripts.set(source, script);
    this.observer?.onScript(source, script);
    return script;
  }

  /** The pattern in a range of a source, null when it has mistakes; read and reported once. */
  parsePattern(content: TextSpan): Pattern | null {
    const known = this.#patterns.find((entry) => isSameSpan(entry.content, content));
    if (known !== undefined) return known.pattern;
    const { source, start, end } = content;
    const { pattern, diagnostics } = parsePattern(source, { start, end });
    for (const diagnostic of diagnostics) this.#diagnostics.report(diagnostic);
    this.#patterns.push({ content, pattern });
    return pattern;
  }

  /**
   * The pattern of a value inside a row, with the text to run: the end of the value ends it too, which `EOS` says where the pattern
   * leaves it open.
   */
  parseRowPattern(content: TextSpan): { readonly pattern: Pattern; readonly text: string } | null {
    const { source, start, end } = content;
    const text = source.text.slice(start, end);
    const codes = parsePattern(source, { start, end }).diagnostics.map((diagnostic) => diagnostic.code);
    if (codes.includes("data-without-end") || codes.includes("until-without-end")) {
      const closed = `(${text}\n) EOS`;
      const { pattern } = parsePattern({ name: source.name, text: closed });
      if (pattern !== null) return { pattern, text: closed };
    }
    const pattern = this.parsePattern(content);
    return pattern === null ? null : { pattern, text };
  }

  /** Counts a node of a stream; false, once reported, when the script has become too large. */
  spendRelation(span: TextSpan): boolean {
    this.#relations++;
    return this.#relations <= MOST_RELATIONS || this.#reportSize(span);
  }

  /** Counts nodes of expressions; false, once reported, when the script has become too large. */
  spendExpressions(count: number, span: TextSpan): boolean {
    this.#expressions += count;
    return this.#expressions <= MOST_EXPRESSIONS || this.#reportSize(span);
  }

  /** How many more nodes of expressions there may be. */
  get expressionsLeft(): number {
    return Math.max(0, MOST_EXPRESSIONS - this.#expressions);
  }

  /** Checks something inside of what is being checked; `otherwise` when that is too deep. */
  deeper<T>(span: TextSpan, check: () => T, otherwise: () => T): T {
    if (this.#depth >= DEEPEST) {
      this.reportTooDeep(span);
      return otherwise();
    }
    this.#depth++;
    const result = check();
    this.#depth--;
    return result;
  }

  /** Reports, once, that something nests too deep. */
  reportTooDeep(span: TextSpan): void {
    if (this.#isDepthReported) return;
    this.#isDepthReported = true;
    const message = "This nests too deep when everything it refers to is put in place.";
    this.report({
      code: "nesting-too-deep",
      span,
      message,
      help: "Use fewer references inside one another.",
    });
  }

  #reportSize(span: TextSpan): false {
    if (this.#isSizeReported) return false;
    this.#isSizeReported = true;
    this.report({
      code: "script-too-large",
      span,
      message: "The script becomes too large when everything it refers to is put in place.",
      help: `At most ${MOST_RELATIONS} commands and ${MOST_EXPRESSIONS} values are checked; use fewer references.`,
    });
    return false;
  }
}

function isSameSpan(a: TextSpan, b: TextSpan): boolean {
  return a.source === b.source && a.start === b.start && a.end === b.end;
}
