/** Finds what was sent before: by its external ids, or page by page by its source. */
import { CTIM_ID_PREFIX, type CtimKind, type CtimObject } from "../incident/ctim-bundle.ts";
import { type CtimAnswer, findRequest, listRequest, shortIdOf } from "./ctim-request.ts";
import { type CtimSession, memberOf, unclear } from "./ctim-session.ts";

/** An object on the server that was made here. */
export interface SentObject {
  readonly kind: CtimKind;
  /** As the server names it. */
  readonly id: string;
  readonly shortId: string;
  readonly externalIds: readonly string[];
}

/** Up to so many objects of a kind are looked for one by one; more are found faster in the list of all. */
const FEW_OBJECTS = 25;
/** Two million objects of one source. */
const MOST_PAGES = 10_000;

/** Ids on the server by ids in the bundle, for those objects of one kind that are there already. */
export async function findKnown(
  session: CtimSession,
  kind: CtimKind,
  objects: readonly CtimObject[],
  source: string,
): Promise<ReadonlyMap<string, string>> {
  const byExternalId = new Map<string, string>();
  if (objects.length > FEW_OBJECTS) {
    for await (const sent of listSent(session, kind, source))
      for (const externalId of sent.externalIds) byExternalId.set(externalId, sent.id);
  } else {
    for (const {
      external_ids: [externalId = ""],
    } of objects) {
      const request = findRequest(session.place, kind, externalId);
      const { content } = await session.askFor(200, request);
      if (!Array.isArray(content)) throw unclear(request, "no list");
      for (const found of content) {
        const sent = sentObject(found, kind);
        if (sent?.externalIds.includes(externalId) === true) byExternalId.set(externalId, sent.id);
      }
    }
  }
  return new Map(
    objects.flatMap(({ id, external_ids: [externalId = ""] }) => {
      const known = byExternalId.get(externalId);
      return known === undefined ? [] : [[id, known] as const];
    }),
  );
}

/**
 * The objects of a kind that have this source and an external id that was made here, page by page. Nothing else is given, whatever the
 * server lists.
 *
 * @throws Failure incident-refused
 */
export async function* listSent(
  session: CtimSession,
  kind: CtimKind,
  source: string,
): AsyncGenerator<SentObject, void, undefined> {
  let next: readonly (readonly [string, string])[] = [];
  for (let page = 0; ; page++) {
    const request = listRequest(session.place, kind, source, next);
    const { content, answer } = await session.askFor(200, request);
    if (!Array.isArray(content)) throw unclear(request, "no list");
    for (const found of content) {
      const sent = sentObject(found, kind);
      if (sent !== null && memberOf(found, "source") === source) yield sent;
    }
    const following = nextPage(answer);
    if (following === null || content.length === 0) return;
    if (page >= MOST_PAGES || String(following) === String(next))
      throw unclear(request, "a list without an end");
    next = following;
  }
}

const PAGING = new Set(["limit", "offset", "search_after"]);

/** What `X-Next` says: the parameters of the next page, which may stand more than once; null: there is none. */
function nextPage({ headers }: CtimAnswer): readonly (readonly [string, string])[] | null {
  const next = [...new URLSearchParams(headers.get("x-next") ?? "")].filter(([name]) => PAGING.has(name));
  return next.length === 0 ? null : next;
}

function sentObject(found: unknown, kind: CtimKind): SentObject | null {
  const [id, externalIds] = [memberOf(found, "id"), memberOf(found, "external_ids")];
  if (typeof id !== "string" || !Array.isArray(externalIds)) return null;
  const own = externalIds.filter(
    (one): one is string => typeof one === "string" && one.startsWith(CTIM_ID_PREFIX),
  );
  const shortId = shortIdOf(id, kind);
  return own.length === 0 || shortId === null ? null : { kind, id, shortId, externalIds: own };
}
