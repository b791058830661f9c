/** Questions to proxy logs and flows: who contacted what is known to be bad, who comes back like a clock, who digs tunnels, who fans out. */
import type { Evidence, Finding } from "../finding.ts";
import { authorityOfTarget } from "../normal-forms/parameters.ts";
import { numberField, textField } from "../pass/event-values.ts";
import type { EventView } from "../pass/event-view.ts";
import type { PassPart } from "../pass/part.ts";
import {
  findBadDestinations,
  findBeacons,
  findFanOut,
  findTunnels,
  type UrlHit,
} from "./contact-findings.ts";
import { type Contact, ContactTable } from "./contact-table.ts";
import type { ListEntry, ListLookup } from "./list-lookup.ts";

/** Bytes of an answer by kind of log, the first that an event has. */
const SIZE_FIELDS = ["http.response.bytes", "network.bytes", "destination.bytes", "source.bytes"] as const;
/** A tunnel is told by its evidence from this size or length on. */
const LARGE_TUNNEL = 10_000_000;
const LONG_TUNNEL_MS = 600_000;
const MOST_URL_HITS = 10_000;
const MOST_USERS = 4;

/** Gathers contacts. */
export class ContactPart implements PassPart {
  readonly fields: readonly string[] = [
    ...SIZE_FIELDS,
    "destination.ip",
    "destination.domain",
    "destination.port",
    "event.duration",
    "http.request.bytes",
    "user.name",
  ];
  readonly kinds = ["proxy", "network", "firewall"] as const;
  readonly #table: ContactTable;
  readonly #lists: ListLookup | null;
  readonly #urlHits = new Map<string, UrlHit>();
  #lostHits = 0;

  constructor(limit: number, lists: ListLookup | null) {
    this.#table = new ContactTable(limit);
    this.#lists = lists;
  }

  observe(view: EventView): void {
    const { client, timeMs, event } = view;
    if (client === null || timeMs === null) return;
    const host = event.kind === "proxy" ? hostOfRequest(view) : hostOfFlow(view);
    if (host === null) return;
    const contact = this.#table.get(client.name, host, () => this.#entryOf(host));
    this.#table.count(contact, timeMs, sizeOf(view));
    if (contact.entry !== null || contact.count <= 2) contact.keep(timeMs, () => view.evidence());
    if (event.kind !== "proxy") return;
    if (view.method === "CONNECT") countTunnel(view, contact, timeMs);
    if (contact.entry !== null) nameUser(contact, view);
    this.#askUrl(view, client.name, timeMs);
  }

  #entryOf(host: string): ListEntry | null {
    const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
    return this.#lists?.host(name) ?? this.#lists?.address(name) ?? null;
  }

  #askUrl(view: EventView, client: string, timeMs: number): void {
    const ask = this.#lists?.url ?? null;
    if (ask === null || view.target === null) return;
    const entry = ask(view.target);
    if (entry === null) return;
    const key = `${client} ${view.target}`;
    let hit = this.#urlHits.get(key);
    if (hit === undefined) {
      if (this.#urlHits.size >= MOST_URL_HITS) {
        this.#lostHits++;
        return;
      }
      hit = {
        client,
        url: view.target,
        entry,
        count: 0,
        bytes: 0,
        firstMs: timeMs,
        lastMs: timeMs,
        evidence: [],
        users: [],
      };
      this.#urlHits.set(key, hit);
    }
    countHit(hit, view, timeMs, view.evidence());
  }

  take(isEnd: boolean): readonly Finding[] {
    if (!isEnd) return [];
    const contacts = [...this.#table.all()];
    return [
      ...findBadDestinations(contacts, [...this.#urlHits.values()]),
      ...findBeacons(contacts),
      ...findTunnels(contacts),
      ...findFanOut(contacts),
    ];
  }

  notes(): readonly string[] {
    const { evicted, timesLost } = this.#table;
    return [
      ...(evicted > 0 ? [`${evicted} pairs of client and host with few contacts were let go.`] : []),
      ...(timesLost > 0
        ? [`The times of ${timesLost} contacts found no room; beacons were judged by the others.`]
        : []),
      ...(this.#lostHits > 0
        ? [`${this.#lostHits} requests for listed URLs are not told; there were too many.`]
        : []),
    ];
  }
}

/** Host of an absolute URL, or of `host:port`; without the usual ports, in lower case. */
function hostOfRequest(view: EventView): string | null {
  const { target } = view;
  const authority = target === null ? null : authorityOfTarget(target);
  const found =
    authority ?? textField(view.event, "url.domain") ?? textField(view.event, "destination.domain");
  return found === null ? null : found.toLowerCase().replace(/:(?:80|443)$/, "");
}

function hostOfFlow({ event }: EventView): string | null {
  const address = textField(event, "destination.ip") ?? textField(event, "destination.domain");
  const port = numberField(event, "destination.port");
  if (address === null) return null;
  return port === null ? address : `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function sizeOf({ event, bytes }: EventView): number | null {
  if (bytes !== null) return bytes;
  for (const field of SIZE_FIELDS) {
    const size = numberField(event, field);
    if (size !== null) return size;
  }
  return null;
}

function countTunnel(view: EventView, contact: Contact, timeMs: number): void {
  const bytes = (view.bytes ?? 0) + (numberField(view.event, "http.request.bytes") ?? 0);
  const durationMs = (numberField(view.event, "event.duration") ?? 0) / 1e6;
  contact.tunnels++;
  contact.tunnelBytes += bytes;
  if (durationMs > contact.longestTunnelMs) contact.longestTunnelMs = durationMs;
  if (bytes >= LARGE_TUNNEL || durationMs >= LONG_TUNNEL_MS) contact.keep(timeMs, () => view.evidence());
}

function nameUser(contact: Contact, view: EventView): void {
  const user = textField(view.event, "user.name");
  if (user !== null && contact.users.length < MOST_USERS && !contact.users.includes(user))
    contact.users.push(user);
}

function countHit(hit: UrlHit, view: EventView, timeMs: number, evidence: Evidence): void {
  hit.count++;
  hit.bytes += view.bytes ?? 0;
  hit.firstMs = Math.min(hit.firstMs, timeMs);
  hit.lastMs = Math.max(hit.lastMs, timeMs);
  if (hit.evidence.length < 10) hit.evidence.push(evidence);
  const user = textField(view.event, "user.name");
  if (user !== null && hit.users.length < MOST_USERS && !hit.users.includes(user)) hit.users.push(user);
}
