/** Findings of questions about a whole log. */
import type { Evidence, Finding, Outcome, Phase, Severity } from "../finding.ts";
import { shownEvidence } from "../pass/evidence.ts";
import { findingId } from "../pass/stable-id.ts";

/** A forensic rule: what it asks of a log. The list is the only place that names them. */
export interface ForensicRule {
  readonly title: string;
  readonly phase: Phase;
  readonly techniques: readonly string[];
  /** What it asks, and how it answers. */
  readonly description: string;
  readonly falsePositives: readonly string[];
}

/** The id of a forensic rule. */
export type ForensicRuleId =
  | "forensic-scouting"
  | "forensic-page-gave-in"
  | "forensic-web-shell"
  | "forensic-unlisted-page"
  | "forensic-upload"
  | "forensic-data-taken"
  | "forensic-removal"
  | "forensic-page-traffic"
  | "forensic-client-traffic"
  | "forensic-gigabyte-page"
  | "forensic-unusual-upload"
  | "forensic-beacon"
  | "forensic-tunnel"
  | "forensic-fan-out"
  | "list-bad-address"
  | "list-benign-scanner"
  | "list-anonymous"
  | "list-allowed"
  | "list-bad-destination";

/** All forensic rules by id. */
export const FORENSIC_RULES: Readonly<Record<ForensicRuleId, ForensicRule>> = {
  "forensic-scouting": {
    title: "Looked over the site",
    phase: "reconnaissance",
    techniques: ["T1595", "T1594"],
    description: "Who asked for many different pages, quickly, and was often refused. Clients are ranked.",
    falsePositives: ["Search engines", "Monitors of links"],
  },
  "forensic-page-gave-in": {
    title: "A page answered an attacker with far more than usual",
    phase: "exploit",
    techniques: ["T1190"],
    description:
      "Bytes of answers per page against the median of all clients, one answer per client, partial answers apart; only for clients that show signs of an attack.",
    falsePositives: ["A page whose size depends on what was asked for"],
  },
  "forensic-web-shell": {
    title: "A page that should not exist, used like a web shell",
    phase: "access",
    techniques: ["T1505.003"],
    description: "Pages that were answered and are not in the inventory, ranked by signs of a web shell.",
    falsePositives: ["A new tool of the operator that few people use"],
  },
  "forensic-unlisted-page": {
    title: "A page that is not in the inventory",
    phase: "other",
    techniques: [],
    description: "Pages that were answered with 2xx and are not in the inventory, without further signs.",
    falsePositives: ["Pages that were added after the inventory was made"],
  },
  "forensic-upload": {
    title: "An upload, and a page that exists since",
    phase: "upload",
    techniques: ["T1105", "T1505.003"],
    description: "The last request that sent data before a page that should not exist was first answered.",
    falsePositives: ["An upload of an editor that happened to come before"],
  },
  "forensic-data-taken": {
    title: "Data was taken",
    phase: "exfiltration",
    techniques: ["T1041", "T1567"],
    description:
      "Large answers of a web shell, and archives or dumps that are not in the inventory, given to an attacker.",
    falsePositives: ["A backup that an administrator fetched"],
  },
  "forensic-removal": {
    title: "A page that should not exist is gone again",
    phase: "removal",
    techniques: ["T1070.004"],
    description: "A web shell that was answered, and is missing since.",
    falsePositives: ["An operator who cleaned up"],
  },
  "forensic-page-traffic": {
    title: "A page gave out far more on one day than on others",
    phase: "exfiltration",
    techniques: ["T1030", "T1041"],
    description: "Bytes per page and day against the median of the page's other days.",
    falsePositives: ["A page that became popular"],
  },
  "forensic-client-traffic": {
    title: "A client moved far more on one day than on others",
    phase: "exfiltration",
    techniques: ["T1041"],
    description: "Bytes per client, direction and day against the median of the client's other days.",
    falsePositives: ["A download that somebody meant"],
  },
  "forensic-gigabyte-page": {
    title: "A single page gave out gigabytes to few clients",
    phase: "exfiltration",
    techniques: ["T1030", "T1572"],
    description: "Pages that gave a gigabyte or more to at most three clients. It may be a tunnel.",
    falsePositives: ["Large downloads that few people fetch"],
  },
  "forensic-unusual-upload": {
    title: "An upload to a page that takes none",
    phase: "upload",
    techniques: ["T1190", "T1105"],
    description: "Answered POST or PUT by one or two clients to a page that many only read.",
    falsePositives: ["A form that is hardly ever used"],
  },
  "forensic-beacon": {
    title: "A client that comes back like a clock",
    phase: "command-and-control",
    techniques: ["T1071.001", "T1573"],
    description: "Regularity of the pauses between contacts of one client with one host, against chance.",
    falsePositives: ["Updates", "Time and status services", "Pages that refresh themselves"],
  },
  "forensic-tunnel": {
    title: "A long or large tunnel through the proxy",
    phase: "exfiltration",
    techniques: ["T1572", "T1041"],
    description: "CONNECT by one client to one host: bytes in total, and the longest connection.",
    falsePositives: ["Video calls and streams", "Large downloads"],
  },
  "forensic-fan-out": {
    title: "A client that contacts far more hosts than others",
    phase: "reconnaissance",
    techniques: ["T1046", "T1018"],
    description: "Distinct hosts per client and day against the median of all clients.",
    falsePositives: ["A gateway that many people share", "A crawler of one's own"],
  },
  "list-bad-address": {
    title: "A client from a list of known-bad addresses",
    phase: "reconnaissance",
    techniques: [],
    description: "Clients whose address is on a list.",
    falsePositives: ["Addresses that belong to somebody else since"],
  },
  "list-benign-scanner": {
    title: "A scanner that is known and means no harm",
    phase: "reconnaissance",
    techniques: ["T1595"],
    description: "Clients of services that measure the Internet, such as Shodan and Censys.",
    falsePositives: [],
  },
  "list-anonymous": {
    title: "A client behind Tor or an open proxy",
    phase: "other",
    techniques: ["T1090.003"],
    description: "Clients whose address is an exit of Tor, or a proxy that anybody may use.",
    falsePositives: ["People who have reasons not to be known"],
  },
  "list-allowed": {
    title: "A client that is allowed",
    phase: "other",
    techniques: [],
    description: "Clients on a list of your own, such as machines that scan on your behalf.",
    falsePositives: [],
  },
  "list-bad-destination": {
    title: "A client that contacted a known-bad host or address",
    phase: "command-and-control",
    techniques: ["T1071.001", "T1204"],
    description: "Requests through a proxy to hosts and addresses that are on a list.",
    falsePositives: ["Hosts that were cleaned since"],
  },
};

/** What a question found. */
export interface ForensicResult {
  readonly ruleId: ForensicRuleId;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly client: string | null;
  /** What it is about besides the client. */
  readonly about: Readonly<Record<string, string>>;
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  readonly count: number;
  readonly measures: Readonly<Record<string, number>>;
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
}

/** The finding of a result. */
export function forensicFinding(result: ForensicResult): Finding {
  const { ruleId, client, about, evidence, ...rest } = result;
  const { title, phase, techniques } = FORENSIC_RULES[ruleId];
  const key = { ...(client === null ? {} : { client }), ...about };
  return {
    ...rest,
    id: findingId(ruleId, key, result.firstTimeMs),
    ruleId,
    title,
    kind: ruleId.startsWith("list-") ? "list" : "forensic",
    phase,
    techniques,
    client,
    key,
    evidence: shownEvidence(evidence),
  };
}
