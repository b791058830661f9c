/** Adds up what the scans of a query have read. */
import type { RunningScan, ScanProgress, ScanSummary, ScanWarning } from "#records";
import { Failure } from "#text";
import type { EngineUse, QueryProgress, QuerySummary } from "./options.ts";

/** What is told of and checked while a query runs. */
export interface AccountOptions {
  readonly maxBytes: number | null;
  readonly onProgress?: (progress: QueryProgress) => void;
  /** Called once when a limit is reached. */
  readonly onLimit: (failure: Failure) => void;
}

const NOTHING: ScanProgress = { files: 0, bytes: 0, records: 0, unmatchedBytes: 0 };

/** The account of one query. Scans are told apart by any object. */
export class RunAccount {
  rows = 0;
  engine: EngineUse = "scan";
  readonly #notes = new Set<string>();
  readonly #options: AccountOptions;
  readonly #progress = new Map<object, ScanProgress>();
  readonly #running = new Map<object, Pick<RunningScan, "summary">>();
  readonly #finished = new Map<object, ScanSummary>();
  readonly #warnings: ScanWarning[] = [];
  /** Addresses and sentences of those. */
  readonly #told = new Set<string>();

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  /** A listener for the progress of a scan. */
  progressOf(scan: object): (progress: ScanProgress) => void {
    return (progress) => {
      this.#progress.set(scan, progress);
      this.#check();
      this.#options.onProgress?.({ ...this.#total(), rows: this.rows });
    };
  }

  add(key: object, scan: Pick<RunningScan, "summary">): void {
    this.#running.set(key, scan);
  }

  finish(key: object, scan: RunningScan): void {
    this.#running.delete(key);
    this.#finished.set(key, scan.summary());
  }

  /** A place that a wildcard met and that could not be looked at; told once. */
  warn(problem: Failure): void {
    const uri = problem.place?.uri ?? "";
    const key = `${uri}\0${problem.message}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#warnings.push({ code: problem.code, uri, offset: null, message: problem.message });
  }

  /** Sentences about what is unusual, each told once. */
  note(sentences: readonly string[]): void {
    for (const sentence of sentences) this.#notes.add(sentence);
  }

  summary(): QuerySummary {
    const summaries = [
      ...this.#finished.values(),
      ...[...this.#running.values()].map((scan) => scan.summary()),
    ];
    const sum = (of: (summary: ScanSummary) => number) =>
      summaries.reduce((total, summary) => total + of(summary), 0);
    return {
      files: sum((summary) => summary.files),
      bytes: sum((summary) => summary.bytes),
      records: sum((summary) => summary.records),
      matchedBytes: sum((summary) => summary.matchedBytes),
      unmatchedBytes: sum((summary) => summary.unmatchedBytes),
      skippedBytes: sum((summary) => summary.skippedBytes),
      rows: this.rows,
      engine: this.engine,
      warnings: [...this.#warnings, ...summaries.flatMap((summary) => summary.warnings)],
      replacedTexts: sum((summary) => summary.replacedTexts),
      notes: [...this.#notes],
    };
  }

  #total(): ScanProgress {
    const add = (a: ScanProgress, b: ScanProgress): ScanProgress => ({
      files: a.files + b.files,
      bytes: a.bytes + b.bytes,
      records: a.records + b.records,
      unmatchedBytes: a.unmatchedBytes + b.unmatchedBytes,
    });
    return [...this.#progress.values()].reduce(add, NOTHING);
  }

  #check(): void {
    const { maxBytes, onLimit } = this.#options;
    if (maxBytes === null || this.#total().bytes <= maxBytes) return;
    onLimit(
      new Failure("limit-reached", `The query has read more than ${maxBytes} bytes, its limit.`, {
        help: "Choose fewer files, for instance by path_time, or raise the limit of bytes.",
      }),
    );
  }
}
