/** Typed trees become plans, plans become scans and SQL, and a query runs: batches of rows in their order, with limits and progress. */
export { type Engine, type EngineLeaf, type EngineQuery, startEngine } from "./engine/engine.ts";
export type { EngineOptions } from "./engine/messages.ts";
export { explainQuery, printExplanation, type QueryExplanation, type ScanExplanation } from "./explain.ts";
export type {
  EngineUse,
  ListObjects,
  PlanOptions,
  QueryOptions,
  QueryProgress,
  QuerySummary,
  RunningQuery,
} from "./options.ts";
export { openQuery } from "./query.ts";
