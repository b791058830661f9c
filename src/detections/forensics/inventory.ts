/** What a site consists of: paths that may be answered. */
import type { Detector } from "../detector.ts";
import type { DetectionEvent } from "../event.ts";
import type { Finding } from "../finding.ts";
import { numberField, ownText, textField } from "../pass/event-values.ts";
import { pathOfTarget } from "../pass/paths.ts";

/** The site's own paths. */
export interface Inventory {
  /** How many paths it was made of. */
  readonly size: number;
  /** Whether what stands at the path belongs to the site: a file of it, a folder of it, or a script of it with a path behind. */
  has(path: string): boolean;
}

/** Names that document roots have; what stands before them is no part of a site's paths. */
const ROOT_NAMES: ReadonlySet<string> = new Set([
  "htdocs",
  "html",
  "public_html",
  "public",
  "www",
  "wwwroot",
  "webroot",
  "httpdocs",
]);
/** More paths of an earlier log are not kept. */
const MOST_PATHS = 1_000_000;

/**
 * An inventory out of a list of files: a manifest with one path per line, what `find` or `find -ls` prints, or a list of checksums
 * (`sha256sum`). `root` is the folder that the site's `/` is; without it, it is guessed from the usual names of such folders.
 */
export function readInventory(text: string, root: string | null = null): Inventory {
  const paths = text.split("\n").flatMap((line) => {
    const path = pathOfLine(line.replace(/\r$/, ""));
    return path === null ? [] : [path];
  });
  const prefix = root === null ? commonRoot(paths) : root.replace(/\\/g, "/").replace(/\/+$/, "");
  return inventoryOf(paths.map((path) => (path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path)));
}

function pathOfLine(line: string): string | null {
  if (line.trim() === "" || line.startsWith("#")) return null;
  const checksum = /^[0-9a-f]{32,128} [ *](.+)$/i.exec(line)?.[1];
  const listed = /^\s*\d*\s*\d*\s*[-dlbcps][-rwxsStT]{9}\S*\s.*?\s(\.?\/.*?)(?: -> .*)?$/.exec(line)?.[1];
  const path = (checksum ?? listed ?? line).replace(/\\/g, "/").replace(/^[A-Za-z]:(?=\/)/, "");
  if (path === "." || path === "./") return null;
  return path.startsWith("./") ? path.slice(1) : path.startsWith("/") ? path : `/${path}`;
}

/** The deepest folder with a usual name of document roots that all paths stand below; otherwise none. */
function commonRoot(paths: readonly string[]): string {
  const parts = paths[0]?.split("/").slice(0, 32) ?? [];
  for (let end = parts.length - 1; end > 1; end--) {
    if (!ROOT_NAMES.has(parts[end - 1]?.toLowerCase() ?? "")) continue;
    const prefix = parts.slice(0, end).join("/");
    if (paths.every((path) => path === prefix || path.startsWith(`${prefix}/`))) return prefix;
  }
  return "";
}

/** The inventory of paths that begin with a slash. */
export function inventoryOf(paths: Iterable<string>): Inventory {
  const files = new Set<string>();
  const folders = new Set<string>(["/"]);
  for (const path of paths) {
    const file = normalPath(path);
    files.add(file);
    for (let slash = file.lastIndexOf("/"); slash > 0; slash = file.lastIndexOf("/", slash - 1)) {
      const folder = file.slice(0, slash + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  const isKnown = (path: string) => files.has(path) || folders.has(path) || folders.has(`${path}/`);
  return {
    size: files.size,
    has(path) {
      const normal = normalPath(path);
      if (isKnown(normal)) return true;
      const script = /^(.*?\.(?:php\d?|phtml|phar|aspx?|jspx?|cgi|pl|py|rb|cfm))\//i.exec(normal)?.[1];
      return script !== undefined && files.has(script);
    },
  };
}

/** What belongs to the site by one or the other. */
export function joinInventories(one: Inventory, other: Inventory): Inventory {
  return { size: one.size + other.size, has: (path) => one.has(path) || other.has(path) };
}

/** Paths as servers look for them: decoded once, without doubled slashes and dots. */
function normalPath(path: string): string {
  let decoded = path;
  try {
    if (path.includes("%")) decoded = decodeURIComponent(path);
  } catch {
    // Bytes that are no UTF-8 stay as they are written.
  }
  return decoded.replace(/\/{2,}/g, "/").replace(/\/\.(?=\/)/g, "");
}

/** Gathers the inventory of an earlier log in which nothing had happened yet: all paths that were answered with 2xx. */
export class InventoryCollector implements Detector {
  readonly fields: readonly string[] = ["http.response.status_code", "url.original", "url.path"];
  readonly #paths = new Set<string>();

  observe(event: DetectionEvent): void {
    if (!event.isParsed || event.kind !== "web" || this.#paths.size >= MOST_PATHS) return;
    const status = numberField(event, "http.response.status_code") ?? 0;
    const target = textField(event, "url.original") ?? textField(event, "url.path");
    if (target === null || status < 200 || status > 299) return;
    const path = pathOfTarget(target);
    if (!this.#paths.has(path)) this.#paths.add(ownText(path));
  }

  take(): readonly Finding[] {
    return [];
  }

  notes(): readonly string[] {
    return this.#paths.size < MOST_PATHS
      ? []
      : [`The earlier log has more than ${MOST_PATHS} paths; the first ones count as the site's.`];
  }

  /** What was gathered so far. */
  inventory(): Inventory {
    return inventoryOf(this.#paths);
  }
}
