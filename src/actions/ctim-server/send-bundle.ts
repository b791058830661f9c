/** Sends incidents to a CTIM server: what is there already is left as it is, so that sending twice adds nothing. */
import { stableId } from "#detections";
import { CTIM_ID_PREFIX, CTIM_KINDS, type CtimKind, type CtimObject } from "../incident/ctim-bundle.ts";
import { createRequest, importRequest, readRequest } from "./ctim-request.ts";
import { type CtimSession, memberOf, reasonOf, unclear } from "./ctim-session.ts";
import { findKnown } from "./find-sent.ts";
import type { ReadBundle } from "./read-ctim-bundle.ts";

/** An object that the server did not take. */
export interface RefusedObject {
  readonly kind: CtimKind;
  readonly externalId: string;
  readonly reason: string;
}

/** What came of it. */
export interface SendOutcome {
  readonly sent: Readonly<Record<CtimKind, number>>;
  readonly known: Readonly<Record<CtimKind, number>>;
  readonly refused: readonly RefusedObject[];
}

/** What is sent in one bundle: they name each other. What hangs on them is made one by one, with the ids that they were given. */
const BUNDLED: readonly CtimKind[] = ["incident", "sighting", "indicator"];
/** Servers take 2,000 objects at once. */
const MOST_BUNDLED = 500;

/**
 * Sends the objects of a bundle. `feedId`: the short id of the indicator of a blocking feed to which the judged clients are added too; null: none. What the
 * server refuses is told in the outcome, object by object; the rest is sent all the same.
 *
 * @throws Failure incident-refused: the server refuses whoever asks, or cannot be asked
 */
export async function sendBundle(
  session: CtimSession,
  bundle: ReadBundle,
  feedId: string | null,
): Promise<SendOutcome> {
  const sending = new Sending(session, bundle);
  const feed = feedId === null ? null : await findFeed(session, feedId);
  for (const kind of CTIM_KINDS) await sending.find(kind);
  await sending.importAll();
  for (const judgement of bundle.objects.filter(({ type }) => type === "judgement"))
    await sending.create(judgement);
  for (const relationship of bundle.objects.filter(({ type }) => type === "relationship"))
    await sending.relate(relationship);
  if (feed !== null) await sending.feed(feed);
  return sending.outcome();
}

/** The id by which relationships may name the feed. Asked first: a feed that is not there stops all. */
async function findFeed(session: CtimSession, feedId: string): Promise<string> {
  const request = readRequest(session.place, "indicator", feedId);
  const { content } = await session.askFor(200, request);
  const id = memberOf(content, "id");
  if (typeof id !== "string") throw unclear(request, "no id of the indicator");
  return id;
}

class Sending {
  readonly #session: CtimSession;
  readonly #bundle: ReadBundle;
  /** Ids on the server by ids in the bundle. */
  readonly #ids = new Map<string, string>();
  readonly #sent = noneOfEach();
  readonly #known = noneOfEach();
  readonly #refused: RefusedObject[] = [];

  constructor(session: CtimSession, bundle: ReadBundle) {
    this.#session = session;
    this.#bundle = bundle;
  }

  outcome(): SendOutcome {
    return { sent: this.#sent, known: this.#known, refused: this.#refused };
  }

  /** Looks which objects of the kind are there. */
  async find(kind: CtimKind): Promise<void> {
    await this.#find(
      kind,
      this.#bundle.objects.filter(({ type }) => type === kind),
    );
  }

  async #find(kind: CtimKind, objects: readonly CtimObject[]): Promise<void> {
    if (objects.length === 0) return;
    const known = await findKnown(this.#session, kind, objects, this.#bundle.source);
    for (const [id, there] of known) this.#ids.set(id, there);
    this.#known[kind] += known.size;
  }

  /** Imports what is not there of the kinds that come in bundles. */
  async importAll(): Promise<void> {
    const missing = this.#bundle.objects.filter(
      ({ type, id }) => BUNDLED.includes(type) && !this.#ids.has(id),
    );
    for (let start = 0; start < missing.length; start += MOST_BUNDLED)
      await this.#import(missing.slice(start, start + MOST_BUNDLED));
  }

  async #import(objects: readonly CtimObject[]): Promise<void> {
    const { schemaVersion, source } = this.#bundle;
    const lists = BUNDLED.map((kind) => [kind, objects.filter(({ type }) => type === kind)] as const);
    const content = {
      type: "bundle",
      schema_version: schemaVersion,
      source,
      ...Object.fromEntries(lists.map(([kind, list]) => [`${kind}s`, list])),
    };
    const purpose = lists
      .map(([kind, { length }]) => `${length} ${kind}${length === 1 ? "" : "s"}`)
      .join(", ");
    const request = importRequest(this.#session.place, content, `imports ${purpose}`);
    const answer = await this.#session.ask(request);
    if (answer.status !== 200) {
      for (const object of objects) this.#refuse(object, reasonOf(answer));
      return;
    }
    const results = readResults(answer.body);
    if (results === null) throw unclear(request, "no results of an import");
    for (const object of objects) this.#note(object, results);
  }

  #note(object: CtimObject, results: readonly unknown[]): void {
    const result = results.find((one) => isAbout(one, object));
    const [id, kind] = [memberOf(result, "id"), memberOf(result, "result")];
    if (typeof id === "string" && kind === "exists") this.#take(object, id, this.#known);
    else if (typeof id === "string" && kind === "created") this.#take(object, id, this.#sent);
    else {
      const said = memberOf(result, "msg") ?? memberOf(result, "error") ?? "the server says nothing of it";
      this.#refuse(object, typeof said === "string" ? said : JSON.stringify(said));
    }
  }

  #take(object: CtimObject, id: string, counts: Record<CtimKind, number>): void {
    this.#ids.set(object.id, id);
    counts[object.type]++;
  }

  #refuse({ type, external_ids: [externalId = ""] }: CtimObject, reason: string): void {
    this.#refused.push({ kind: type, externalId, reason: reason.replace(/\s+/g, " ").slice(0, 300) });
  }

  /** Makes an object that is not there. */
  async create(object: CtimObject): Promise<void> {
    if (this.#ids.has(object.id)) return;
    const { id, ...content } = object;
    const request = createRequest(this.#session.place, object.type, content);
    const answer = await this.#session.ask(request);
    if (answer.status !== 201) {
      this.#refuse(object, reasonOf(answer));
      return;
    }
    const made = idIn(answer.body);
    if (made === null) throw unclear(request, "no id of what it made");
    this.#take(object, made, this.#sent);
  }

  /** Makes a relationship, between what is there by now. */
  async relate(relationship: CtimObject): Promise<void> {
    const { source_ref: from, target_ref: to } = relationship;
    const [source, target] = [this.#there(from), this.#there(to)];
    if (source === null || target === null)
      this.#refuse(relationship, "what it relates is not on the server");
    else await this.create({ ...relationship, source_ref: source, target_ref: target });
  }

  #there(reference: unknown): string | null {
    if (typeof reference !== "string") return null;
    return this.#ids.get(reference) ?? (/^https?:/.test(reference) ? reference : null);
  }

  /** Adds every judgement that is there to a feed. */
  async feed(feedId: string): Promise<void> {
    const members = this.#bundle.objects
      .filter(({ type, id }) => type === "judgement" && this.#ids.has(id))
      .map((judgement) => memberOfFeed(judgement, feedId));
    await this.#find("relationship", members);
    for (const member of members)
      await this.create({ ...member, source_ref: this.#there(member["source_ref"]), target_ref: feedId });
  }
}

/** Feeds hand out the judgements that are elements of their indicator. */
function memberOfFeed(judgement: CtimObject, feedId: string): CtimObject {
  const id = `${CTIM_ID_PREFIX}relationship:${stableId(["ctim", "feed", judgement.external_ids[0] ?? "", feedId])}`;
  const { schema_version, source, timestamp, tlp } = judgement;
  return {
    type: "relationship",
    id: `transient:${id}`,
    external_ids: [id],
    schema_version,
    source,
    timestamp,
    tlp,
    relationship_type: "element-of",
    source_ref: judgement.id,
    target_ref: feedId,
  };
}

function noneOfEach(): Record<CtimKind, number> {
  return { relationship: 0, sighting: 0, judgement: 0, indicator: 0, incident: 0 };
}

function readResults(body: string): readonly unknown[] | null {
  const results = memberOf(parsed(body), "results");
  return Array.isArray(results) ? results : null;
}

function isAbout(result: unknown, { id, external_ids: [externalId] }: CtimObject): boolean {
  if (memberOf(result, "original_id") === id) return true;
  const externalIds = memberOf(result, "external_ids");
  return Array.isArray(externalIds) && externalIds.includes(externalId);
}

function idIn(body: string): string | null {
  const id = memberOf(parsed(body), "id");
  return typeof id === "string" ? id : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Whoever asked says what is missing.
    return null;
  }
}
