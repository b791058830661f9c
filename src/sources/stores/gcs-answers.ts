/** What Google Cloud Storage answers, in JSON: objects, pages of a listing, and errors (JSON API, version 1). */
import { Failure } from "#text";
import { fieldsOf, itemsAt, parsedJson, textAt } from "./json-answers.ts";
import type { KeyPage, ListedKey } from "./listing-pages.ts";

/**
 * The names on a page of a listing. `uri` is for messages.
 *
 * @throws Failure source-unreadable: the text is no page of a listing
 */
export function readGcsPage(json: string, uri: string): KeyPage {
  const value = parsedJson(json);
  const fields = fieldsOf(value);
  const isPage = typeof value === "object" && value !== null && !Array.isArray(value) && !fields.has("error");
  if (!isPage) throw unlike(uri, "is no listing");
  const objects = itemsAt(fields, "items").map((item) => objectOf(fieldsOf(item)));
  const prefixes = itemsAt(fields, "prefixes").map((prefix) => (typeof prefix === "string" ? prefix : null));
  const all = objects.filter((object) => object !== null);
  const names = prefixes.filter((prefix) => prefix !== null);
  if (all.length < objects.length || names.length < prefixes.length) throw unlike(uri, "is no listing");
  return { objects: all, prefixes: names, nextToken: textAt(fields, "nextPageToken") };
}

/**
 * What is told of an object.
 *
 * @throws Failure source-unreadable: the text tells of none
 */
export function gcsObject(json: string, uri: string): ListedKey {
  const object = objectOf(fieldsOf(parsedJson(json)));
  if (object === null) throw unlike(uri, "tells of no object");
  return object;
}

function objectOf(fields: ReadonlyMap<string, unknown>): ListedKey | null {
  const key = textAt(fields, "name");
  const size = textAt(fields, "size") ?? "";
  const modifiedMs = Date.parse(textAt(fields, "updated") ?? "");
  if (key === null) return null;
  return {
    key,
    sizeBytes: /^\d{1,15}$/.test(size) ? Number(size) : null,
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: textAt(fields, "generation"),
  };
}

function unlike(uri: string, what: string): Failure {
  return new Failure("source-unreadable", `What the store answers for "${uri}" ${what}.`, {
    help: "Is the endpoint right? It must speak the JSON API of Google Cloud Storage.",
    place: { uri },
  });
}

/** The sentence of an error; empty where it says nothing. Downloads say it as plain text. */
export function readGcsError(body: string): string {
  const message = textAt(fieldsOf(fieldsOf(parsedJson(body)).get("error")), "message");
  return (message ?? (/^[^<{]{1,300}$/.test(body) ? body : "")).trim();
}

const CREDENTIALS =
  "Keys come from the datastore, else from GOOGLE_APPLICATION_CREDENTIALS, gcloud's login, or the account of this machine.";
const MISSING_BUCKET = /bucket does not exist|bucket .*not found/i;

/** The failure that an answer means, which is neither 200 nor 206. */
export function gcsRefusal(status: number, message: string, uri: string): Failure {
  const place = { uri };
  if (status === 404 && (MISSING_BUCKET.test(message) || uri.endsWith("/"))) {
    const help = "Look for a mistake in its name.";
    return new Failure("source-missing", `There is no bucket for "${uri}".`, { help, place });
  }
  if (status === 404) return new Failure("source-missing", `There is no object "${uri}".`, { place });
  const told = `the store answers ${status}${message === "" ? "" : ` ${message}`}`.replace(/\.$/, "");
  if (status === 401) {
    const sentence = `"${uri}" cannot be read: credentials are missing, wrong or expired (${told}).`;
    return new Failure("access-denied", sentence, { help: CREDENTIALS, place });
  }
  if (status === 403) {
    const help = `They need storage.objects.get, and storage.objects.list for wildcards. ${CREDENTIALS}`;
    const sentence = `"${uri}" cannot be read: these credentials may not read it (${told}).`;
    return new Failure("access-denied", sentence, { help, place });
  }
  return new Failure("source-unreadable", `"${uri}" cannot be read: ${told}.`, { place });
}
