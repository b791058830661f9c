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
export { type CleanOutcome, deleteSent, findSent } from "./ctim-server/clean-sent.ts";
export {
  type CtimAnswer,
  type CtimPlace,
  type CtimRequest,
  type SendRequest,
  shortIdOf,
} from "./ctim-server/ctim-request.ts";
export { type CtimCredentials, CtimSession, type CtimWorld, Secret } from "./ctim-server/ctim-session.ts";
export type { SentObject } from "./ctim-server/find-sent.ts";
export { pretendToSend } from "./ctim-server/pretended-server.ts";
export { type ReadBundle, readCtimBundle } from "./ctim-server/read-ctim-bundle.ts";
export { type RefusedObject, type SendOutcome, sendBundle } from "./ctim-server/send-bundle.ts";
export {
  CTIM_KINDS,
  CTIM_SOURCE,
  type CtimKind,
  type CtimOptions,
  ctimBundle,
} from "./incident/ctim-bundle.ts";
export { mispEvent } from "./incident/misp-event.ts";
export { stixBundle } from "./incident/stix-bundle.ts";
export { type ClientPlaces, htmlReport, type PageOptions } from "./report/html-report.ts";
