/** Typed trees become plans, plans become scans and SQL, and a query runs: batches of rows in their order, with limits and progress. */
export { countSources, type SourceCount } from "./count-sources.ts";
export { type Engine, type EngineLeaf, type EngineQuery, startEngine } from "./engine/engine.ts";
export type { EngineOptions } from "./engine/messages.ts";
export { explainQuery, printExplanation, type QueryExplanation, type ScanExplanation } from "./explain.ts";
export { type FollowClock, openFollow, type RunningFollow } from "./follow/open-follow.ts";
export {
  DnsCache,
  type DnsOptions,
  type DnsResolver,
  dnsLookups,
  OFFLINE_LOOKUPS,
} from "./lookups/dns-lookups.ts";
export {
  type LocalAnswer,
  nothingInstalled,
  type OutsideLookups,
  type OutsideQuestion,
} from "./lookups/outside-lookups.ts";
export { tableLookups } from "./lookups/table-lookups.ts";
export type {
  EngineUse,
  ListObjects,
  PlanOptions,
  QueryOptions,
  QueryProgress,
  QuerySummary,
  RunningQuery,
  SavePlaces,
} from "./options.ts";
export { openQuery } from "./query.ts";
export { describeTable, type TablePlace } from "./tables/read-table.ts";
export { type TableTarget, writeTable } from "./tables/write-table.ts";
