/** Takes a file of incidents apart before anything is sent of it: only what was made here, and can be taken back, is sent. */
import { Failure } from "#text";
import { CTIM_ID_PREFIX, CTIM_KINDS, type CtimKind, type CtimObject } from "../incident/ctim-bundle.ts";

/** What is to be sent. */
export interface ReadBundle {
  readonly schemaVersion: string;
  readonly source: string;
  /** Each once, in the order of `CTIM_KINDS`. */
  readonly objects: readonly CtimObject[];
}

/** So many objects are more than a day of incidents. */
const MOST_OBJECTS = 20_000;

/**
 * The objects of a bundle, as `trawl detect --incident ctim` writes it.
 *
 * @throws Failure incident-file
 */
export function readCtimBundle(text: string, name: string): ReadBundle {
  const content = contentOf(text, name);
  const lists = CTIM_KINDS.flatMap((kind) => objectsOf(content, kind, name));
  const objects = [...new Map(lists.map((object) => [object.id, object])).values()];
  if (objects.length > MOST_OBJECTS) throw wrong(name, `has more than ${MOST_OBJECTS} objects`);
  const known = new Set(objects.map(({ id }) => id));
  for (const { type, ...object } of objects) {
    if (type !== "relationship") continue;
    for (const end of ["source_ref", "target_ref"]) {
      const id = object[end];
      if (typeof id !== "string" || !(known.has(id) || /^https?:/.test(id)))
        throw wrong(name, `has a relationship whose ${end} is not among its objects`);
    }
  }
  const { schema_version: schemaVersion, source } = content;
  if (typeof schemaVersion !== "string" || typeof source !== "string" || source === "")
    throw wrong(name, 'says no "source" or no "schema_version"');
  return { schemaVersion, source, objects };
}

type Members = Readonly<Record<string, unknown>>;

function contentOf(text: string, name: string): Members {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw wrong(name, "is no JSON", cause);
  }
  if (!isMembers(content) || content["type"] !== "bundle") throw wrong(name, "is no bundle of CTIM");
  return content;
}

function objectsOf(content: Members, kind: CtimKind, name: string): readonly CtimObject[] {
  const list = content[`${kind}s`] ?? [];
  if (!Array.isArray(list)) throw wrong(name, `has "${kind}s" that are no array`);
  return list.map((object: unknown) => objectOf(object, kind, name));
}

function objectOf(object: unknown, kind: CtimKind, name: string): CtimObject {
  if (!isMembers(object) || object["type"] !== kind)
    throw wrong(name, `has something among its "${kind}s" that is no ${kind}`);
  const { id, external_ids: externalIds } = object;
  if (typeof id !== "string" || !id.startsWith("transient:"))
    throw wrong(name, `has something among its "${kind}s" without an id that begins with "transient:"`);
  if (!isTexts(externalIds) || !externalIds[0]?.startsWith(CTIM_ID_PREFIX))
    throw wrong(
      name,
      `has something among its "${kind}s" without an external id that begins with "${CTIM_ID_PREFIX}"`,
    );
  return { ...object, type: kind, id, external_ids: externalIds };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function wrong(name: string, what: string, cause?: unknown): Failure {
  return new Failure("incident-file", `"${name}" ${what}.`, {
    help: "Files of incidents are made so: trawl detect access.log --incident ctim -o incident.json",
    place: { uri: name },
    cause,
  });
}
