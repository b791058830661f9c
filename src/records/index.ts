/** Bytes become typed records: pattern tree → match program → WebAssembly scanner in workers, and its plain twin. */
export { type Batch, type BatchColumn, type ResultColumn, transferablesOf, valueAt } from "./batch.ts";
export type { MatchOperation, MatchProgram, Slot, SlotIndex } from "./program/program.ts";
export type {
  ScanAggregate,
  ScanColumn,
  ScanKey,
  ScanOutput,
  ScanPredicate,
  ScanSpec,
} from "./program/scan-spec.ts";
export type {
  InputOpening,
  RunningScan,
  ScanInput,
  ScanProgress,
  ScanSummary,
  ScanTask,
  ScanWarning,
} from "./scan-task.ts";
