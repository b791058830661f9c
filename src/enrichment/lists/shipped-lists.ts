/** Definitions of well-known public lists. Definitions only: none is fetched before somebody says `trawl lists update`. */
import type { ListDefinition, ListKind } from "./definition.ts";
import type { ListFormat } from "./list-formats.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The lists that are known by name. */
export const SHIPPED_LISTS: readonly ListDefinition[] = [
  list("ipsum", "malicious", "ipsum", DAY_MS, {
    source: "https://raw.githubusercontent.com/stamparm/ipsum/master/ipsum.txt",
    description: "Addresses on public lists of bad addresses, with the count of these lists.",
    licence: "Unlicense",
  }),
  list("firehol-level1", "malicious", "plain", 6 * HOUR_MS, {
    source: "https://raw.githubusercontent.com/firehol/blocklist-ipsets/master/firehol_level1.netset",
    description: "Networks that can be blocked with few mistakes; holds bogons and private networks too.",
    licence: "terms of the lists it is made of",
  }),
  list("spamhaus-drop", "malicious", "drop-json", DAY_MS, {
    source: "https://www.spamhaus.org/drop/drop_v4.json",
    description: "Networks that are hijacked or leased by criminals, IPv4.",
    licence: "free with attribution to The Spamhaus Project",
  }),
  list("spamhaus-drop-v6", "malicious", "drop-json", DAY_MS, {
    source: "https://www.spamhaus.org/drop/drop_v6.json",
    description: "Networks that are hijacked or leased by criminals, IPv6.",
    licence: "free with attribution to The Spamhaus Project",
  }),
  list("feodo", "malicious", "plain", HOUR_MS, {
    source: "https://feodotracker.abuse.ch/downloads/ipblocklist.txt",
    description: "Servers that control botnets, by abuse.ch.",
    licence: "CC0",
  }),
  list("blocklist-de", "malicious", "plain", 12 * HOUR_MS, {
    source: "https://lists.blocklist.de/lists/all.txt",
    description: "Addresses that attacked servers of blocklist.de's reporters in the last 48 hours.",
    licence: null,
  }),
  list("cins", "malicious", "plain", DAY_MS, {
    source: "https://cinsscore.com/list/ci-badguys.txt",
    description: "Addresses with a bad score at CINS Army.",
    licence: null,
  }),
  list("tor-exits", "tor", "plain", HOUR_MS, {
    source: "https://check.torproject.org/torbulkexitlist",
    description: "Exits of the Tor network.",
    licence: null,
  }),
];

function list(
  name: string,
  kind: ListKind,
  format: ListFormat,
  refreshMs: number,
  more: Pick<ListDefinition, "source" | "description" | "licence">,
): ListDefinition {
  return { name, kind, format, refreshMs, ...more, column: 1, separator: "," };
}
