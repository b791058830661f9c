/** What users write to name a source: a path, a `file:` address, or `-`. */
import { pathToFileURL } from "node:url";
import { Failure } from "#text";

/** Where bytes come from. `path` has `/` between its names and is as written: relative stays relative, wildcards stay in. */
export type Address =
  | { readonly kind: "standard-input" }
  | { readonly kind: "path"; readonly path: string; readonly isUrl: boolean };

/** The address of standard input. */
export const STANDARD_INPUT_URI = "-";

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const READABLE =
  "Addresses that can be read: a path such as logs/*.log, file:///var/log/*.log, and - for standard input.";
const isWindows = process.platform === "win32";

/**
 * Takes an address apart: `access.log`, `./x/*.log`, `/var/log/syslog`, `file:///var/log/syslog`, `file:/C:/logs`, `-`.
 * In `file:` addresses `%HH` is undone; in paths nothing is.
 *
 * @throws Failure source-scheme-unknown, source-missing (an empty address)
 */
export function parseAddress(uri: string): Address {
  if (uri === STANDARD_INPUT_URI) return { kind: "standard-input" };
  if (uri === "")
    throw new Failure("source-missing", "The address of a source is empty.", { help: READABLE });
  if (uri.includes("\0"))
    throw new Failure("source-missing", "An address cannot hold a NUL byte.", { place: { uri } });
  if (/^file:/i.test(uri)) return { kind: "path", path: pathOfFileUrl(uri), isUrl: true };
  const scheme = SCHEME.exec(uri)?.[1];
  if (scheme !== undefined) {
    throw new Failure("source-scheme-unknown", `Addresses that begin with "${scheme}://" cannot be read.`, {
      help: READABLE,
      place: { uri },
    });
  }
  return { kind: "path", path: isWindows ? uri.replaceAll("\\", "/") : uri, isUrl: false };
}

/** `file:///a`, `file:/a`, `file://localhost/a`; on Windows also with a drive. Wildcards and `$` stay what they are. */
function pathOfFileUrl(uri: string): string {
  const host = /^file:\/\/([^/]+)/i.exec(uri)?.[1];
  if (host !== undefined && host.toLowerCase() !== "localhost") {
    throw new Failure(
      "source-missing",
      `"${uri}" names the machine "${host}", and only this one can be read.`,
      {
        help: `A path of this machine has three slashes: file:///${uri.slice("file://".length)}.`,
        place: { uri },
      },
    );
  }
  const path = uri.replace(/^file:(\/\/localhost(?=\/)|\/\/(?=\/))?/i, "");
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
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
  return isWindows ? decoded.replace(/^\/(?=[a-z]:)/i, "").replaceAll("\\", "/") : decoded;
}

/** An address that names exactly the file at `path`, in the way the user wrote theirs. */
export function uriOfPath(path: string, isUrl: boolean): string {
  if (isUrl) return pathToFileURL(path).href;
  return path === STANDARD_INPUT_URI || SCHEME.test(path) || /^file:/i.test(path) ? `./${path}` : path;
}
