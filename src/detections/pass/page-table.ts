/** The pages of a site: what is known of each, in a table of bounded size. */
import type { Evidence } from "../finding.ts";
import type { ClientRecord } from "./client-table.ts";
import { ownText } from "./event-values.ts";
import { lightest } from "./lightest.ts";
import type { PageAnswers } from "./page-answers.ts";
import { extensionOfPath, isScriptPath, isStaticExtension } from "./paths.ts";

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

/** A table of pages that never holds more than its limit: when it is full, pages that were never answered go first. */
export class PageTable {
  readonly #limit: number;
  readonly #pages = new Map<string, PageRecord>();
  #nextId = 0;
  /** How many pages that had been answered were let go. Those that were only asked for in vain are no loss. */
  evictedAnswered = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The page at this path of this host, new when it was not known. `isPiece`: the path is a piece of a longer text, and must not keep that. */
  get(host: string, path: string, isPiece: boolean): PageRecord {
    const key = keyOf(host, path);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    if (this.#pages.size >= this.#limit) this.#evict();
    const own = isPiece ? ownText(path) : path;
    const page = new PageRecord(this.#nextId++, host === "" ? "" : ownText(host), own);
    this.#pages.set(keyOf(page.host, own), page);
    return page;
  }

  get size(): number {
    return this.#pages.size;
  }

  all(): IterableIterator<PageRecord> {
    return this.#pages.values();
  }

  #evict(): void {
    const weights = [weightOf, ({ id }: PageRecord) => id];
    for (const page of lightest([...this.#pages.values()], Math.floor(this.#limit / 2), weights)) {
      if (wasAnswered(page)) this.evictedAnswered++;
      this.#pages.delete(keyOf(page.host, page.path));
    }
  }
}

function keyOf(host: string, path: string): string {
  return host === "" ? path : `${host} ${path}`;
}

function weightOf(page: PageRecord): number {
  return (wasAnswered(page) ? 1e9 : 0) + page.requests;
}

function wasAnswered({ answers, only }: PageRecord): boolean {
  return answers !== null || only !== null;
}
