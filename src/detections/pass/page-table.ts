/** The pages of a site: what is known of each, in a table of bounded size. */
import { randomInt } from "node:crypto";
import type { TextSpan } from "../event.ts";
import type { Evidence } from "../finding.ts";
import type { ClientRecord } from "./client-table.ts";
import { ownText } from "./event-values.ts";
import { lightest } from "./lightest.ts";
import type { PageAnswers } from "./page-answers.ts";
import { extensionOfPath, isScriptPath, isStaticExtension, LONGEST_PATH } from "./paths.ts";

/** A page and what it answered. */
export class PageRecord {
  readonly id: number;
  /** Host (empty when the log has none) and path. */
  readonly host: string;
  readonly path: string;
  readonly isStatic: boolean;
  /** Whether a server may run it. */
  readonly isScript: boolean;
  requests = 0;
  /** Which rules can count events of this page at all; null: nobody asked yet. Belongs to who counts. */
  candidates: unknown = null;
  /** When it was missing (404, 410): the first time, and some others with their evidence where there is any. */
  firstMissingMs: number = Number.POSITIVE_INFINITY;
  lastMissingMs: number = Number.NEGATIVE_INFINITY;
  missing: MissingAnswer[] | null = null;
  /** What is known once it was answered with 2xx; null before, and while `only` holds all that is known. */
  answers: PageAnswers | null = null;
  /** The only answer so far, when nothing is remarkable about it: most pages of a log are asked for once. */
  only: OnlyAnswer | null = null;

  constructor(id: number, host: string, path: string) {
    this.id = id;
    this.host = host;
    this.path = path;
    const extension = extensionOfPath(path);
    this.isStatic = isStaticExtension(extension);
    this.isScript = isScriptPath(path, extension);
  }
}

/** An answer to a client that had shown no signs of an attack. */
export interface OnlyAnswer {
  readonly client: ClientRecord;
  readonly timeMs: number;
  readonly bytes: number | null;
  readonly uri: string;
  readonly offset: number;
  readonly length: number;
}

/** A time at which a page was missing. */
export interface MissingAnswer {
  readonly timeMs: number;
  readonly client: string;
  readonly evidence: Evidence | null;
}

/** A page's place in the table is found by a hash that begins with a number that nobody knows, so that it is hard to make up paths that collide. */
const SEED = randomInt(0x7fffffff);
const FIRST_SLOTS = 1024;
const [SLASH, QUESTION_MARK, NUMBER_SIGN, BLANK] = [0x2f, 0x3f, 0x23, 0x20];
const ASCII = 128;

/** A table of pages that never holds more than its limit: when it is full, pages that were never answered go first. */
export class PageTable {
  readonly #limit: number;
  /** In the order in which they came. */
  #pages: PageRecord[] = [];
  #hashes = new Int32Array(FIRST_SLOTS);
  /** Open addressing: a page's number and one; 0: free. Twice as many as pages at least. */
  #slots = new Int32Array(FIRST_SLOTS);
  #nextId = 0;
  /** How many pages that had been answered were let go. Those that were only asked for in vain are no loss. */
  evictedAnswered = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The page at this path of this host, new when it was not known. `isPiece`: the path is a piece of a longer text, and must not keep that. */
  get(host: string, path: string, isPiece: boolean): PageRecord {
    const hash = hashOf(host, path);
    for (let slot = hash & (this.#slots.length - 1); ; slot = (slot + 1) & (this.#slots.length - 1)) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0) break;
      const page = this.#pages[number - 1];
      if (this.#hashes[number - 1] === hash && page?.path === path && page.host === host) return page;
    }
    return this.#add(hash, host === "" ? "" : ownText(host), isPiece ? ownText(path) : path);
  }

  /**
   * The page at the path of a request target, of a log that tells no hosts; null when only the text tells what it is: an absolute target, a
   * path of more than ASCII, or a long one. Fast path: nothing is decoded.
   */
  ofTarget({ bytes, start, end }: TextSpan): PageRecord | null {
    if (bytes[start] !== SLASH) return null;
    let hash = hashStep(SEED, BLANK);
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUESTION_MARK || byte === NUMBER_SIGN) break;
      if (byte >= ASCII) return null;
      hash = hashStep(hash, byte);
    }
    if (at - start > LONGEST_PATH) return null;
    hash = mixed(hash);
    for (let slot = hash & (this.#slots.length - 1); ; slot = (slot + 1) & (this.#slots.length - 1)) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0) return this.#add(hash, "", bytes.toString("latin1", start, at));
      const page = this.#pages[number - 1];
      if (this.#hashes[number - 1] === hash && page !== undefined && isPathOf(page, bytes, start, at))
        return page;
    }
  }

  get size(): number {
    return this.#pages.length;
  }

  all(): Iterable<PageRecord> {
    return this.#pages;
  }

  #add(hash: number, host: string, path: string): PageRecord {
    if (this.size >= this.#limit) this.#evict();
    const page = new PageRecord(this.#nextId++, host, path);
    if (2 * (this.size + 1) > this.#slots.length) this.#place(this.#pages, 2 * this.#slots.length);
    this.#keep(page, hash);
    return page;
  }

  #keep(page: PageRecord, hash: number): void {
    const number = this.#pages.push(page);
    this.#hashes[number - 1] = hash;
    let slot = hash & (this.#slots.length - 1);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
    this.#slots[slot] = number;
  }

  /** Places these pages anew. */
  #place(pages: readonly PageRecord[], slots: number): void {
    this.#pages = [];
    this.#slots = new Int32Array(slots);
    this.#hashes = new Int32Array(slots);
    for (const page of pages) this.#keep(page, hashOf(page.host, page.path));
  }

  #evict(): void {
    const weights = [weightOf, ({ id }: PageRecord) => id];
    const gone = new Set(lightest(this.#pages, Math.floor(this.#limit / 2), weights));
    for (const page of gone) if (wasAnswered(page)) this.evictedAnswered++;
    this.#place(
      this.#pages.filter((page) => !gone.has(page)),
      this.#slots.length,
    );
  }
}

function hashStep(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

function mixed(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 12);
}

function hashOf(host: string, path: string): number {
  let hash = SEED;
  for (let index = 0; index < host.length; index++) hash = hashStep(hash, host.charCodeAt(index));
  hash = hashStep(hash, BLANK);
  for (let index = 0; index < path.length; index++) hash = hashStep(hash, path.charCodeAt(index));
  return mixed(hash);
}

function isPathOf({ host, path }: PageRecord, bytes: Buffer, start: number, end: number): boolean {
  if (path.length !== end - start || host !== "") return false;
  for (let index = 0; index < path.length; index++)
    if (path.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}

function weightOf(page: PageRecord): number {
  return (wasAnswered(page) ? 1e9 : 0) + page.requests;
}

function wasAnswered({ answers, only }: PageRecord): boolean {
  return answers !== null || only !== null;
}
