/** What pages answered, and to whom: gathered for the questions which page gave in, whether there is a web shell, and whether data leaves. */
import type { Evidence, Finding } from "../finding.ts";
import type { ClientRecord, ClientTable } from "../pass/client-table.ts";
import { numberField } from "../pass/event-values.ts";
import type { EventView } from "../pass/event-view.ts";
import { compareEvidence, placeOf } from "../pass/evidence.ts";
import { AnswerSizes, PageAnswers } from "../pass/page-answers.ts";
import type { OnlyAnswer, PageRecord, PageTable } from "../pass/page-table.ts";
import type { PassPart } from "../pass/part.ts";
import { isAtLeast } from "../pass/severity.ts";
import type { RuleMatch } from "../rule.ts";
import { findPagesThatGaveIn } from "./gave-in.ts";
import type { Inventory } from "./inventory.ts";
import { findClientTraffic, findGigabytePages, findPageTraffic, findUnusualUploads } from "./traffic.ts";
import { findUnlistedPages } from "./unlisted-pages.ts";
import { isUploadTarget, UploadLog } from "./upload-log.ts";

/** Requests of a suspect that are kept, to be shown with what came of them. */
const KEPT_RECENT = 4;
/** Evidence of so many pages is kept. */
const KEPT_PAGES = 20_000;
/** An answer of so many bytes is remarkable by itself. */
const GIGABYTE = 1_000_000_000;
/** Times at which a page was missing. */
const KEPT_MISSING = 16;

const SENDING_METHODS: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "MOVE", "COPY"]);
/** Names of parameters that carry commands, and commands as values. */
const SHELL_QUERY =
  /(?:^|[?&;])(?:cmd|exec|command|shell|passthru|system|eval|run|cmdline)=|=(?:id|whoami|uname|ls|dir|pwd|net\+user|cat(?:%20|\+)|wget(?:%20|\+)|curl(?:%20|\+))(?:$|[&%+])/i;

/** Gathers what pages answered. */
export class SitePart implements PassPart {
  readonly fields: readonly string[] = ["http.request.bytes"];
  readonly kinds = ["web"] as const;
  readonly #clients: ClientTable;
  readonly #pages: PageTable;
  readonly #inventory: Inventory | null;
  readonly #uploads = new UploadLog();
  #evidenceLeft = KEPT_PAGES;
  #notes: readonly string[] = [];

  constructor(clients: ClientTable, pages: PageTable, inventory: Inventory | null) {
    this.#clients = clients;
    this.#pages = pages;
    this.#inventory = inventory;
  }

  observe(view: EventView): void {
    const { page, client, status, timeMs } = view;
    if (page === null || client === null || status === null || timeMs === null) return;
    page.requests++;
    if (page.only !== null) unfold(page, page.only);
    if (status === 404 || status === 410) countMissing(page, client, timeMs, view);
    else if (status >= 200 && status < 400) this.#countAnswer(view, page, client, timeMs, status);
    if (client.signs > 0) keepRecent(client, view.evidence());
  }

  #countAnswer(
    view: EventView,
    page: PageRecord,
    client: ClientRecord,
    timeMs: number,
    status: number,
  ): void {
    const bytes = view.bytes ?? 0;
    client.receive(timeMs, bytes);
    const isSending = !page.isStatic && SENDING_METHODS.has(view.method ?? "");
    if (isSending && (client.signs > 0 || view.method === "PUT" || isUploadTarget(page.path))) {
      this.#uploads.add(client, { timeMs, pageId: page.id, path: page.path, evidence: view.evidence() });
    }
    if (status > 299) return;
    if (page.answers === null && !isSending && this.#isPlain(view, page, client, status)) {
      const { uri, offset, length } = view.event.place;
      page.only = { client, timeMs, bytes: view.bytes, uri, offset, length };
      return;
    }
    page.answers ??= new PageAnswers(this.#inventory === null ? null : this.#inventory.has(page.path));
    const { answers } = page;
    answers.count++;
    answers.bytes += bytes;
    if (bytes > answers.largestBytes) answers.largestBytes = bytes;
    if (timeMs < answers.firstMs) answers.firstMs = timeMs;
    if (timeMs > answers.lastMs) answers.lastMs = timeMs;
    answers.clients.add(client.id);
    answers.days.add(timeMs, bytes);
    if (isSending) countPost(view, answers, client, timeMs);
    if (!page.isStatic) this.#countSize(view, answers, client, timeMs, status);
    this.#keepEvidence(view, page, answers, client);
  }

  /** Whether nothing follows from an answer as long as it is the only one of its page. */
  #isPlain(view: EventView, page: PageRecord, client: ClientRecord, status: number): boolean {
    return (
      this.#inventory === null &&
      client.signs === 0 &&
      !page.isScript &&
      status !== 206 &&
      (view.bytes ?? 0) < GIGABYTE &&
      (page.isStatic || view.method !== "HEAD")
    );
  }

  #countSize(
    view: EventView,
    answers: PageAnswers,
    client: ClientRecord,
    timeMs: number,
    status: number,
  ): void {
    const { bytes } = view;
    if (bytes === null || view.method === "HEAD") return;
    let sizes = status === 206 ? answers.parts : answers.whole;
    if (sizes === null) {
      sizes = new AnswerSizes();
      if (status === 206) answers.parts = sizes;
      else answers.whole = sizes;
    }
    sizes.add(client, timeMs, bytes, view.event.offset ?? view.event.place.offset);
    if (!sizes.isLarge(client, bytes)) return;
    const evidence = client.signs > 0 ? view.evidence() : placeOf(view.event);
    sizes.keepLarge(client, { client: client.name, timeMs, bytes, evidence, before: client.recent });
  }

  #keepEvidence(view: EventView, page: PageRecord, answers: PageAnswers, client: ClientRecord): void {
    const isSuspect =
      answers.isListed === false || client.signs > 0 || (answers.isListed === null && page.isScript);
    if (!isSuspect || (answers.count > 64 && answers.isListed !== false)) return;
    answers.nameClient(client, () => view.agent);
    if (view.query !== null && SHELL_QUERY.test(view.query)) answers.signs++;
    else if (view.matches.some(isShellRule)) answers.signs++;
    if (answers.first === null) {
      if (this.#evidenceLeft === 0) return;
      this.#evidenceLeft--;
    }
    const evidence = view.evidence();
    if (answers.first === null || compareEvidence(evidence, answers.first) < 0) answers.first = evidence;
    if (answers.last === null || compareEvidence(evidence, answers.last) > 0) answers.last = evidence;
  }

  /** A client is let go. */
  releaseClient(client: ClientRecord): void {
    this.#uploads.release(client);
  }

  take(isEnd: boolean): readonly Finding[] {
    if (!isEnd) return [];
    const pages = [...this.#pages.all()].filter(({ answers }) => answers !== null);
    const clients = this.#clients;
    const unlisted = findUnlistedPages(pages, clients, this.#uploads, this.#inventory !== null);
    this.#notes = unlisted.notes;
    return [
      ...findPagesThatGaveIn(
        pages.filter(({ id }) => !unlisted.shellIds.has(id)),
        clients,
      ),
      ...unlisted.findings,
      ...findPageTraffic(pages),
      ...findClientTraffic(clients.all()),
      ...findGigabytePages(pages),
      ...findUnusualUploads(pages),
    ];
  }

  notes(): readonly string[] {
    const left =
      this.#evidenceLeft === 0 ? [`Evidence was kept for the first ${KEPT_PAGES} suspect pages only.`] : [];
    return [...this.#notes, ...left];
  }
}

/** Rules of scripts that only stand where none should are no commands. */
function isShellRule({ rule }: RuleMatch): boolean {
  return rule.phase === "access" && isAtLeast(rule.severity, "high");
}

function countMissing(page: PageRecord, client: ClientRecord, timeMs: number, view: EventView): void {
  if (timeMs < page.firstMissingMs) page.firstMissingMs = timeMs;
  if (timeMs > page.lastMissingMs) page.lastMissingMs = timeMs;
  const { answers } = page;
  if (answers === null || answers.isListed === true || answers.count > 1000) return;
  page.missing ??= [];
  if (page.missing.length < KEPT_MISSING) {
    page.missing.push({ timeMs, client: client.name, evidence: view.evidence() });
  }
}

/** Counts the only answer of a page as others are counted from now on. */
function unfold(page: PageRecord, only: OnlyAnswer): void {
  const { client, timeMs, bytes, uri, offset, length } = only;
  const answers = new PageAnswers(null);
  page.answers = answers;
  page.only = null;
  answers.count = 1;
  answers.bytes = bytes ?? 0;
  answers.largestBytes = answers.bytes;
  answers.firstMs = timeMs;
  answers.lastMs = timeMs;
  answers.clients.add(client.id);
  answers.days.add(timeMs, answers.bytes);
  if (page.isStatic || bytes === null) return;
  const sizes = new AnswerSizes();
  answers.whole = sizes;
  sizes.add(client, timeMs, bytes, offset);
  const evidence = { uri, offset, length, timeMs, rawText: "", field: null, form: [], matchedText: null };
  sizes.keepFirst({ client: client.name, timeMs, bytes, evidence, before: [] });
}

function countPost(view: EventView, answers: PageAnswers, client: ClientRecord, timeMs: number): void {
  answers.posts++;
  const sent = numberField(view.event, "http.request.bytes") ?? 0;
  answers.sentBytes += sent;
  client.send(timeMs, sent);
  if (answers.posters !== null && answers.posters.size >= 3) return;
  answers.addPoster(client);
  const evidence = view.evidence();
  if (answers.firstPost !== null && compareEvidence(evidence, answers.firstPost) >= 0) return;
  answers.firstPost = evidence;
  answers.firstPoster = client.name;
}

function keepRecent(client: ClientRecord, evidence: Evidence): void {
  client.recent = [...client.recent.slice(1 - KEPT_RECENT), evidence];
}
