/** Which clients are on lists? */
import { unreachable } from "#text";
import type { Evidence, Finding, Severity } from "../finding.ts";
import type { ClientRecord } from "../pass/client-table.ts";
import type { EventView } from "../pass/event-view.ts";
import type { PassPart } from "../pass/part.ts";
import { countText } from "../pass/words.ts";
import { type ForensicRuleId, forensicFinding } from "./forensic-finding.ts";
import type { ListEntry, ListLookup, ListMeaning } from "./list-lookup.ts";

interface ListedClient {
  readonly entry: ListEntry;
  readonly first: Evidence;
}

/** Asks the lists for each client once, and tells of those that are on one. */
export class ListPart implements PassPart {
  readonly fields: readonly string[] = [];
  readonly kinds = null;
  readonly #lists: ListLookup;
  readonly #clients: () => Iterable<ClientRecord>;
  readonly #listed = new Map<string, ListedClient>();

  constructor(lists: ListLookup, clients: () => Iterable<ClientRecord>) {
    this.#lists = lists;
    this.#clients = clients;
  }

  observe(view: EventView): void {
    const { client } = view;
    if (client === null || client.events > 1) return;
    const entry = this.#lists.address(client.name);
    if (entry !== null && !this.#listed.has(client.name)) {
      this.#listed.set(client.name, { entry, first: view.evidence() });
    }
  }

  take(isEnd: boolean): readonly Finding[] {
    if (!isEnd) return [];
    const findings: Finding[] = [];
    for (const client of this.#clients()) {
      const listed = this.#listed.get(client.name);
      if (listed !== undefined) findings.push(listFinding(client, listed));
    }
    return findings;
  }

  notes(): readonly string[] {
    return this.#lists.notes();
  }
}

/** The rule that tells of each meaning. */
const RULE_OF: Readonly<Record<ListMeaning, ForensicRuleId>> = {
  malicious: "list-bad-address",
  "benign-scanner": "list-benign-scanner",
  anonymous: "list-anonymous",
  allowed: "list-allowed",
};

function listFinding(client: ClientRecord, { entry, first }: ListedClient): Finding {
  const { list, count, meaning } = entry;
  return forensicFinding({
    ruleId: RULE_OF[meaning],
    severity: meaning === "malicious" ? severityOfCount(count) : "informational",
    outcome: meaning === "allowed" ? "unknown" : "attempted",
    client: client.name,
    about: { list },
    firstTimeMs: Number.isFinite(client.firstMs) ? client.firstMs : null,
    lastTimeMs: Number.isFinite(client.lastMs) ? client.lastMs : null,
    count: client.events,
    measures: { list_count: count },
    sentence: sentenceOf(client.name, entry),
    evidence: [first],
  });
}

function sentenceOf(client: string, { list, date, count, meaning }: ListEntry): string {
  const of = date === null ? `"${list}"` : `"${list}" of ${date}`;
  switch (meaning) {
    case "malicious":
      return `${client} is on the list ${of}${count > 1 ? `, which ${countText(count, "list")} agree on` : ""}.`;
    case "benign-scanner":
      return `${client} belongs to a scanner that is known and means no harm (${of}).`;
    case "anonymous":
      return `${client} is where people come from who hide their address (${of}).`;
    case "allowed":
      return `${client} is on the list ${of} of those that are allowed.`;
    default:
      return unreachable(meaning);
  }
}

/** The more lists name an address, the less it is a mistake. */
function severityOfCount(count: number): Severity {
  if (count >= 5) return "high";
  return count >= 2 ? "medium" : "low";
}
