/** Requests of the REST API of CTIA, the server of CTIM. Source: the API's published description, and its manual on lists and paging. */
import { CTIM_ID_PREFIX, type CtimKind } from "../incident/ctim-bundle.ts";

/** One request. Holds no secret: whoever sends it adds the token. */
export interface CtimRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** What it does, in a few words for people. */
  readonly purpose: string;
}

/** What a server answers. */
export interface CtimAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends a request as it is, follows no redirect, and gives the answer whatever its status. Called one after the other.
 *
 * @throws Failure when no answer comes
 */
export type SendRequest = (request: CtimRequest) => Promise<CtimAnswer>;

/** Where a server is. */
export interface CtimPlace {
  /** What stands before `/incident` and the like, without a slash at its end: `https://private.intel.example.com/ctia`. */
  readonly baseUrl: string;
  readonly tokenUrl: string;
}

/** Objects of one page of a list. */
const PAGE_OBJECTS = 200;

/** Looks for an object that was sent before. */
export function findRequest({ baseUrl }: CtimPlace, kind: CtimKind, externalId: string): CtimRequest {
  const url = `${baseUrl}/${kind}/external_id/${encodeURIComponent(externalId)}?limit=1`;
  return { method: "GET", url, headers: {}, body: null, purpose: `is this ${kind} there already` };
}

/** Reads one object. `shortId` is as `shortIdOf` gives it. */
export function readRequest({ baseUrl }: CtimPlace, kind: CtimKind, shortId: string): CtimRequest {
  const url = `${baseUrl}/${kind}/${shortId}`;
  return { method: "GET", url, headers: {}, body: null, purpose: `reads an ${kind}` };
}

/** Lists objects of a kind by their source. `next`: what the page before says of the next one; empty for the first. */
export function listRequest(
  { baseUrl }: CtimPlace,
  kind: CtimKind,
  source: string,
  next: readonly (readonly [string, string])[],
): CtimRequest {
  const query = new URLSearchParams({ source });
  for (const [name, value] of next) query.append(name, value);
  if (next.length === 0) query.append("limit", String(PAGE_OBJECTS));
  const url = `${baseUrl}/${kind}/search?${query}`;
  return { method: "GET", url, headers: {}, body: null, purpose: `every ${kind} of this source` };
}

/** Imports many objects at once. */
export function importRequest({ baseUrl }: CtimPlace, bundle: unknown, purpose: string): CtimRequest {
  const prefixes = encodeURIComponent(CTIM_ID_PREFIX);
  const url = `${baseUrl}/bundle/import?external-key-prefixes=${prefixes}`;
  return postRequest(url, bundle, purpose);
}

/** Makes one object, and waits until it can be found. */
export function createRequest({ baseUrl }: CtimPlace, kind: CtimKind, object: unknown): CtimRequest {
  return postRequest(`${baseUrl}/${kind}?wait_for=true`, object, `makes a ${kind}`);
}

/** Deletes one object. `shortId` is as `shortIdOf` gives it. */
export function deleteRequest({ baseUrl }: CtimPlace, kind: CtimKind, shortId: string): CtimRequest {
  const url = `${baseUrl}/${kind}/${shortId}`;
  return { method: "DELETE", url, headers: {}, body: null, purpose: `deletes a ${kind}` };
}

/** The part of an id that names an object on its server; null: it is no id of that kind. Ids are addresses, or this part alone. */
export function shortIdOf(id: string, kind: CtimKind): string | null {
  const last = id.slice(id.lastIndexOf("/") + 1);
  return new RegExp(`^${kind}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).test(last) ? last : null;
}

function postRequest(url: string, content: unknown, purpose: string): CtimRequest {
  const headers = { "content-type": "application/json" };
  return { method: "POST", url, headers, body: JSON.stringify(content), purpose };
}
