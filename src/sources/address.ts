/** What users write to name a source: a path, a `file:` address, an address of a store, or `-`. */
import { pathToFileURL } from "node:url";
import { Failure } from "#text";

/** Where bytes come from. `path` has `/` between its names and is as written: relative stays relative, wildcards stay in. */
export type Address =
  | { readonly kind: "standard-input" }
  | { readonly kind: "path"; readonly path: string; readonly isUrl: boolean }
  | StoreAddress;

/** Kinds of stores. An `s` at the end: over TLS, where there are both. */
export const STORE_SCHEMES = [
  "file",
  "http",
  "https",
  "s3",
  "s3s",
  "gs",
  "gss",
  "wasb",
  "wasbs",
  "ssh",
  "sftp",
  "es",
  "ess",
] as const;
export type StoreScheme = (typeof STORE_SCHEMES)[number];

/** A place in a store: `s3s://eu-west-1@bucket/logs/*.gz`, `file://varlog/auth.log`. */
export interface StoreAddress {
  readonly kind: "store";
  readonly scheme: StoreScheme;
  /** What stands between `//` and the next slash: a datastore's name, a bucket, a host with user and port. */
  readonly authority: string;
  /** Behind the authority, without the slash before it; as written (of `file:`, `%HH` is undone). Wildcards stay in. */
  readonly path: string;
}

/** The address of standard input. */
export const STANDARD_INPUT_URI = "-";

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const READABLE = `Addresses that can be read: a path such as logs/*.log, file:///var/log/*.log, - for standard input, and those that begin with ${STORE_SCHEMES.slice(
  1,
)
  .map((scheme) => `${scheme}://`)
  .join(", ")}.`;
const isWindows = process.platform === "win32";

/**
 * Takes an address apart: `access.log`, `./x/*.log`, `/var/log/syslog`, `file:///var/log/syslog`, `file:/C:/logs`, `-`,
 * `s3s://bucket/logs/*.gz`, `file://varlog/auth.log` (the datastore "varlog"). In `file:` addresses `%HH` is undone; elsewhere nothing is.
 *
 * @throws Failure source-scheme-unknown, source-missing (an empty address)
 */
export function parseAddress(uri: string): Address {
  if (uri === STANDARD_INPUT_URI) return { kind: "standard-input" };
  if (uri === "")
    throw new Failure("source-missing", "The address of a source is empty.", { help: READABLE });
  if (uri.includes("\0"))
    throw new Failure("source-missing", "An address cannot hold a NUL byte.", { place: { uri } });
  const store = storeAddress(uri);
  if (store !== null) return store;
  if (/^file:/i.test(uri)) {
    const path = undone(uri.replace(/^file:(\/\/localhost(?=\/)|\/\/(?=\/))?/i, ""), uri);
    return { kind: "path", path: windowsPath(path), isUrl: true };
  }
  const scheme = SCHEME.exec(uri)?.[1];
  if (scheme !== undefined) {
    throw new Failure("source-scheme-unknown", `Addresses that begin with "${scheme}://" cannot be read.`, {
      help: READABLE,
      place: { uri },
    });
  }
  return { kind: "path", path: isWindows ? uri.replaceAll("\\", "/") : uri, isUrl: false };
}

/** Null for what is no address of a store, `file:///…` and `file://localhost/…` among them. */
function storeAddress(uri: string): StoreAddress | null {
  const [, written = "", authority = "", path = ""] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/]*)\/*(.*)$/is.exec(uri) ?? [];
  const scheme = STORE_SCHEMES.find((known) => known === written.toLowerCase());
  if (scheme === undefined) return null;
  if (scheme !== "file") {
    if (authority !== "") return { kind: "store", scheme, authority, path };
    throw new Failure("source-missing", `"${uri}" names no host, bucket or datastore.`, {
      help: `It stands behind the slashes: ${scheme}://NAME/path.`,
      place: { uri },
    });
  }
  if (authority === "" || authority.toLowerCase() === "localhost") return null;
  return { kind: "store", scheme, authority: undone(authority, uri), path: undone(path, uri) };
}

/** With `%HH` undone. Wildcards and `$` stay what they are. */
function undone(path: string, uri: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Failure(
      "source-missing",
      `"${uri}" holds a "%" that is not followed by two hexadecimal digits of UTF-8.`,
      {
        help: 'Write "%25" for a percent sign, or give the path without "file:".',
        place: { uri },
      },
    );
  }
}

function windowsPath(path: string): string {
  return isWindows ? path.replace(/^\/(?=[a-z]:)/i, "").replaceAll("\\", "/") : path;
}

/** An address that names exactly the file at `path`, in the way the user wrote theirs. */
export function uriOfPath(path: string, isUrl: boolean): string {
  if (isUrl) return pathToFileURL(path).href;
  return path === STANDARD_INPUT_URI || SCHEME.test(path) || /^file:/i.test(path) ? `./${path}` : path;
}
