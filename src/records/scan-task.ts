/** A scan as its caller sees it: inputs, limits, progress, and what came of it. */
import type { MessagePort } from "node:worker_threads";
import type { FileOpening, StreamOpening } from "#sources";
import type { FailureCode } from "#text";
import type { Batch } from "./batch.ts";
import type { ScanSpec } from "./program/scan-spec.ts";
import type { ScanThreads } from "./scan/scan-threads.ts";

/** An input of a scan; plain data, opened in whichever thread reads it. */
export interface ScanInput {
  readonly uri: string;
  readonly opening: InputOpening;
  /** Uncompressed size where it is known before reading. */
  readonly sizeBytes: number | null;
  /** Times without a year are put at most one day after this (milliseconds since 1970 UTC): the file's modification time or path time. */
  readonly referenceTimeMs: bigint;
}

/**
 * How to get at the bytes. `file` is read in ranges, by several threads; a `stream` is read from its start by one (see `openByteStream`
 * of sources). A `port` gives bytes that another thread reads, for inputs that only that thread can read, such as standard input
 * (see `readPort` of sources): one reader, once; the port must be among the transferred when it crosses threads. `isPacked`: bytes as
 * they are stored, compressed or not; `isRequired`: when it cannot be read the scan fails, else it is told.
 */
export type InputOpening =
  | FileOpening
  | StreamOpening
  | {
      readonly kind: "port";
      readonly port: MessagePort;
      readonly isPacked: boolean;
      readonly isRequired: boolean;
    };

export interface ScanTask {
  readonly spec: ScanSpec;
  readonly inputs: readonly ScanInput[];
  /** Worker threads; 0 runs the plain twin in this thread. */
  readonly threads: number;
  /** Bytes of a file that one thread takes at a time; absent: chosen by the scan. */
  readonly pieceBytes?: number;
  /** Threads to work with; absent: they are started for this scan and ended with it. */
  readonly workers?: ScanThreads;
  readonly signal: AbortSignal;
  /** Called at most every 50 ms and once at the end. */
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** What a scan has read so far. bytes = matched + unmatched + not yet accounted. */
export interface ScanProgress {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly unmatchedBytes: number;
}

/** The account of a finished (or cancelled) scan: bytes = matchedBytes + unmatchedBytes + skippedBytes. */
export interface ScanSummary extends ScanProgress {
  readonly matchedBytes: number;
  /** Bytes that were read but not looked at because the limit was reached. */
  readonly skippedBytes: number;
  /** Byte sequences that were not UTF-8 and became U+FFFD on their way out. */
  readonly replacedTexts: number;
  readonly warnings: readonly ScanWarning[];
}

/** Something that went wrong with one input and did not stop the scan. */
export interface ScanWarning {
  readonly code: FailureCode;
  readonly uri: string;
  readonly offset: number | null;
  readonly message: string;
}

/** A scan under way. Batches come in the order of the inputs and of their place in them (groups: in no order). */
export interface RunningScan {
  readonly batches: AsyncIterable<Batch>;
  /** What was read so far; final once `batches` has ended. */
  summary(): ScanSummary;
}
