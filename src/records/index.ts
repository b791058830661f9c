/** Bytes become typed records: pattern tree → match program → WebAssembly scanner in workers, and its plain twin. */
export {
  type Batch,
  type BatchColumn,
  firstRows,
  type ResultColumn,
  transferablesOf,
  valueAt,
} from "./batch.ts";
export { detectFormat, type FormatCandidate, type FormatChoice } from "./formats/detect-format.ts";
export { ecsFieldNames, loadFormats } from "./formats/load-formats.ts";
export type { ShippedFormat } from "./formats/shipped-format.ts";
export { type Inference, inferPattern } from "./infer/infer-pattern.ts";
export {
  accountOfSample,
  type FirstRows,
  firstRecords,
  type SampleAccount,
  type UnmatchedRecord,
} from "./infer/sample-account.ts";
export { valueOfJson } from "./json-values.ts";
export { explainMismatch, type Mismatch } from "./plain/explain-mismatch.ts";
export { matchText } from "./plain/match-text.ts";
export { type PlainInput, type PlainScanResult, plainScan } from "./plain/plain-scan.ts";
export { type CompileOptions, compileProgram, unsupportedElements } from "./program/compile.ts";
export { deferredSlots } from "./program/deferred.ts";
export { markOfSlot, RECORD_MARK, type ScanMarks, type SlotMarks } from "./program/marks.ts";
export { givesMember } from "./program/pair-members.ts";
export { printProgram } from "./program/print.ts";
export type { MatchOperation, MatchProgram, Slot, SlotIndex } from "./program/program.ts";
export type {
  ScanAggregate,
  ScanColumn,
  ScanCut,
  ScanKey,
  ScanNetwork,
  ScanOutput,
  ScanPredicate,
  ScanSpec,
} from "./program/scan-spec.ts";
export { MARK_SLOT, RAW_TEXT_SLOT } from "./program/scan-spec.ts";
export { emitModule, type ModuleText } from "./scan/emit/module.ts";
export { indentText } from "./scan/emit/wat.ts";
export { LiveScan, type LiveStream, type LiveStreamName } from "./scan/live-scan.ts";
export { ScanThreads } from "./scan/scan-threads.ts";
export { startScan } from "./scan/start-scan.ts";
export type {
  InputOpening,
  RunningScan,
  ScanInput,
  ScanProgress,
  ScanSummary,
  ScanTask,
  ScanWarning,
} from "./scan-task.ts";
export {
  explainUnmatched,
  type UnmatchedInput,
  type UnmatchedReport,
} from "./unmatched/explain-unmatched.ts";
export { EXAMINATION_BUDGET, type FirstPiece, type UnmatchedGroup } from "./unmatched/unmatched-groups.ts";
export { type WorkerEntry, workerEntry } from "./worker-entry.ts";
