/** What is wrong with a user's text: collected, never thrown. */
import type { DiagnosticCode } from "./codes.ts";
import type { TextSpan } from "./text-source.ts";

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

  /** Adds one; the phase that reports goes on. */
  report(report: DiagnosticReport): void {
    const twice = this.#items.some(
      (item) =>
        item.code === report.code &&
        item.span.source === report.span.source &&
        item.span.start === report.span.start &&
        item.span.end === report.span.end,
    );
    if (!twice) this.#items.push({ severity: "error", ...report });
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
