/** What a page answered: what forensic questions need of it, in bounded memory and whatever order events come in. */
import type { Evidence } from "../finding.ts";
import type { ClientRecord } from "./client-table.ts";
import { DayTotals } from "./day-totals.ts";
import { NumberSet } from "./number-set.ts";

/** The first answer of so many clients is kept per page: those whose hash is least, so that the order of clients does not matter. */
const KEPT_CLIENTS = 32;
/** Sizes of so many answers are kept per page, chosen likewise. */
const KEPT_SIZES = 16;
/** Names of so many clients and user agents are kept per page. */
const KEPT_NAMES = 8;
/** The largest answers to so many clients are kept, apart for clients that show signs of an attack and for others. */
const KEPT_LARGEST = 4;

// What is empty at most pages is shared by them.
const NO_NUMBERS: number[] = [];
const NO_NAMES: readonly string[] = [];
const NO_ANSWERS: readonly LargeAnswer[] = [];

/** A large answer. */
export interface LargeAnswer {
  readonly client: string;
  readonly timeMs: number;
  readonly bytes: number;
  readonly evidence: Evidence;
  /** What the client had asked for just before. */
  readonly before: readonly Evidence[];
}

/** Keeps the items with the least hashes, sorted by them. */
class LeastHashes<Item> {
  readonly #limit: number;
  #hashes: number[] = NO_NUMBERS;
  #items: Item[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether an item of this hash is kept, or would be. */
  wants(hash: number): boolean {
    return this.#hashes.length < this.#limit || hash <= (this.#hashes[this.#limit - 1] ?? 0);
  }

  find(hash: number): Item | undefined {
    const at = this.#placeOf(hash);
    return this.#hashes[at] === hash ? this.#items[at] : undefined;
  }

  add(hash: number, item: Item): void {
    if (this.#hashes.length === 0) {
      this.#hashes = [hash];
      this.#items = [item];
      return;
    }
    const at = this.#placeOf(hash);
    this.#hashes.splice(at, 0, hash);
    this.#items.splice(at, 0, item);
    if (this.#hashes.length <= this.#limit) return;
    this.#hashes.pop();
    this.#items.pop();
  }

  all(): readonly Item[] {
    return this.#items;
  }

  #placeOf(hash: number): number {
    let start = 0;
    let end = this.#hashes.length;
    while (start < end) {
      const middle = (start + end) >> 1;
      if ((this.#hashes[middle] ?? 0) < hash) start = middle + 1;
      else end = middle;
    }
    return start;
  }
}

/** The first answer that a client got of a page. */
interface FirstAnswer {
  readonly client: string;
  timeMs: number;
  bytes: number;
}

/** Sizes of answers of one kind: whole ones, or parts (206). */
export class AnswerSizes {
  readonly #firsts = new LeastHashes<FirstAnswer>(KEPT_CLIENTS);
  readonly #some = new LeastHashes<number>(KEPT_SIZES);
  #signed: readonly LargeAnswer[] = NO_ANSWERS;
  #unsigned: readonly LargeAnswer[] = NO_ANSWERS;

  /** Counts an answer; `offset` tells it from others. */
  add(client: ClientRecord, timeMs: number, bytes: number, offset: number): void {
    this.#addFirst(client, timeMs, bytes);
    const hash = Math.imul(offset ^ (offset / 0x100000000) ^ Math.imul(bytes, 0x85ebca6b), 0x9e3779b1) >>> 2;
    if (this.#some.wants(hash)) this.#some.add(hash, bytes);
  }

  #addFirst({ hash, name }: ClientRecord, timeMs: number, bytes: number): void {
    const known = this.#firsts.wants(hash) ? this.#firsts.find(hash) : null;
    if (known === null) return;
    if (known === undefined) this.#firsts.add(hash, { client: name, timeMs, bytes });
    else if (timeMs < known.timeMs) {
      known.timeMs = timeMs;
      known.bytes = bytes;
    }
  }

  /** Whether an answer is among the largest. */
  isLarge(client: ClientRecord, bytes: number): boolean {
    const list = client.signs > 0 ? this.#signed : this.#unsigned;
    if (list.length >= KEPT_LARGEST && bytes <= (list[KEPT_LARGEST - 1]?.bytes ?? 0)) return false;
    for (const own of list) if (own.client === client.name) return bytes > own.bytes;
    return true;
  }

  /** Keeps the first answer of all, to a client without signs of an attack. */
  keepFirst(answer: LargeAnswer): void {
    this.#unsigned = [answer];
  }

  /** Keeps a large answer, one per client. */
  keepLarge(client: ClientRecord, answer: LargeAnswer): void {
    const list = client.signs > 0 ? this.#signed : this.#unsigned;
    if (list.length === 0) {
      if (client.signs > 0) this.#signed = [answer];
      else this.#unsigned = [answer];
      return;
    }
    const own = list.find((other) => other.client === answer.client);
    if (own !== undefined && own.bytes >= answer.bytes) return;
    const kept = [...list.filter((other) => other !== own), answer]
      .sort((a, b) => b.bytes - a.bytes || a.timeMs - b.timeMs)
      .slice(0, KEPT_LARGEST);
    if (client.signs > 0) this.#signed = kept;
    else this.#unsigned = kept;
  }

  /** First answers, of the clients that the test lets pass. */
  firstBytes(isWanted: (client: string) => boolean): readonly number[] {
    return this.#firsts
      .all()
      .filter(({ client }) => isWanted(client))
      .map(({ bytes }) => bytes);
  }

  /** Sizes of some answers, those of all requests alike. */
  someBytes(): readonly number[] {
    return this.#some.all();
  }

  /** The largest answers. */
  largest(): readonly LargeAnswer[] {
    return [...this.#signed, ...this.#unsigned];
  }
}

/** So many of those who sent something are told apart. */
const MOST_POSTERS = 16;

/** What is known of a page once it was answered with 2xx. */
export class PageAnswers {
  /** Whether the page belongs to the site; null: there is no inventory. */
  readonly isListed: boolean | null;
  count = 0;
  /** Requests that sent something: POST, PUT, PATCH. */
  posts = 0;
  /** Matches of rules about getting in, and requests with the parameters of a shell. */
  signs = 0;
  firstMs: number = Number.POSITIVE_INFINITY;
  lastMs: number = Number.NEGATIVE_INFINITY;
  bytes = 0;
  largestBytes = 0;
  sentBytes = 0;
  readonly clients: NumberSet = new NumberSet(64);
  clientNames: readonly string[] = NO_NAMES;
  /** Who sent something; null: nobody. */
  posters: NumberSet | null = null;
  firstPost: Evidence | null = null;
  firstPoster: string | null = null;
  agents: readonly string[] = NO_NAMES;
  first: Evidence | null = null;
  last: Evidence | null = null;
  readonly days: DayTotals = new DayTotals();
  whole: AnswerSizes | null = null;
  parts: AnswerSizes | null = null;

  constructor(isListed: boolean | null) {
    this.isListed = isListed;
  }

  /** Counts one who sent something. */
  addPoster(client: ClientRecord): void {
    this.posters ??= new NumberSet(MOST_POSTERS);
    this.posters.add(client.id);
  }

  /** Keeps the name of a client and of its agent, while there is room. */
  nameClient(client: ClientRecord, agent: () => string | null): void {
    if (this.clientNames.length >= KEPT_NAMES || this.clientNames.includes(client.name)) return;
    this.clientNames = [...this.clientNames, client.name];
    const name = agent();
    if (name !== null && !this.agents.includes(name)) this.agents = [...this.agents, name.slice(0, 200)];
  }
}
