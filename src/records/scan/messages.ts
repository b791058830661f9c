/** What the scan's owner and its worker threads say to each other. */
import type { FailureData } from "#text";
import type { Batch } from "../batch.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import type { InputOpening, ScanWarning } from "../scan-task.ts";
import type { ModuleLayout } from "./emit/module.ts";
import type { FileStretch } from "./read-stretch.ts";
import type { StretchAccount } from "./scanner.ts";

/** A piece of work for one thread. `id` is its place in the order of results. */
export type WorkItem =
  | {
      readonly kind: "file";
      readonly id: number;
      readonly stretch: FileStretch;
      readonly flushesGroups: boolean;
    }
  | {
      readonly kind: "stream";
      readonly id: number;
      readonly inputIndex: number;
      readonly uri: string;
      readonly referenceTimeMs: bigint;
      readonly opening: InputOpening;
      /** It is the only input. */
      readonly isRequired: boolean;
      readonly flushesGroups: boolean;
    };

export type ToWorker =
  | {
      readonly kind: "prepare";
      readonly module: WebAssembly.Module;
      readonly layout: ModuleLayout;
      readonly spec: ScanSpec;
      /** Counters shared with the owner, see `SHARED`. */
      readonly shared: SharedArrayBuffer;
    }
  | { readonly kind: "work"; readonly item: WorkItem }
  /** `count` batches of a stream were taken. */
  | { readonly kind: "taken"; readonly count: number }
  /** No more work: give out the groups. */
  | { readonly kind: "drain" }
  /** The scan is over: let go of its memory. */
  | { readonly kind: "rest" };

export type FromWorker =
  | { readonly kind: "batch"; readonly id: number; readonly batch: Batch }
  | {
      readonly kind: "done";
      readonly id: number;
      readonly account: StretchAccount | null;
      readonly warning: ScanWarning | null;
    }
  | { readonly kind: "failed"; readonly id: number; readonly failure: FailureData }
  | { readonly kind: "drained"; readonly replacedTexts: number };

/** Places in the shared counters: 32-bit words. The first is set to 1 to stop all threads. */
export const SHARED = { cancelled: 0, words: 2 } as const;
/** 64-bit counters behind the words, added up by all threads: bytes read, records, matched bytes. */
export const SHARED_COUNTERS = { bytes: 1, records: 2, matchedBytes: 3, count: 4 } as const;

/** Id of batches that belong to no piece of work: groups given out at the end. */
export const NO_ITEM = -1;
