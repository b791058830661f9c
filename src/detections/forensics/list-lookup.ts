/** Lists of known addresses and hosts, as detections ask them. */

/**
 * What it means to stand on a list: known to be bad; a scanner that is known and means no harm; an exit of Tor or an open proxy, behind which
 * anybody may be; allowed by the user.
 */
export type ListMeaning = "malicious" | "benign-scanner" | "anonymous" | "allowed";

/** What a list says of an address, host or URL. */
export interface ListEntry {
  /** The list's name. */
  readonly list: string;
  /** When the list was made, such as `2026-11-20`; null: it does not say. */
  readonly date: string | null;
  /** On how many lists it stands, for lists of lists; 1 otherwise. */
  readonly count: number;
  readonly meaning: ListMeaning;
}

/**
 * Asked by detections for each client and each host that a log names; implemented by who has lists. Answers come at once, out of memory:
 * addresses are asked once per client at the end of a run, hosts once per client and host, URLs for each request through a proxy.
 */
export interface ListLookup {
  /** What is known of an address, as events write it. */
  address(address: string): ListEntry | null;
  /** What is known of a host name in lower case, without its port. */
  host(host: string): ListEntry | null;
  /** What is known of a URL; null: no list has URLs. */
  readonly url: ((url: string) => ListEntry | null) | null;
  /** Sentences for the account about what was asked: which lists, of which day. */
  notes(): readonly string[];
}
