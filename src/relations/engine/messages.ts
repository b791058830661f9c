/**
 * What crosses between the main thread and the engine's thread. Plain data and ports.
 *
 * Each leaf of a statement (`leaf(0)`, `leaf(1)`, …) has a port of its own on which batches arrive, and a small shared array:
 * the engine's thread sleeps on it inside DuckDB's callback until a batch is there.
 */
import type { MessagePort } from "node:worker_threads";
import type { DataType } from "#language";
import type { Batch } from "#records";
import type { FailureData } from "#text";

/** Types of leaf columns: those of values, and 128-bit signed sums. */
export type LeafType = DataType | { readonly kind: "huge" };

/** A column that a leaf shows to SQL. */
export interface LeafColumn {
  readonly name: string;
  readonly type: LeafType;
  /** Index of the batch's column, or the rows' running number (long, from 0). */
  readonly source: number | "ordinal";
}

/** Cells of a leaf's shared array (32 bits each). */
export const LEAF_SIGNAL = { posted: 0, isStopped: 1, cellCount: 2 } as const;

/** Batches that may be on their way to a leaf: enough to hide the threads' hand-over, little enough to bound memory. */
export const LEAF_BATCHES_AHEAD = 4;

/** Result batches that may be on their way to the caller. */
export const RESULT_BATCHES_AHEAD = 16;

/** A leaf as the engine's thread gets it. The port carries `Batch`es and, last, null; it carries numbers (credits) back. */
export interface LeafRequest {
  readonly columns: readonly LeafColumn[];
  readonly port: MessagePort;
  readonly signal: SharedArrayBuffer;
}

/** How an engine is set up. */
export interface EngineOptions {
  /** Threads of DuckDB; at least 1. */
  readonly threads: number;
  /** Memory DuckDB may use; null: its own default. */
  readonly memoryBytes: number | null;
  /** Folder for what does not fit into memory; null: nothing is spilled and such a query fails. */
  readonly spillDirectory: string | null;
  /** The only files that statements may read and write; none when absent. */
  readonly allowedPaths?: readonly string[];
}

export type ToEngine =
  | {
      readonly kind: "run";
      readonly run: number;
      readonly sql: string;
      readonly leaves: readonly LeafRequest[];
      readonly results: readonly DataType[];
    }
  | { readonly kind: "credit"; readonly run: number }
  | { readonly kind: "stop"; readonly run: number }
  | { readonly kind: "close" };

export type FromEngine =
  | { readonly kind: "ready"; readonly notes: readonly string[] }
  | { readonly kind: "broken"; readonly failure: FailureData }
  | { readonly kind: "batch"; readonly run: number; readonly batch: Batch }
  | { readonly kind: "end"; readonly run: number }
  | { readonly kind: "failed"; readonly run: number; readonly failure: FailureData };
