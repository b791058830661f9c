/** What a page answered: what forensic questions need of it, in bounded memory and whatever order events come in. */
import type { Evidence } from "../finding.ts";
import type { ClientRecord } from "./client-table.ts";
import { DayTotals } from "./day-totals.ts";
import { NumberSet } from "./number-set.ts";

/** The first answer of so many clients is kept per page: those whose hash is least, so that the order of clients does not matter. */
const KEPT_CLIENTS = 128;
/** Sizes of so many answers are kept per page, chosen likewise. */
const KEPT_SIZES = 64;
/** Names of so many clients and user agents are kept per page. */
const KEPT_NAMES = 8;
/** The largest answers to so many clients are kept, apart for clients that show signs of an attack and for others. */
const KEPT_LARGEST = 4;

/** The first answer that a client got of a page. */
interface FirstAnswer {
  readonly client: string;
  timeMs: number;
  bytes: number;
}

/** A large answer. */
export interface LargeAnswer {
  readonly client: string;
  readonly timeMs: number;
  readonly bytes: number;
  readonly evidence: Evidence;
  /** What the client had asked for just before. */
  readonly before: readonly Evidence[];
}

/** Sizes of answers of one kind: whole ones, or parts (206). */
export class AnswerSizes {
  readonly #firsts = new Map<number, FirstAnswer>();
  #largestHash = 0;
  readonly #sizes: { readonly hash: number; readonly bytes: number; readonly client: string }[] = [];
  #largestSizeHash = 0;
  #signed: LargeAnswer[] = [];
  #unsigned: LargeAnswer[] = [];

  /** Counts an answer; `offset` tells it from others. */
  add(client: ClientRecord, timeMs: number, bytes: number, offset: number): void {
    this.#addFirst(client, timeMs, bytes);
    const hash =
      (Math.imul(offset ^ (offset / 0x100000000), 0x9e3779b1) ^ Math.imul(bytes, 0x85ebca6b)) >>> 0;
    if (this.#sizes.length < KEPT_SIZES) {
      this.#sizes.push({ hash, bytes, client: client.name });
      this.#largestSizeHash = Math.max(hash, this.#largestSizeHash);
    } else if (hash < this.#largestSizeHash) {
      const at = this.#sizes.findIndex((size) => size.hash === this.#largestSizeHash);
      this.#sizes[at] = { hash, bytes, client: client.name };
      this.#largestSizeHash = this.#sizes.reduce((largest, size) => Math.max(largest, size.hash), 0);
    }
  }

  #addFirst(client: ClientRecord, timeMs: number, bytes: number): void {
    const { hash } = client;
    if (this.#firsts.size >= KEPT_CLIENTS && hash > this.#largestHash) return;
    const known = this.#firsts.get(hash);
    if (known !== undefined) {
      if (timeMs >= known.timeMs) return;
      known.timeMs = timeMs;
      known.bytes = bytes;
      return;
    }
    this.#firsts.set(hash, { client: client.name, timeMs, bytes });
    if (this.#firsts.size > KEPT_CLIENTS) this.#firsts.delete(this.#largestHash);
    this.#largestHash = Math.max(...this.#firsts.keys());
  }

  /** Whether an answer is among the largest. */
  isLarge(client: ClientRecord, bytes: number): boolean {
    const list = client.signs > 0 ? this.#signed : this.#unsigned;
    return list.length < KEPT_LARGEST || bytes > (list.at(-1)?.bytes ?? 0);
  }

  /** Keeps a large answer, one per client. */
  keepLarge(client: ClientRecord, answer: LargeAnswer): void {
    const list = client.signs > 0 ? this.#signed : this.#unsigned;
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
    return [...this.#firsts.values()].filter(({ client }) => isWanted(client)).map(({ bytes }) => bytes);
  }

  /** Sizes of some answers, those of all requests alike. */
  someBytes(): readonly number[] {
    return this.#sizes.map(({ bytes }) => bytes);
  }

  /** The largest answers. */
  largest(): readonly LargeAnswer[] {
    return [...this.#signed, ...this.#unsigned];
  }
}

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
  readonly clientNames: string[] = [];
  readonly posters: NumberSet = new NumberSet(16);
  firstPost: Evidence | null = null;
  firstPoster: string | null = null;
  readonly agents: string[] = [];
  first: Evidence | null = null;
  last: Evidence | null = null;
  readonly days: DayTotals = new DayTotals();
  whole: AnswerSizes | null = null;
  parts: AnswerSizes | null = null;

  constructor(isListed: boolean | null) {
    this.isListed = isListed;
  }

  /** Keeps the name of a client and of its agent, while there is room. */
  nameClient(client: ClientRecord, agent: () => string | null): void {
    if (this.clientNames.length >= KEPT_NAMES || this.clientNames.includes(client.name)) return;
    this.clientNames.push(client.name);
    const name = agent();
    if (name !== null && !this.agents.includes(name)) this.agents.push(name.slice(0, 200));
  }
}
