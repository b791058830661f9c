/** What `trawl geo` does; loaded by it alone. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  type DatabaseKind,
  describeGeo,
  type HttpGet,
  type InstalledDatabase,
  installDatabase,
} from "#enrichment";
import { Failure } from "#text";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { policyOf } from "../outside.ts";
import { watchForStop } from "../stop.ts";
import { downloadUnder } from "./download.ts";
import { geoFolder } from "./places.ts";
import { printRows } from "./rows.ts";

const KINDS: readonly DatabaseKind[] = ["country", "asn", "city"];
/** A city database is 130 MB. */
const MOST_BYTES = 1 << 30;

const unzip = promisify(gunzip);

/** Runs the command. In `source`, where databases are fetched, {kind} and {month} stand for what is wanted. */
export async function runGeo(invocation: Invocation, source: string): Promise<number> {
  const [action = "status", ...names] = invocation.arguments.positionals;
  switch (action) {
    case "status":
      return status(invocation);
    case "update":
      return update(names, source, invocation);
    case "use":
      return use(names, invocation);
    default:
      throw new Failure("usage", `trawl geo takes status, update or use, not "${action}".`);
  }
}

function status({ surroundings }: Invocation): number {
  const databases = describeGeo({ folder: geoFolder(surroundings) });
  const rows = databases.map(({ kind, title, builtMs, isInstalled, path }) => [
    kind,
    title,
    builtMs === null ? "no date" : dayOf(builtMs),
    isInstalled ? "installed" : "comes with Trawl",
    path,
  ]);
  const missing = KINDS.filter((kind) => !databases.some((database) => database.kind === kind));
  const more = missing.map((kind) => [kind, `none; get one: trawl geo update ${kind}`]);
  surroundings.stdout.write(printRows([...rows, ...more]));
  return EXIT.done.code;
}

/** Without names, countries and networks: cities are large. */
async function update(names: readonly string[], source: string, invocation: Invocation): Promise<number> {
  const { surroundings, settings } = invocation;
  const wanted = names.length === 0 ? (["country", "asn"] as const) : names.map(kindNamed);
  const stop = watchForStop(surroundings, settings.timeoutMs);
  try {
    for (const kind of wanted) {
      const { bytes, url } = await newest(source, kind, {
        nowMs: surroundings.wallClockMs(),
        signal: stop.signal,
        get: downloadUnder(policyOf(settings)),
      });
      tell(await installDatabase(bytes, { folder: geoFolder(surroundings), from: url }), invocation);
    }
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    stop.release();
  }
  return EXIT.done.code;
}

function kindNamed(name: string): DatabaseKind {
  const kind = KINDS.find((one) => one === name);
  if (kind === undefined)
    throw new Failure("usage", `There is no database of "${name}".`, {
      help: `There are: ${KINDS.join(", ")}.`,
    });
  return kind;
}

/** The database of this month, or of the month before when that is not there yet. */
async function newest(
  source: string,
  kind: DatabaseKind,
  { nowMs, signal, get }: { readonly nowMs: number; readonly signal: AbortSignal; readonly get: HttpGet },
): Promise<{ readonly bytes: Uint8Array; readonly url: string }> {
  const now = new Date(nowMs);
  const urls = [0, 1].map((back) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
    return source.replaceAll("{kind}", kind).replaceAll("{month}", month.toISOString().slice(0, 7));
  });
  let reason = "";
  for (const url of new Set(urls)) {
    try {
      const { status: code, body } = await get(url, { headers: {}, mostBytes: MOST_BYTES, signal });
      if (code === 200) return { bytes: await plainBytes(body), url };
      reason = `the server answers ${code}`;
      if (code !== 404) break;
    } catch (cause) {
      if (signal.aborted || cause instanceof Failure) throw cause;
      reason = cause instanceof Error ? cause.message : String(cause);
      break;
    }
  }
  throw new Failure("source-unreadable", `The database of "${kind}" cannot be fetched: ${reason}.`, {
    place: { uri: urls[0] ?? source },
    help: "Databases that are installed stay as they are. A file that is here is installed with: trawl geo use FILE.",
  });
}

async function plainBytes(body: Uint8Array): Promise<Uint8Array> {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  return isGzip ? await unzip(body, { maxOutputLength: MOST_BYTES }) : body;
}

async function use(names: readonly string[], invocation: Invocation): Promise<number> {
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Failure("usage", "The usage is: trawl geo use FILE.mmdb.");
  const { surroundings } = invocation;
  const path = resolve(surroundings.workingDirectory, name);
  let bytes: Uint8Array;
  try {
    bytes = await plainBytes(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("source-unreadable", `"${name}" cannot be read: ${reason}.`, {
      place: { uri: path },
      cause,
    });
  }
  tell(await installDatabase(bytes, { folder: geoFolder(surroundings), from: path }), invocation);
  return EXIT.done.code;
}

function tell({ kind, metadata, path }: InstalledDatabase, { surroundings }: Invocation): void {
  surroundings.stdout.write(printRows([[kind, metadata.type, dayOf(metadata.builtMs), path]]));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
