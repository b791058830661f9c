/** Places, networks and lists of addresses by tables on this machine: answered at once, as often as a query has rows. */
import type { Geo, GeoDatabase, Listing, Lists } from "#enrichment";
import { readNetwork, type Value } from "#language";
import { type LocalAnswer, nothingInstalled, type OutsideLookups } from "./outside-lookups.ts";

/** Tables that answer. */
export interface Tables {
  readonly geo: Geo;
  /** Opens the lists, when the first is asked. */
  readonly lists: () => Lists;
  /** The run's clock, for the age of tables. */
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
const TABLE_FUNCTIONS = new Set(["cc", "city", "asn", "asname", "geo", "in_list", "list_info"]);
/** `[2001:db8::1]:80` or `192.0.2.1:80`. */
const SOCKET = /^(?:\[([^\]]+)\]|([^:]+)):\d+$/;

/** Answers CC, ASN, ASNAME, CITY, GEO, IN_LIST and LIST_INFO; all else is passed on. The tables are opened when the first is asked. */
export function tableLookups(others: OutsideLookups, open: () => Promise<Tables>): OutsideLookups {
  let opening: Promise<OpenTables> | null = null;
  let opened: OpenTables | null = null;
  return {
    ...others,
    local: async (name) => {
      if (!TABLE_FUNCTIONS.has(name)) return (await others.local?.(name)) ?? null;
      opening ??= open().then((tables) => new OpenTables(tables));
      opened = await opening;
      return opened.answer(name);
    },
    notes: () => [...(opened?.notes() ?? []), ...(others.notes?.() ?? [])],
  };
}

/** Tables of a query. */
class OpenTables {
  readonly #tables: Tables;
  readonly #answers: Readonly<Record<string, () => LocalAnswer>>;
  #lists: Lists | null = null;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#answers = answersOf(tables.geo, () => this.#openLists());
  }

  answer(name: string): LocalAnswer | null {
    return this.#answers[name]?.() ?? null;
  }

  notes(): readonly string[] {
    return notesOf(this.#tables, this.#lists);
  }

  #openLists(): Lists {
    this.#lists ??= this.#tables.lists();
    return this.#lists;
  }
}

function answersOf(geo: Geo, lists: () => Lists): Readonly<Record<string, () => LocalAnswer>> {
  return {
    cc: () => ofAddress(geo.knows("country"), "cc", (address) => geo.country(address) ?? "--"),
    city: () => ofAddress(geo.knows("city"), "city", (address) => geo.city(address)),
    asn: () =>
      ofAddress(geo.knows("asn"), "asn", (address) => {
        const asn = geo.asn(address);
        return asn === null ? null : BigInt(asn);
      }),
    asname: () => ofAddress(geo.knows("asn"), "asname", (address) => geo.asName(address)),
    geo: () => ofAddress(geo.knows("point"), "geo", (address) => geo.point(address)),
    in_list: () => inListAnswer(lists()),
    list_info: () => listInfoAnswer(lists()),
  };
}

function ofAddress(isKnown: boolean, name: string, answer: (address: bigint) => Value): LocalAnswer {
  if (!isKnown) throw nothingInstalled(name);
  return ([address]) => {
    const read = addressOf(address);
    return read === null ? null : answer(read);
  };
}

function inListAnswer(lists: Lists): LocalAnswer {
  return ([value, name, at]) => {
    if (typeof name !== "string") return null;
    const atMs = timeOf(at);
    const address = addressOf(value);
    const found =
      address === null ? lists.findHost(name, hostOf(value), atMs) : lists.find(name, address, atMs);
    return found === undefined ? null : found !== null;
  };
}

function listInfoAnswer(lists: Lists): LocalAnswer {
  return ([value, at]) => {
    const atMs = timeOf(at);
    const address = addressOf(value);
    const found = address === null ? lists.findAllOfHost(hostOf(value), atMs) : lists.findAll(address, atMs);
    return found.map(({ list, kind, count, atMs: date }: Listing) => [
      list,
      kind,
      BigInt(count),
      BigInt(date),
    ]);
  };
}

/** Of a network its first address, of a socket its address; null: the value is the name of a host. */
function addressOf(value: Value | undefined): bigint | null {
  if (typeof value === "bigint") return value;
  if (typeof value !== "string") return null;
  const [, six, other] = SOCKET.exec(value) ?? [];
  return readNetwork(six ?? other ?? value)?.base ?? null;
}

function hostOf(value: Value | undefined): string {
  return typeof value === "string" ? value.toLowerCase().replace(/\.$/, "") : "";
}

function timeOf(value: Value | undefined): number | undefined {
  return typeof value === "bigint" ? Number(value) : undefined;
}

/** Which tables answered and how old they are; damage is told too. */
function notesOf({ geo, nowMs }: Tables, lists: Lists | null): readonly string[] {
  const databases = new Set(geo.used().map((database) => noteOfDatabase(database, nowMs)));
  const damaged = geo.damaged();
  const broken = damaged === 0 ? [] : [`A database of places is damaged: ${damaged} look-ups gave NULL.`];
  const used = (lists?.used() ?? []).map(({ name, snapshots, entries, wrongLines }) => {
    const dates = [...new Set([snapshots[0], snapshots.at(-1)])].map((ms) => dayOf(ms ?? 0)).join(" to ");
    const age = ageOf(snapshots.at(-1) ?? 0, nowMs);
    const wrong = wrongLines === 0 ? "" : `; lines of it that were not understood: ${wrongLines}`;
    return `The list "${name}" is of ${dates} (${age}), ${entries} entries${wrong}.`;
  });
  return [...databases, ...broken, ...used];
}

function noteOfDatabase({ title, builtMs, attribution }: GeoDatabase, nowMs: number): string {
  const date = builtMs === null ? "without a date" : `of ${dayOf(builtMs)} (${ageOf(builtMs, nowMs)})`;
  return `Places and networks: ${title}, ${date}. ${attribution}.`;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function ageOf(ms: number, nowMs: number): string {
  const days = Math.max(0, Math.floor((nowMs - ms) / DAY_MS));
  return days === 1 ? "1 day old" : `${days} days old`;
}
