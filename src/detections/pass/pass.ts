/** The pass: one detector that shares among its parts what they know of clients and pages. */
import type { Detector } from "../detector.ts";
import type { DetectionEvent, EventKind } from "../event.ts";
import type { Finding } from "../finding.ts";
import type { RuleMatch } from "../rule.ts";
import { IDENTITY_FIELDS } from "./client-identity.ts";
import type { ClientRecord, ClientTable } from "./client-table.ts";
import { type ClientOf, EventView } from "./event-view.ts";
import type { PageTable } from "./page-table.ts";
import type { PassPart } from "./part.ts";
import { worseOf } from "./severity.ts";

/** Fields that the pass itself reads. */
const VIEW_FIELDS: readonly string[] = [
  ...IDENTITY_FIELDS,
  "http.response.status_code",
  "http.response.bytes",
  "http.request.method",
  "url.original",
  "url.path",
  "url.query",
  "url.domain",
  "user_agent.original",
];

/** What the pass is made of. Parts are asked in their order; findings of earlier ones are known to later ones. */
export interface PassParts {
  readonly clients: ClientTable;
  readonly pages: PageTable;
  readonly clientOf: ClientOf;
  readonly parts: readonly PassPart[];
}

/** Gives each event to the parts that want its kind. */
export class DetectionPass implements Detector {
  readonly fields: readonly string[];
  readonly #parts: PassParts;
  readonly #view: EventView;
  readonly #ofKind = new Map<EventKind, readonly PassPart[]>();
  readonly #ofUnparsed: readonly PassPart[];
  #timeless = 0;

  constructor(parts: PassParts) {
    this.#parts = parts;
    this.#view = new EventView(parts.clients, parts.pages, parts.clientOf);
    this.#ofUnparsed = parts.parts.filter(({ kinds }) => kinds === null);
    this.fields = [...new Set([...VIEW_FIELDS, ...parts.parts.flatMap(({ fields }) => fields)])];
  }

  observe(event: DetectionEvent, matches: readonly RuleMatch[]): void {
    const view = this.#view;
    view.read(event, matches);
    const { client, timeMs } = view;
    if (event.isParsed && timeMs === null) this.#timeless++;
    if (client !== null) countEvent(client, view);
    const parts = event.isParsed ? this.#partsOf(event.kind) : this.#ofUnparsed;
    for (let index = 0; index < parts.length; index++) parts[index]?.observe(view);
  }

  take(isEnd: boolean): readonly Finding[] {
    const findings: Finding[] = [];
    for (const part of this.#parts.parts) {
      for (const finding of part.take(isEnd)) {
        findings.push(finding);
        const client = finding.client === null ? undefined : this.#parts.clients.find(finding.client);
        if (client !== undefined) client.worst = worseOf(client.worst, finding.severity);
      }
    }
    return findings;
  }

  notes(): readonly string[] {
    const { clients, pages, parts } = this.#parts;
    const notes = parts.flatMap((part) => part.notes());
    if (clients.evicted > 0) {
      notes.push(
        `${clients.evicted} clients with few events were let go to keep memory bounded; ${clients.evictedEvents} events were theirs.`,
      );
    }
    if (pages.evictedAnswered > 0) notes.push(`${pages.evictedAnswered} rarely asked pages were let go.`);
    if (this.#timeless > 0)
      notes.push(`${this.#timeless} events tell no time; nothing was counted over time of them.`);
    return notes;
  }

  #partsOf(kind: EventKind): readonly PassPart[] {
    let parts = this.#ofKind.get(kind);
    if (parts === undefined) {
      parts = this.#parts.parts.filter(({ kinds }) => kinds === null || kinds.includes(kind));
      this.#ofKind.set(kind, parts);
    }
    return parts;
  }
}

function countEvent(client: ClientRecord, { timeMs, status }: EventView): void {
  client.events++;
  if (timeMs !== null) {
    if (timeMs < client.firstMs) client.firstMs = timeMs;
    if (timeMs > client.lastMs) client.lastMs = timeMs;
  }
  if (status === null) return;
  if (status >= 500) client.broken++;
  else if (status >= 400) client.refused++;
  else if (status >= 200) client.answered++;
}
