/** One event as all parts of the pass see it: what several of them need is worked out once. */
import type { DetectionEvent, TextSpan } from "../event.ts";
import type { Evidence } from "../finding.ts";
import type { RuleMatch } from "../rule.ts";
import type { ClientRecord, ClientTable } from "./client-table.ts";
import { numberField, textField } from "./event-values.ts";
import { evidenceOf } from "./evidence.ts";
import type { PageRecord, PageTable } from "./page-table.ts";
import { pathOfTarget, queryOfTarget } from "./paths.ts";

const QUESTION_MARK = 0x3f;

/** Stands for an event before the first one. */
const NO_EVENT: DetectionEvent = {
  kind: "other",
  place: { uri: "", offset: 0, length: 0 },
  isParsed: false,
  timeMs: null,
  value: () => null,
  rawText: () => "",
};

/** Who a client is, by name or by the bits of its IPv4 address. The default takes the address that connected; what a client says of itself counts for nothing. */
export type ClientOf = (event: DetectionEvent) => string | number | null;

/** The event that is looked at. The object stays, what it stands for changes; nothing of it may be kept but what its parts say. */
export class EventView {
  event: DetectionEvent = NO_EVENT;
  matches: readonly RuleMatch[] = [];
  timeMs: number | null = null;
  /** Null: the event tells none. */
  client: ClientRecord | null = null;
  status: number | null = null;
  bytes: number | null = null;
  /** Of requests to a web server; null for all others. */
  page: PageRecord | null = null;
  /** Undefined: nobody has asked. */
  #target: string | null | undefined;
  #method: string | null | undefined;
  #agent: string | null | undefined;
  #evidence: Evidence | null = null;
  readonly #clients: ClientTable;
  readonly #pages: PageTable;
  readonly #clientOf: ClientOf;

  constructor(clients: ClientTable, pages: PageTable, clientOf: ClientOf) {
    this.#clients = clients;
    this.#pages = pages;
    this.#clientOf = clientOf;
  }

  /** Turns to the next event. */
  read(event: DetectionEvent, matches: readonly RuleMatch[]): void {
    this.event = event;
    this.matches = matches;
    this.timeMs = event.timeMs;
    this.#method = undefined;
    this.#agent = undefined;
    this.#evidence = null;
    this.#target = null;
    this.status = null;
    this.bytes = null;
    this.page = null;
    const name = event.isParsed ? this.#clientOf(event) : null;
    this.client = typeof name === "number" ? this.#clients.ofIpv4(name) : this.#named(name);
    if (event.isParsed && (event.kind === "web" || event.kind === "proxy")) this.#readRequest();
  }

  #named(name: string | null): ClientRecord | null {
    return name === null ? null : this.#clients.get(name);
  }

  #readRequest(): void {
    const { event } = this;
    this.#target = undefined;
    this.status = numberField(event, "http.response.status_code");
    this.bytes = numberField(event, "http.response.bytes");
    if (event.kind === "web") this.page = this.#pageOf(event);
  }

  #pageOf(event: DetectionEvent): PageRecord | null {
    const host = textField(event, "url.domain");
    const span = host === null ? (event.span?.("url.original") ?? null) : null;
    const known = span === null ? null : this.#pages.ofTarget(span);
    if (known !== null) return known;
    const { target } = this;
    if (target === null) return null;
    const path = pathOfTarget(target);
    return this.#pages.get(host ?? "", path, path !== target);
  }

  /** What was asked for, as it stands in the log; its path where the log tells no more. */
  get target(): string | null {
    if (this.#target === undefined)
      this.#target = textField(this.event, "url.original") ?? textField(this.event, "url.path");
    return this.#target;
  }

  /** The path of what was asked for. */
  get path(): string | null {
    return this.page?.path ?? (this.target === null ? null : pathOfTarget(this.target));
  }

  /** What stands behind the question mark. */
  get query(): string | null {
    if (this.#target === undefined && hasNoQuery(this.event.span?.("url.original") ?? null)) return null;
    const whole = this.#target === null ? null : textField(this.event, "url.original");
    return whole === null ? textField(this.event, "url.query") : queryOfTarget(whole);
  }

  get method(): string | null {
    if (this.#method === undefined) this.#method = textField(this.event, "http.request.method");
    return this.#method;
  }

  get agent(): string | null {
    if (this.#agent === undefined) this.#agent = textField(this.event, "user_agent.original");
    return this.#agent;
  }

  /** The event as evidence; the match that is told is the first one. Made once per event. */
  evidence(): Evidence {
    this.#evidence ??= evidenceOf(this.event, this.matches[0] ?? null);
    return this.#evidence;
  }
}

/** Fast path: most targets have none, and need not be decoded to see that. */
function hasNoQuery(target: TextSpan | null): boolean {
  if (target === null || target.start === target.end) return false;
  for (let at = target.start; at < target.end; at++) if (target.bytes[at] === QUESTION_MARK) return false;
  return true;
}
