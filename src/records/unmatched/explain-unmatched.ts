/** Says of all bytes that no record covers where the pattern failed in them. */
import { damageCodeOf, endsOneSource, Failure } from "#text";
import type { MatchProgram } from "../program/program.ts";
import type { ScanProgress, ScanWarning } from "../scan-task.ts";
import {
  EXAMINATION_BUDGET,
  type ExaminationBudget,
  type UnmatchedGroup,
  UnmatchedGroups,
} from "./unmatched-groups.ts";
import { UnmatchedSpans } from "./unmatched-spans.ts";

/** An input, read once from its start. */
export interface UnmatchedInput {
  readonly uri: string;
  /** Times without a year are put at most one day after this. */
  readonly referenceTimeMs: bigint;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** How far to read, and how closely to look. */
export interface UnmatchedOptions {
  readonly signal: AbortSignal;
  /** Reading stops after so many bytes; null: never. */
  readonly maxBytes: number | null;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly budget?: ExaminationBudget;
}

/** The account: bytes = matchedBytes + unmatchedBytes + skippedBytes; the bytes of all groups are the unmatched ones. */
export interface UnmatchedReport extends ScanProgress {
  readonly matchedBytes: number;
  /** Read, and neither matched nor unmatched, because reading stopped at the limit. */
  readonly skippedBytes: number;
  readonly groups: readonly UnmatchedGroup[];
  readonly isLimitReached: boolean;
  readonly warnings: readonly ScanWarning[];
}

/**
 * Reads inputs one after the other. Memory does not grow with them: it holds the line or record that is being looked at, and some 100 bytes per
 * group. The program needs no slots.
 *
 * @throws Failure of sources; `cancelled` when the signal is aborted
 */
export async function explainUnmatched(
  program: MatchProgram,
  inputs: AsyncIterable<UnmatchedInput>,
  options: UnmatchedOptions,
): Promise<UnmatchedReport> {
  const run = new UnmatchedRun(program, options);
  for await (const input of inputs) {
    await run.read(input);
    if (run.isLimitReached) break;
  }
  run.failIfLost();
  return run.report();
}

class UnmatchedRun {
  readonly #options: UnmatchedOptions;
  readonly #groups: UnmatchedGroups;
  readonly #spans: UnmatchedSpans;
  readonly #warnings: ScanWarning[] = [];
  readonly #total = { files: 0, bytes: 0, records: 0, matchedBytes: 0, unmatchedBytes: 0, skippedBytes: 0 };
  #input: UnmatchedInput | null = null;
  isLimitReached = false;
  /** The first input that is not there, or cannot be opened. */
  #lost: Failure | null = null;

  constructor(program: MatchProgram, options: UnmatchedOptions) {
    this.#options = options;
    this.#groups = new UnmatchedGroups(program, options.budget ?? EXAMINATION_BUDGET);
    this.#spans = new UnmatchedSpans(program, (piece) => {
      if (this.#input !== null) this.#groups.add(piece, this.#input.uri, this.#input.referenceTimeMs);
    });
  }

  async read(input: UnmatchedInput): Promise<void> {
    this.#input = input;
    this.#spans.begin(input.uri, input.referenceTimeMs);
    this.#total.files++;
    try {
      for await (const chunk of input.chunks) {
        this.#feed(chunk);
        if (this.isLimitReached) break;
      }
    } catch (thrown) {
      if (!endsOneSource(thrown)) throw thrown;
      if (damageCodeOf(thrown) === null) {
        this.#lost ??= thrown;
        this.#total.files--;
      }
      const { code, place, message } = thrown;
      this.#warnings.push({ code, uri: input.uri, offset: place?.offset ?? null, message });
    }
    const { records, matchedBytes, unmatchedBytes, skippedBytes } = this.#spans.end(!this.isLimitReached);
    this.#total.records += records;
    this.#total.matchedBytes += matchedBytes;
    this.#total.unmatchedBytes += unmatchedBytes;
    this.#total.skippedBytes += skippedBytes;
  }

  report(): UnmatchedReport {
    const { isLimitReached } = this;
    return { ...this.#total, groups: this.#groups.list(), isLimitReached, warnings: this.#warnings };
  }

  /** Throws why nothing was read, when what was to be read is not there or cannot be opened. */
  failIfLost(): void {
    if (this.#lost !== null && this.#total.bytes === 0) throw this.#lost;
  }

  #feed(chunk: Uint8Array): void {
    const { signal, maxBytes, onProgress } = this.#options;
    if (signal.aborted) throw new Failure("cancelled", "The run was stopped before its end.");
    const wanted = maxBytes === null ? chunk.length : Math.min(chunk.length, maxBytes - this.#total.bytes);
    this.isLimitReached = wanted < chunk.length;
    this.#total.bytes += wanted;
    this.#spans.feed(chunk.subarray(0, wanted));
    onProgress?.({ ...this.#total });
  }
}
