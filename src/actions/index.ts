/** What is done about findings: block lists, incidents for other systems, reports. */
export { type AllowedNetwork, ownNetworks, parseAllowList } from "./block-list/allow-list.ts";
export {
  BLOCK_LIST_FORMATS,
  type BlockListFormat,
  type BlockListOptions,
} from "./block-list/block-list-formats.ts";
export {
  type BlockCandidate,
  type BlockDecision,
  type BlockOptions,
  decideBlocks,
  SEVERITIES,
} from "./block-list/decide-blocks.ts";
export { type NameLookups, verifyCrawler } from "./block-list/verify-crawler.ts";
export { type CtimOptions, ctimBundle } from "./incident/ctim-bundle.ts";
export { mispEvent } from "./incident/misp-event.ts";
export { stixBundle } from "./incident/stix-bundle.ts";
export { htmlReport, type PageOptions } from "./report/html-report.ts";
