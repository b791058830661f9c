/** What is wrong with a user's text: collected, never thrown. */
import type { DiagnosticCode } from "./codes.ts";
import type { TextSource, TextSpan } from "./text-source.ts";

/** `error` stops the run (exit code 3), `warning` does not. */
export type Severity = "error" | "warning";

/** A second place that explains the first, such as where a name was declared. */
export interface DiagnosticNote {
  readonly span: TextSpan;
  readonly message: string;
}

/** One mistake in a user's text. `message` is a full sentence; `help` says what would be right. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly span: TextSpan;
  readonly message: string;
  readonly help?: string;
  readonly notes?: readonly DiagnosticNote[];
}

/** What `Diagnostics.report` takes; the severity is `error` unless said otherwise. */
export type DiagnosticReport = Omit<Diagnostic, "severity"> & { readonly severity?: Severity };

/** Collects diagnostics of one check; the same code at the same place is kept once. */
export class Diagnostics {
  readonly #items: Diagnostic[] = [];
  /** Codes and places per source: mistakes can be as many as lines. */
  readonly #known = new Map<TextSource, Set<string>>();

  /** Adds one; the phase that reports goes on. */
  report(report: DiagnosticReport): void {
    const { source, start, end } = report.span;
    const known = this.#known.get(source) ?? new Set();
    this.#known.set(source, known);
    const key = `${report.code} ${start} ${end}`;
    if (known.has(key)) return;
    known.add(key);
    this.#items.push({ severity: "error", ...report });
  }

  /** All reported so far, in order of their place in the text. */
  list(): readonly Diagnostic[] {
    return [...this.#items].sort((a, b) => a.span.start - b.span.start);
  }

  /** Whether anything reported stops a run. */
  get hasErrors(): boolean {
    return this.#items.some((item) => item.severity === "error");
  }
}
