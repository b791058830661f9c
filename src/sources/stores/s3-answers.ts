/** What S3 answers, in XML: pages of a listing and errors (Amazon S3 API of 2006-03-01). */
import { Failure } from "#text";
import { childrenOf, readXml, textIn, type XmlElement } from "./read-xml.ts";
import type { RemoteEntry } from "./remote-store.ts";

/** A page of a listing. */
export interface ListingPage {
  readonly entries: readonly RemoteEntry[];
  /** Keys that no path leads to, see `isWalkable`; not those of directories' markers. */
  readonly oddKeys: readonly string[];
  /** Null: the last page. */
  readonly nextToken: string | null;
  /** Nothing is there, not even a directory's marker. */
  readonly isEmpty: boolean;
}

/** What an answer says went wrong; empty where it says nothing. */
export interface ErrorPage {
  readonly code: string;
  readonly message: string;
  /** Where the bucket is, when it is elsewhere. */
  readonly region: string;
}

/**
 * The names below a directory. An object whose key is the directory's, with a slash at its end, is left out when it is empty: consoles
 * make such for directories.
 *
 * @param directory  what all keys begin with: empty, or with a slash at its end
 * @throws Failure source-unreadable: the text is no page of a listing
 */
export function readListingPage(xml: string, directory: string, uri: string): ListingPage {
  const page = readXml(xml);
  if (page?.name !== "ListBucketResult") throw noListing(uri);
  const isEncoded = textIn(page, "EncodingType") === "url";
  const keyOf = (element: XmlElement, name: string) => decodedKey(textIn(element, name) ?? "", isEncoded);
  const entries: RemoteEntry[] = [];
  const oddKeys: string[] = [];
  const directories = childrenOf(page, "CommonPrefixes");
  const objects = childrenOf(page, "Contents");
  for (const element of directories) {
    const prefix = keyOf(element, "Prefix");
    const name = nameWithin(prefix.replace(/\/$/, ""), directory);
    if (name === null) oddKeys.push(prefix);
    else entries.push({ name, kind: "directory", sizeBytes: null, lastModifiedMs: null, version: null });
  }
  for (const element of objects) {
    const key = keyOf(element, "Key");
    const name = nameWithin(key, directory);
    const entry = fileOf(element, name ?? "");
    if (name !== null) entries.push(entry);
    else if (key !== directory || entry.sizeBytes !== 0) oddKeys.push(key);
  }
  const isTruncated = textIn(page, "IsTruncated") === "true";
  const nextToken = isTruncated ? textIn(page, "NextContinuationToken") : null;
  if (isTruncated && nextToken === null) throw noListing(uri);
  return { entries, oddKeys, nextToken, isEmpty: directories.length + objects.length === 0 };
}

function noListing(uri: string): Failure {
  return new Failure("source-unreadable", `What the store answers for "${uri}" is no listing of S3.`, {
    help: "Is the endpoint right? It must speak the protocol of S3, ListObjectsV2 included.",
    place: { uri },
  });
}

function fileOf(element: XmlElement, name: string): RemoteEntry {
  const modifiedMs = Date.parse(textIn(element, "LastModified") ?? "");
  const size = textIn(element, "Size") ?? "";
  const etag = textIn(element, "ETag") ?? "";
  return {
    name,
    kind: "file",
    sizeBytes: /^\d{1,15}$/.test(size) ? Number(size) : null,
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: etag === "" ? null : quoted(etag),
  };
}

/** Some stores leave the quotes out in listings, and have them in headers. */
function quoted(etag: string): string {
  return /^(W\/)?"/.test(etag) ? etag : `"${etag}"`;
}

/** The name of a key directly below a directory; null when no path leads to it. */
export function nameWithin(key: string, directory: string): string | null {
  if (!key.startsWith(directory)) return null;
  const name = key.slice(directory.length);
  return !name.includes("/") && isWalkable(name) ? name : null;
}

/** Whether a path can hold the name. Over HTTP nobody can ask for "." and "..": addresses of the web lose them on the way. */
export function isWalkable(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !name.includes("\0") && !/\p{Surrogate}/u.test(name);
}

/** The code and the sentence of an error. */
export function readErrorPage(xml: string): ErrorPage {
  const page = readXml(xml);
  const textOf = (name: string) => (page?.name === "Error" ? (textIn(page, name) ?? "") : "");
  return { code: textOf("Code"), message: textOf("Message"), region: textOf("Region") };
}

/** Keys are asked for URL-encoded, as XML cannot hold all that they may; not all stores know how. */
function decodedKey(key: string, isEncoded: boolean): string {
  if (!isEncoded) return key;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
