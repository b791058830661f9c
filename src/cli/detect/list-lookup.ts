/** The lists that a user has fetched, as detections ask them. Nothing is fetched here. */
import type { ListEntry, ListLookup, ListMeaning } from "#detections";
import type { Listing, ListKind, Lists } from "#enrichment";
import { type Network, PRIVATE_NETWORKS, readAddress, readNetwork } from "#text";

const MEANING_OF: Readonly<Record<ListKind, ListMeaning>> = {
  malicious: "malicious",
  "benign-scanner": "benign-scanner",
  proxy: "anonymous",
  tor: "anonymous",
  allow: "allowed",
};

/** What counts when lists differ: what the user said, then who is known to be harmless, then who is known to be bad. */
const ORDER: readonly ListMeaning[] = ["allowed", "benign-scanner", "malicious", "anonymous"];

/** Lists of networks that nobody should route hold one's own private ones too, which says nothing about a client. */
const INSIDE = PRIVATE_NETWORKS.flatMap((text): Network | readonly Network[] => readNetwork(text) ?? []);

/** Asks these lists. */
export function lookupOf(lists: Lists): ListLookup {
  return {
    address(text) {
      const address = readAddress(text);
      if (address === null) return null;
      const found = lists.findAll(address);
      const isInside = INSIDE.some((network) => holds(network, address));
      return entryOf(isInside ? found.filter(({ kind }) => MEANING_OF[kind] !== "malicious") : found);
    },
    host: (name) => entryOf(lists.findAllOfHost(name)),
    url: null,
    notes() {
      const used = lists
        .used()
        .map(({ name, snapshots, entries }) => `${name} of ${dayOf(snapshots.at(-1) ?? 0)} (${entries})`);
      return used.length === 0 ? [] : [`Lists that were asked, with their entries: ${used.join(", ")}.`];
    },
  };
}

function holds({ base, prefixLength }: Network, address: bigint): boolean {
  const shift = BigInt(128 - prefixLength);
  return address >> shift === base >> shift;
}

/** What all lists say together: on how many an address stands, by the one that says most. */
function entryOf(found: readonly Listing[]): ListEntry | null {
  const meaning = ORDER.find((one) => found.some(({ kind }) => MEANING_OF[kind] === one));
  if (meaning === undefined) return null;
  const own = found.filter(({ kind }) => MEANING_OF[kind] === meaning).sort((a, b) => b.count - a.count);
  const [first] = own;
  if (first === undefined) return null;
  return {
    list: first.list,
    date: dayOf(first.atMs),
    count: Math.max(first.count, own.length),
    meaning,
  };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
