/** Which columns of a format hold what detections ask for by ECS names. */
import type { DataType, Pattern } from "#language";
import { ecsFieldNames, type ShippedFormat, type Slot } from "#records";
import type { EventKind } from "../event.ts";

/** The events that formats of a category tell of. */
const KIND_OF_CATEGORY: Readonly<Record<ShippedFormat["category"], EventKind>> = {
  web: "web",
  proxy: "proxy",
  auth: "auth",
  firewall: "firewall",
  cloud: "cloud",
  network: "network",
  honeypot: "network",
  system: "other",
  container: "other",
  database: "other",
  mail: "other",
  application: "other",
};

/** What events of a format are. */
export function kindOfFormat({ category }: ShippedFormat): EventKind {
  return KIND_OF_CATEGORY[category];
}

/** A slot that a scan gives, and the member of its JSON that is meant; an empty path: the value itself. */
export interface FieldPlace {
  readonly slot: number;
  readonly members: readonly string[];
}

/** The slots of a scan, and where fields are found in them. */
export interface EventFields {
  readonly slots: readonly Slot[];
  /** Places of a field, by its ECS name or its name in the format; the first that is not NULL counts. */
  readonly places: ReadonlyMap<string, readonly FieldPlace[]>;
  /** The slot with the time; null: the format tells none. */
  readonly timeSlot: number | null;
  /** What fields are made of where no place holds them. */
  readonly madeOf: Readonly<Record<string, readonly string[]>>;
}

/** Fields of formats that say how long something took, with their unit in nanoseconds: ECS counts in these. */
export const DURATION_FIELDS: Readonly<Record<string, number>> = {
  duration_ns: 1,
  total_ms: 1e6,
  total_seconds: 1e9,
  // Of Zeek, in seconds.
  duration: 1e9,
};

/** What a field is made of when a format does not have it: a target's path and query, and a target of them. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  "url.path": ["url.original"],
  "url.query": ["url.original"],
  "url.extension": ["url.original", "url.path"],
  "url.original": ["url.path", "url.query", "request"],
  "event.duration": Object.keys(DURATION_FIELDS),
  "http.request.line": ["request", "http.request.method", "url.original", "url.path", "url.query"],
};

/** Where formats keep members of JSON that they have no field for. */
const REST_FIELD = "more";

/** What it is made of in the logs of proxies: they are asked for a URL with its host, or write its parts. */
const MADE_OF_FOR_PROXIES: Readonly<Record<string, readonly string[]>> = {
  ...MADE_OF,
  "url.domain": ["url.original"],
  "url.original": ["url.path", "url.query", "url.scheme", "url.domain", "request"],
};

/** The slots that hold these fields (ECS names, or names of the format with members behind dots), and the time. */
export function eventFields(
  { format, pattern }: { readonly format: ShippedFormat; readonly pattern: Pattern },
  wanted: readonly string[],
): EventFields {
  const types = new Map(pattern.fields.map(({ name, type }) => [name, type]));
  const byEcs = new Map<string, string[]>();
  for (const [name, ecs] of Object.entries(format.ecs(pattern)))
    byEcs.set(ecs, [...(byEcs.get(ecs) ?? []), name]);
  const slots = new SlotList();
  const places = new Map<string, readonly FieldPlace[]>();
  const madeOf = kindOfFormat(format) === "proxy" ? MADE_OF_FOR_PROXIES : MADE_OF;
  const all = new Set(wanted.flatMap((field) => [field, ...(madeOf[field] ?? [])]));
  const common = new Set([...ecsFieldNames(), ...Object.keys(madeOf)]);
  for (const field of all) {
    const found = [...(byEcs.get(field) ?? []), field].flatMap((name) => placeOf(name, types, slots));
    const own = found.length > 0 || common.has(field) ? found : placesOfOwnName(field, types, slots);
    if (own.length > 0) places.set(field, own);
  }
  const timeType = types.get(format.timestampField);
  const timeSlot = timeType === undefined ? null : slots.add([format.timestampField], timeType);
  return { slots: slots.list, places, timeSlot, madeOf };
}

/** All slots that values of a field can come from: those it is read from, and those it is made of where they hold nothing. */
export function slotsOfField({ places, madeOf }: EventFields, field: string): readonly number[] {
  const names = new Set([field]);
  for (const name of names) for (const other of madeOf[name] ?? []) names.add(other);
  return [...new Set([...names].flatMap((name) => (places.get(name) ?? []).map(({ slot }) => slot)))];
}

class SlotList {
  readonly list: Slot[] = [];
  readonly #known = new Map<string, number>();

  add(path: readonly string[], type: DataType): number {
    const key = path.join("\0");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.list.length);
    return this.list.push({ path, type }) - 1;
  }
}

/** A name is a field, or a field and members: `more.userIdentity.type`, `fields[srcip]`. */
function placeOf(name: string, types: ReadonlyMap<string, DataType>, slots: SlotList): readonly FieldPlace[] {
  const own = types.get(name);
  if (own !== undefined) return own.kind === "tuple" ? [] : [{ slot: slots.add([name], own), members: [] }];
  const [field = "", ...members] = name.replaceAll("]", "").split(/[.[]/);
  const type = types.get(field);
  if (type === undefined || members.length === 0) return [];
  if (type.kind === "object" || type.kind === "variant") return [{ slot: slots.add([field], type), members }];
  if (type.kind !== "tuple") return [];
  const member = type.fields.find((one) => one.name === members[0]);
  if (member === undefined || member.type.kind === "tuple") return [];
  return [{ slot: slots.add([field, member.name], member.type), members: members.slice(1) }];
}

/** Where a log's own name of a field leads: to a column that is called so in the format's spelling, or to what the format has no field for. */
function placesOfOwnName(
  name: string,
  types: ReadonlyMap<string, DataType>,
  slots: SlotList,
): readonly FieldPlace[] {
  const spelled = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const column = placeOf(spelled, types, slots);
  // Some shippers write names with underscores where the log has dots.
  const spellings = new Set([name, name.replaceAll(".", "_")]);
  const rest = [...spellings].flatMap((one) => placeOf(`${REST_FIELD}.${one}`, types, slots));
  return [...column, ...rest];
}

/** Whether a format has a field, or what it is made of. */
export function hasField(fields: EventFields, field: string): boolean {
  return slotsOfField(fields, field).length > 0;
}

/** Whether a field is put together from a host and other columns. */
export function isInPieces({ places, madeOf }: EventFields, field: string): boolean {
  return !places.has(field) && places.has("url.domain") && (madeOf[field] ?? []).includes("url.domain");
}
