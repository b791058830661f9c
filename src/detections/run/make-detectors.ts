/** The detectors of a run. */
import { BucketPart } from "../behaviour/bucket-part.ts";
import type { BucketRule } from "../behaviour/bucket-rule.ts";
import type { Detector } from "../detector.ts";
import { ContactPart } from "../forensics/contact-part.ts";
import type { Inventory } from "../forensics/inventory.ts";
import type { ListLookup } from "../forensics/list-lookup.ts";
import { ListPart } from "../forensics/list-part.ts";
import { ScoutPart } from "../forensics/scout-part.ts";
import { SitePart } from "../forensics/site-part.ts";
import { MatchPart } from "../matches/match-part.ts";
import { clientOf } from "../pass/client-identity.ts";
import { ClientTable } from "../pass/client-table.ts";
import type { Network } from "../pass/networks.ts";
import { PageTable } from "../pass/page-table.ts";
import type { PassPart } from "../pass/part.ts";
import { DetectionPass } from "../pass/pass.ts";
import { bucketOfPromotion, type PromotionRule } from "../promotion/promotion-rule.ts";

/** How much a run holds at once. What is let go beyond it is told in the notes. */
export interface DetectorLimits {
  readonly clients: number;
  readonly pages: number;
  /** Pairs of a rule about single events and a client. */
  readonly matches: number;
  /** Keys per bucket rule. */
  readonly bucketKeys: number;
  /** Events that wait to be put in the order of time. */
  readonly pendingEvents: number;
  /** Pairs of client and host, for proxies and flows. */
  readonly contacts: number;
}

/** About 150 MB when all of them are reached. */
export const DEFAULT_LIMITS: DetectorLimits = {
  clients: 65_536,
  pages: 65_536,
  matches: 100_000,
  bucketKeys: 50_000,
  pendingEvents: 2_000_000,
  contacts: 100_000,
};

/** What a run looks for. */
export interface DetectorOptions {
  readonly bucketRules: readonly BucketRule[];
  readonly promotions: readonly PromotionRule[];
  /** Proxies whose forwarded-for header is believed. */
  readonly trustedProxies?: readonly Network[];
  /** What the site consists of; without it, web shells are told by their other signs only. */
  readonly inventory?: Inventory | null;
  /** Rules that only correlations look at. */
  readonly quietIds?: ReadonlySet<string>;
  /** Lists of known-bad addresses and hosts. */
  readonly lists?: ListLookup | null;
  /** Null, the usual: a log that ends, in any order. Otherwise a stream: events may come so late, and findings are told as they complete. */
  readonly lateMs?: number | null;
  readonly limits?: Partial<DetectorLimits>;
}

/**
 * The detectors of one run, to be given every event with its matches. `take(true)` ends the run; `finishReport` makes the report of all that
 * they gave, and the account takes their notes.
 */
export function makeDetectors(options: DetectorOptions): readonly Detector[] {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const rules = [...options.bucketRules, ...options.promotions.map(bucketOfPromotion)];
  const clients: ClientTable = new ClientTable(limits.clients, (client) => {
    buckets.releaseClient(client);
    scouts.releaseClient(client);
    site.releaseClient(client);
  });
  const pages = new PageTable(limits.pages);
  const allClients = () => clients.all();
  const lists = options.lists ?? null;
  const buckets: BucketPart = new BucketPart(rules, allClients, {
    lateMs: options.lateMs ?? null,
    pendingEvents: limits.pendingEvents,
    keys: limits.bucketKeys,
  });
  const scouts = new ScoutPart(allClients);
  const site = new SitePart(clients, pages, options.inventory ?? null);
  const parts: readonly PassPart[] = [
    new MatchPart(limits.matches, options.quietIds),
    buckets,
    scouts,
    site,
    new ContactPart(limits.contacts, lists),
    ...(lists === null ? [] : [new ListPart(lists, allClients)]),
  ];
  return [new DetectionPass({ clients, pages, clientOf: clientOf(options.trustedProxies ?? []), parts })];
}
