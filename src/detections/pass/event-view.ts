/** One event as all parts of the pass see it: what several of them need is worked out once. */
import type { DetectionEvent } from "../event.ts";
import type { Evidence } from "../finding.ts";
import type { RuleMatch } from "../rule.ts";
import type { ClientRecord, ClientTable } from "./client-table.ts";
import { numberField, textField } from "./event-values.ts";
import { evidenceOf } from "./evidence.ts";
import type { PageRecord, PageTable } from "./page-table.ts";
import { pathOfTarget, queryOfTarget } from "./paths.ts";

const QUESTION_MARK = 0x3f;
const ASCII = 128;
const [UPPER_A, UPPER_Z, CASE_STEP] = [0x41, 0x5a, 0x20];

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
    const whole = this.#target === null ? null : textField(this.event, "url.original");
    return whole === null ? textField(this.event, "url.query") : queryOfTarget(whole);
  }

  /** Whether the query begins with a text of ASCII in lower case; the case of its own letters does not count. */
  queryStartsWith(text: string): boolean {
    const span = this.#target === undefined ? (this.event.span?.("url.original") ?? null) : null;
    if (span === null || span.start === span.end) return this.query?.toLowerCase().startsWith(text) === true;
    let at = span.start;
    while (at < span.end && span.bytes[at] !== QUESTION_MARK) at++;
    if (span.end - at <= text.length) return false;
    for (let index = 0; index < text.length; index++) {
      const byte = span.bytes[at + 1 + index] ?? 0;
      if (byte >= ASCII) return this.query?.toLowerCase().startsWith(text) === true;
      const lower = byte >= UPPER_A && byte <= UPPER_Z ? byte + CASE_STEP : byte;
      if (lower !== text.charCodeAt(index)) return false;
    }
    return true;
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
