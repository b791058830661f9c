/** What takes the rows of a scan. */
import type { Batch } from "../batch.ts";
import type { ScanRow } from "./scan-row.ts";

/** Takes rows one after the other. */
export interface RowSink {
  add(row: ScanRow): void;
  /** All batches, and how many texts in them had bytes replaced. To be called once, at the end. */
  finish(): { readonly batches: readonly Batch[]; readonly replacedTexts: number };
}
