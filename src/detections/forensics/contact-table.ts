/** Who contacted which host, when, and how much went over: in a table of bounded size. */
import type { Evidence } from "../finding.ts";
import { ownText } from "../pass/event-values.ts";
import { EvidenceKeeper } from "../pass/evidence.ts";
import type { ListEntry } from "./list-lookup.ts";

/** Contacts whose times are kept, per pair and in all. */
const KEPT_TIMES = 20_000;
const KEPT_TIMES_IN_ALL = 3_000_000;

/** All contacts of one client with one host. */
export class Contact {
  readonly client: string;
  readonly host: string;
  /** What a list says of the host. */
  readonly entry: ListEntry | null;
  count = 0;
  firstMs: number = Number.POSITIVE_INFINITY;
  lastMs: number = Number.NEGATIVE_INFINITY;
  readonly timesMs: number[] = [];
  readonly sizes: number[] = [];
  /** Bytes of tunnels (CONNECT), and the longest one. */
  tunnels = 0;
  tunnelBytes = 0;
  longestTunnelMs = 0;
  readonly users: string[] = [];
  readonly #evidence = new EvidenceKeeper();

  constructor(client: string, host: string, entry: ListEntry | null) {
    this.client = client;
    this.host = host;
    this.entry = entry;
  }

  keep(timeMs: number, evidence: () => Evidence): void {
    if (this.#evidence.wants(timeMs)) this.#evidence.add(evidence());
  }

  get evidence(): readonly Evidence[] {
    return this.#evidence.between(null, null);
  }
}

/** The contacts of a log. */
export class ContactTable {
  readonly #limit: number;
  readonly #contacts = new Map<string, Contact>();
  #times = 0;
  /** Pairs that were let go, and contacts whose times found no room. */
  evicted = 0;
  timesLost = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The contact of a client with a host; `entryOf` is asked for new ones. */
  get(client: string, host: string, entryOf: () => ListEntry | null): Contact {
    const key = `${client} ${host}`;
    const known = this.#contacts.get(key);
    if (known !== undefined) return known;
    if (this.#contacts.size >= this.#limit) this.#evict();
    const contact = new Contact(client, ownText(host), entryOf());
    this.#contacts.set(ownText(key), contact);
    return contact;
  }

  /** Counts a contact. */
  count(contact: Contact, timeMs: number, bytes: number | null): void {
    contact.count++;
    if (timeMs < contact.firstMs) contact.firstMs = timeMs;
    if (timeMs > contact.lastMs) contact.lastMs = timeMs;
    if (contact.timesMs.length >= KEPT_TIMES || this.#times >= KEPT_TIMES_IN_ALL) {
      this.timesLost++;
      return;
    }
    this.#times++;
    contact.timesMs.push(timeMs);
    if (bytes !== null) contact.sizes.push(bytes);
  }

  all(): IterableIterator<Contact> {
    return this.#contacts.values();
  }

  #evict(): void {
    const byWeight = [...this.#contacts].sort(
      ([, a], [, b]) => weightOf(b) - weightOf(a) || b.lastMs - a.lastMs,
    );
    for (const [key, contact] of byWeight.slice(Math.floor(this.#limit / 2))) {
      this.#times -= contact.timesMs.length;
      this.evicted++;
      this.#contacts.delete(key);
    }
  }
}

function weightOf(contact: Contact): number {
  return contact.count + (contact.entry === null ? 0 : 1e9);
}
