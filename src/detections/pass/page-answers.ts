/** What a page answered: what forensic questions need of it, in bounded memory and whatever order events come in. */
import type { Evidence } from "../finding.ts";
import type { ClientRecord } from "./client-table.ts";
import { DayTotals } from "./day-totals.ts";
import { ipv4Text } from "./ipv4.ts";
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

/** Numbers of a client's first answer: the client's hash and identity, the time, the size; of an answer among some: its hash, the size. */
const [FIRST_WIDTH, SOME_WIDTH] = [4, 2];
/** Hashes are less than this. */
const ANY_HASH = 0x40000000;
/** Clients that are no IPv4 addresses stand for the place of their name, from this number on. */
const FIRST_NAME = 0x100000000;

/**
 * Sizes of answers of one kind: whole ones, or parts (206). Rows of numbers, sorted by hash: there are as many of these as pages, and
 * objects for each would be most of a run's memory.
 */
export class AnswerSizes {
  #firsts: number[] = NO_NUMBERS;
  #some: number[] = NO_NUMBERS;
  /** Greater hashes are not kept. */
  #greatestFirst = ANY_HASH;
  #greatestSome = ANY_HASH;
  /** Names of the clients among the first answers that are no IPv4 addresses; null: there is none. */
  #names: (string | null)[] | null = null;
  #signed: readonly LargeAnswer[] = NO_ANSWERS;
  #unsigned: readonly LargeAnswer[] = NO_ANSWERS;
  /** No smaller answer to a client without signs is among the largest; negative: all are. */
  #leastUnsigned = -1;

  /** Counts an answer; `offset` tells it from others. */
  add(client: ClientRecord, timeMs: number, bytes: number, offset: number): void {
    if (client.hash <= this.#greatestFirst) this.#addFirst(client, timeMs, bytes);
    const hash = Math.imul(offset ^ (offset / 0x100000000) ^ Math.imul(bytes, 0x85ebca6b), 0x9e3779b1) >>> 2;
    if (hash > this.#greatestSome) return;
    this.#some = withRow(this.#some, placeOf(this.#some, SOME_WIDTH, hash), [hash, bytes]);
    if (this.#some.length > KEPT_SIZES * SOME_WIDTH) this.#some.length = KEPT_SIZES * SOME_WIDTH;
    if (this.#some.length === KEPT_SIZES * SOME_WIDTH)
      this.#greatestSome = this.#some.at(-SOME_WIDTH) ?? ANY_HASH;
  }

  #addFirst({ hash, identity }: ClientRecord, timeMs: number, bytes: number): void {
    const at = placeOf(this.#firsts, FIRST_WIDTH, hash);
    if (this.#firsts[at] === hash) {
      if (timeMs >= (this.#firsts[at + 2] ?? 0)) return;
      this.#firsts[at + 2] = timeMs;
      this.#firsts[at + 3] = bytes;
      return;
    }
    const who = typeof identity === "number" ? identity : this.#placeName(identity);
    this.#firsts = withRow(this.#firsts, at, [hash, who, timeMs, bytes]);
    if (this.#firsts.length > KEPT_CLIENTS * FIRST_WIDTH) {
      this.#dropName(this.#firsts.at(1 - FIRST_WIDTH) ?? 0);
      this.#firsts.length = KEPT_CLIENTS * FIRST_WIDTH;
    }
    if (this.#firsts.length === KEPT_CLIENTS * FIRST_WIDTH)
      this.#greatestFirst = this.#firsts.at(-FIRST_WIDTH) ?? ANY_HASH;
  }

  #placeName(name: string): number {
    this.#names ??= [];
    const free = this.#names.indexOf(null);
    const index = free < 0 ? this.#names.length : free;
    this.#names[index] = name;
    return FIRST_NAME + index;
  }

  #dropName(who: number): void {
    if (this.#names !== null && who >= FIRST_NAME) this.#names[who - FIRST_NAME] = null;
  }

  /** Whether an answer is among the largest. */
  isLarge(client: ClientRecord, bytes: number): boolean {
    const isSigned = client.signs > 0;
    if (!isSigned && bytes <= this.#leastUnsigned) return false;
    const list = isSigned ? this.#signed : this.#unsigned;
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
    const isSigned = client.signs > 0;
    const list = isSigned ? this.#signed : this.#unsigned;
    const own = list.find((other) => other.client === answer.client);
    if (own !== undefined && own.bytes >= answer.bytes) return;
    const kept = [...list.filter((other) => other !== own), answer]
      .sort((a, b) => b.bytes - a.bytes || a.timeMs - b.timeMs)
      .slice(0, KEPT_LARGEST);
    if (isSigned) this.#signed = kept;
    else {
      this.#unsigned = kept;
      if (kept.length === KEPT_LARGEST) this.#leastUnsigned = kept.at(-1)?.bytes ?? -1;
    }
  }

  /** First answers, of the clients that the test lets pass. */
  firstBytes(isWanted: (client: string) => boolean): readonly number[] {
    return this.#firsts.filter((_, at) => at % FIRST_WIDTH === 3 && isWanted(this.#nameAt(at - 2)));
  }

  #nameAt(at: number): string {
    const who = this.#firsts[at] ?? 0;
    return who >= FIRST_NAME ? (this.#names?.[who - FIRST_NAME] ?? "") : ipv4Text(who);
  }

  /** Sizes of some answers, those of all requests alike. */
  someBytes(): readonly number[] {
    return this.#some.filter((_, at) => at % SOME_WIDTH === 1);
  }

  /** The largest answers. */
  largest(): readonly LargeAnswer[] {
    return [...this.#signed, ...this.#unsigned];
  }
}

/** Where the row with this hash stands, or would. */
function placeOf(rows: readonly number[], width: number, hash: number): number {
  let start = 0;
  let end = rows.length / width;
  while (start < end) {
    const middle = (start + end) >> 1;
    if ((rows[middle * width] ?? 0) < hash) start = middle + 1;
    else end = middle;
  }
  return start * width;
}

/** The rows with one more at this place. */
function withRow(rows: number[], at: number, row: readonly number[]): number[] {
  if (rows.length === 0) return [...row];
  rows.splice(at, 0, ...row);
  return rows;
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
