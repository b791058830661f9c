/** What S3 answers, in XML: pages of a listing and errors (Amazon S3 API of 2006-03-01). */
import { Failure } from "#text";
import type { KeyPage, ListedKey } from "./listing-pages.ts";
import { childrenOf, readXml, textIn, type XmlElement } from "./read-xml.ts";

/** What an answer says went wrong; empty where it says nothing. */
export interface ErrorPage {
  readonly code: string;
  readonly message: string;
  /** Where the bucket is, when it is elsewhere. */
  readonly region: string;
}

/**
 * The keys on a page of a listing. `uri` is for messages.
 *
 * @throws Failure source-unreadable: the text is no page of a listing
 */
export function readListingPage(xml: string, uri: string): KeyPage {
  const page = readXml(xml);
  if (page?.name !== "ListBucketResult") throw noListing(uri);
  const isEncoded = textIn(page, "EncodingType") === "url";
  const keyOf = (element: XmlElement, name: string) => decodedKey(textIn(element, name) ?? "", isEncoded);
  const isTruncated = textIn(page, "IsTruncated") === "true";
  const nextToken = isTruncated ? textIn(page, "NextContinuationToken") : null;
  if (isTruncated && nextToken === null) throw noListing(uri);
  return {
    prefixes: childrenOf(page, "CommonPrefixes").map((element) => keyOf(element, "Prefix")),
    objects: childrenOf(page, "Contents").map((element) => objectOf(element, keyOf(element, "Key"))),
    nextToken,
  };
}

function noListing(uri: string): Failure {
  return new Failure("source-unreadable", `What the store answers for "${uri}" is no listing of S3.`, {
    help: "Is the endpoint right? It must speak the protocol of S3, ListObjectsV2 included.",
    place: { uri },
  });
}

function objectOf(element: XmlElement, key: string): ListedKey {
  const modifiedMs = Date.parse(textIn(element, "LastModified") ?? "");
  const size = textIn(element, "Size") ?? "";
  const etag = textIn(element, "ETag") ?? "";
  return {
    key,
    sizeBytes: /^\d{1,15}$/.test(size) ? Number(size) : null,
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: etag === "" ? null : quoted(etag),
  };
}

/** Some stores leave the quotes out in listings, and have them in headers. */
function quoted(etag: string): string {
  return /^(W\/)?"/.test(etag) ? etag : `"${etag}"`;
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
