/** Deletes from a CTIM server what was sent to it, and nothing else. */
import { CTIM_KINDS, type CtimKind } from "../incident/ctim-bundle.ts";
import { deleteRequest } from "./ctim-request.ts";
import { type CtimSession, reasonOf } from "./ctim-session.ts";
import { listSent, type SentObject } from "./find-sent.ts";
import type { RefusedObject } from "./send-bundle.ts";

/** What came of it. */
export interface CleanOutcome {
  readonly deleted: Readonly<Record<CtimKind, number>>;
  readonly refused: readonly RefusedObject[];
}

/**
 * All objects that have this source and an external id that was made here, in an order in which they can be deleted: relationships first.
 *
 * @throws Failure incident-refused
 */
export async function findSent(session: CtimSession, source: string): Promise<readonly SentObject[]> {
  const found = new Map<string, SentObject>();
  for (const kind of CTIM_KINDS)
    for await (const sent of listSent(session, kind, source)) found.set(sent.shortId, sent);
  return [...found.values()];
}

/**
 * Deletes objects. What is gone meanwhile counts as deleted. All are found before one is deleted: pages move when something before them goes.
 *
 * @throws Failure incident-refused
 */
export async function deleteSent(
  session: CtimSession,
  objects: readonly SentObject[],
): Promise<CleanOutcome> {
  const deleted: Record<CtimKind, number> = {
    relationship: 0,
    sighting: 0,
    judgement: 0,
    indicator: 0,
    incident: 0,
  };
  const refused: RefusedObject[] = [];
  for (const { kind, shortId, externalIds } of objects) {
    const answer = await session.ask(deleteRequest(session.place, kind, shortId));
    if ([200, 204, 404].includes(answer.status)) deleted[kind]++;
    else refused.push({ kind, externalId: externalIds[0] ?? shortId, reason: reasonOf(answer) });
  }
  return { deleted, refused };
}
