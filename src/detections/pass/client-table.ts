/** The clients of a log: what is known of each, in a table of bounded size. */
import type { Evidence, Severity } from "../finding.ts";
import { DayTotals } from "./day-totals.ts";
import { ipv4Bits, ipv4Text } from "./ipv4.ts";
import { lightest } from "./lightest.ts";
import { NumberSet } from "./number-set.ts";
import { isAtLeast } from "./severity.ts";
import { textHash } from "./text-hash.ts";

/** So many times of a client's first requests are kept, for the pause between them. */
const KEPT_TIMES = 256;

const NOTHING: readonly Evidence[] = [];

/** A bucket of a client, by the number of its rule, and the client's next one. They belong to who counts. */
export interface ClientBucket {
  readonly rule: number;
  next: ClientBucket | null;
}

const NO_TIMES: readonly number[] = [];
/** Pages of one client that are told apart. */
const MOST_PAGES = 65_536;

/**
 * What is known of a client. Everything is counted as it comes; nothing depends on the order of events. Most clients come once: what only
 * others need is made when it is needed.
 */
export class ClientRecord {
  readonly id: number;
  /** The bits of an IPv4 address, signed; or a name. */
  readonly identity: string | number;
  #name: string | null = null;
  #hash: number | null = null;
  events = 0;
  firstMs: number = Number.POSITIVE_INFINITY;
  lastMs: number = Number.NEGATIVE_INFINITY;
  /** Answers by class: 2xx and 3xx, 4xx, 5xx. */
  answered = 0;
  refused = 0;
  broken = 0;
  hasAskedRobots = false;
  /** Events that matched a rule of medium severity or worse. */
  signs = 0;
  /** The worst severity of what matched and was found; null: nothing was. */
  worst: Severity | null = null;
  /** Pages, not their trimmings: the only one so far; then all of them. */
  #onlyPage: number | null = null;
  #pages: NumberSet | null = null;
  pageRequests = 0;
  #latestKeptMs = Number.NEGATIVE_INFINITY;
  /** The only time so far; then the list of times. */
  #onlyTimeMs: number | null = null;
  #times: number[] | null = null;
  sent: DayTotals | null = null;
  #onlyReceivedMs: number | null = null;
  #onlyReceivedBytes = 0;
  /** Bytes that were sent to it; null: nothing was, or once. */
  received: DayTotals | null = null;
  /** What it asked for last, kept once it shows signs of an attack. */
  recent: readonly Evidence[] = NOTHING;
  /** The first of the buckets of rules that count by client alone; null: there is none. */
  bucket: ClientBucket | null = null;

  constructor(id: number, identity: string | number) {
    this.id = id;
    this.identity = identity;
  }

  get name(): string {
    const { identity } = this;
    this.#name ??= typeof identity === "string" ? identity : ipv4Text(identity);
    return this.#name;
  }

  /** A number made of the name, by which some of many clients are chosen. */
  get hash(): number {
    this.#hash ??= textHash(this.name) % 0x40000000;
    return this.#hash;
  }

  /** Whether it attacks, by more than a single match of medium severity: links to odd pages lead everybody to those. */
  get isSuspect(): boolean {
    return this.signs >= 3 || isAtLeast(this.worst, "high");
  }

  /** Times of requests for pages. */
  get times(): readonly number[] {
    return this.#times ?? (this.#onlyTimeMs === null ? NO_TIMES : [this.#onlyTimeMs]);
  }

  /** Different pages, not their trimmings, that it asked for. */
  get pageCount(): number {
    if (this.#pages !== null) return this.#pages.size;
    return this.#onlyPage === null ? 0 : 1;
  }

  /** Counts a page; whether it is new here. */
  addPage(id: number): boolean {
    if (this.#pages !== null) return this.#pages.add(id);
    if (this.#onlyPage === id) return false;
    if (this.#onlyPage === null) {
      this.#onlyPage = id;
      return true;
    }
    this.#pages = new NumberSet(MOST_PAGES);
    this.#pages.add(this.#onlyPage);
    return this.#pages.add(id);
  }

  /** Counts bytes that were sent to the client. */
  receive(timeMs: number, bytes: number): void {
    if (this.received === null) {
      if (this.#onlyReceivedMs === null) {
        this.#onlyReceivedMs = timeMs;
        this.#onlyReceivedBytes = bytes;
        return;
      }
      this.received = new DayTotals();
      this.received.add(this.#onlyReceivedMs, this.#onlyReceivedBytes);
    }
    this.received.add(timeMs, bytes);
  }

  /** Counts bytes that the client sent. */
  send(timeMs: number, bytes: number): void {
    this.sent ??= new DayTotals();
    this.sent.add(timeMs, bytes);
  }

  /** Counts the time of a request for a page; the earliest ones are kept. */
  addTime(timeMs: number): void {
    if (this.#onlyTimeMs === null) {
      this.#onlyTimeMs = timeMs;
      this.#latestKeptMs = timeMs;
      return;
    }
    this.#times ??= [this.#onlyTimeMs];
    const times = this.#times;
    if (times.length < KEPT_TIMES) {
      times.push(timeMs);
      if (timeMs > this.#latestKeptMs) this.#latestKeptMs = timeMs;
    } else if (timeMs < this.#latestKeptMs) {
      times[times.indexOf(this.#latestKeptMs)] = timeMs;
      this.#latestKeptMs = Math.max(...times);
    }
  }
}

/** A table of clients that never holds more than its limit: when it is full, the lighter half is let go. */
export class ClientTable {
  readonly #limit: number;
  readonly #onEvict: (client: ClientRecord) => void;
  /** Fast path: most clients are IPv4 addresses, and those are known by number. All others by name. */
  readonly #byIpv4 = new Map<number, ClientRecord>();
  readonly #byName = new Map<string, ClientRecord>();
  #nextId = 0;
  /** How many were let go, and how many of their events were no longer at hand afterwards. */
  evicted = 0;
  evictedEvents = 0;

  /** `onEvict` is told of each client that is let go, before it is. */
  constructor(limit: number, onEvict: (client: ClientRecord) => void) {
    this.#limit = limit;
    this.#onEvict = onEvict;
  }

  /** The client of this name, new when it was not known. The name is kept: it must be no piece of a long text. */
  get(name: string): ClientRecord {
    const bits = ipv4Bits(name);
    if (bits !== null) return this.ofIpv4(bits);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const client = this.#newClient(name);
    this.#byName.set(name, client);
    return client;
  }

  /** The client with this IPv4 address, new when it was not known. */
  ofIpv4(bits: number): ClientRecord {
    // Signed, such numbers are no objects.
    const key = bits | 0;
    const known = this.#byIpv4.get(key);
    if (known !== undefined) return known;
    const client = this.#newClient(key);
    this.#byIpv4.set(key, client);
    return client;
  }

  #newClient(identity: string | number): ClientRecord {
    if (this.size >= this.#limit) this.#evict();
    return new ClientRecord(this.#nextId++, identity);
  }

  /** The client of this name, or undefined. */
  find(name: string): ClientRecord | undefined {
    const bits = ipv4Bits(name);
    return bits === null ? this.#byName.get(name) : this.#byIpv4.get(bits | 0);
  }

  get size(): number {
    return this.#byIpv4.size + this.#byName.size;
  }

  all(): Iterable<ClientRecord> {
    return [...this.#byIpv4.values(), ...this.#byName.values()];
  }

  #evict(): void {
    const weights = [weightOf, ({ lastMs }: ClientRecord) => lastMs, ({ id }: ClientRecord) => id];
    for (const client of lightest([...this.all()], Math.floor(this.#limit / 2), weights)) {
      this.#onEvict(client);
      if (typeof client.identity === "number") this.#byIpv4.delete(client.identity);
      else this.#byName.delete(client.identity);
      this.evicted++;
      this.evictedEvents += client.events;
    }
  }
}

/** Clients that showed signs of an attack stay longest, then those with most events. */
function weightOf(client: ClientRecord): number {
  return Math.min(client.signs, 1e6) * 1e6 + client.events;
}
