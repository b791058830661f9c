/** What S3 answers, in XML. Read by its few names, without building a document: entities cannot do harm here. */
import { Failure } from "#text";
import type { RemoteEntry } from "./remote-store.ts";

/** A page of a listing. */
export interface ListingPage {
  readonly entries: readonly RemoteEntry[];
  /** Null: the last page. */
  readonly nextToken: string | null;
}

/** What an answer says went wrong; empty where it says nothing. */
export interface ErrorPage {
  readonly code: string;
  readonly message: string;
}

/**
 * The names below a directory. The empty name, of a directory's marker (`logs/`) and of keys with two slashes in a row, is left out, and so
 * are "." and "..".
 *
 * @throws Failure source-unreadable: the text is no page of a listing
 */
export function readListingPage(xml: string, directory: string, uri: string): ListingPage {
  if (textOf(xml, "IsTruncated") === null) {
    throw new Failure("source-unreadable", `What the store answers for "${uri}" is no listing.`, {
      place: { uri },
    });
  }
  const nameOf = (key: string | null) => decodedKey(key ?? "").slice(directory.length);
  const directories = elements(xml, "CommonPrefixes").map(
    (element): RemoteEntry => ({
      name: nameOf(textOf(element, "Prefix")).replace(/\/$/, ""),
      kind: "directory",
      sizeBytes: null,
      lastModifiedMs: null,
      version: null,
    }),
  );
  const files = elements(xml, "Contents").map((element): RemoteEntry => {
    const modifiedMs = Date.parse(textOf(element, "LastModified") ?? "");
    const size = textOf(element, "Size");
    return {
      name: nameOf(textOf(element, "Key")),
      kind: "file",
      sizeBytes: size === null ? null : Number(size),
      lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
      version: textOf(element, "ETag"),
    };
  });
  const isName = ({ name }: RemoteEntry) =>
    name !== "" && name !== "." && name !== ".." && !name.includes("/");
  return {
    entries: [...directories, ...files].filter(isName),
    nextToken: textOf(xml, "IsTruncated") === "true" ? textOf(xml, "NextContinuationToken") : null,
  };
}

/** The code and the sentence of an error. */
export function readErrorPage(xml: string): ErrorPage {
  return { code: textOf(xml, "Code") ?? "", message: textOf(xml, "Message") ?? "" };
}

/** Keys are asked for URL-encoded: XML cannot hold all that they may. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}

/** The insides of all elements of a name, as they stand. */
function elements(xml: string, name: string): readonly string[] {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const found: string[] = [];
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end < 0) break;
    found.push(xml.slice(at + open.length, end));
    at = end + close.length;
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text of the first element of a name; null without one. */
function textOf(xml: string, name: string): string | null {
  const open = `<${name}>`;
  const start = xml.indexOf(open);
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, start);
  if (end < 0) return null;
  return xml
    .slice(start + open.length, end)
    .replace(/&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/gi, (whole, entity: string) => {
      if (!entity.startsWith("#")) return ENTITIES[entity.toLowerCase()] ?? whole;
      const code = entity.startsWith("#x") ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}
