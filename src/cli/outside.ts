/** What queries may ask of other machines. */
import { dnsLookups, nothingInstalled, OFFLINE_LOOKUPS, type OutsideLookups, tableLookups } from "#relations";
import { Failure } from "#text";
import type { Arguments } from "./arguments.ts";
import type { Invocation } from "./command.ts";
import { type Option, switchOption } from "./option.ts";

/** The option that keeps a run to itself. */
export const OFFLINE_OPTION: Option = switchOption(
  "offline",
  "Ask no other machines: DNS_LOOKUP, DNS_RESOLVE and FETCH give NULL, and it is said so.",
);

/** The option that lets scripts fetch. */
export const FETCH_OPTION: Option = switchOption(
  "fetch",
  "Let scripts fetch texts from the web with FETCH. Without it they cannot: an address can carry data away.",
);

/** The options of commands that may ask other machines. */
export const OUTSIDE_OPTIONS: readonly Option[] = [OFFLINE_OPTION, FETCH_OPTION];

const LARGEST_TEXT_BYTES = 4 << 20;
const LONGEST_FETCH_MS = 20_000;

/** Who answers the questions of this run: tables on this machine, and other machines unless it keeps to itself. */
export function lookupsOf(
  { arguments: parsed, surroundings, settings }: Invocation,
  nowMs: number,
): OutsideLookups {
  // Loaded only when a script asks: most do not.
  return tableLookups(networkLookups(parsed, settings.nameServers), async () => {
    const { geoOf, knownLists } = await import("./enrichment/places.ts");
    return { geo: geoOf(surroundings), lists: () => knownLists(surroundings), nowMs };
  });
}

function networkLookups(parsed: Arguments, servers: readonly string[] | null): OutsideLookups {
  if (parsed.values.has(OFFLINE_OPTION.name)) return OFFLINE_LOOKUPS;
  const mayFetch = parsed.values.has(FETCH_OPTION.name);
  const fetching: OutsideLookups = {
    answer: async (question, signal) => {
      const [url] = question.arguments;
      if (question.function !== "fetch" || typeof url !== "string") throw nothingInstalled(question.function);
      if (!mayFetch) throw fetchingIsOff();
      return await fetchText(url, signal);
    },
  };
  return dnsLookups(fetching, { servers });
}

/** Whether a path of a script is an address of the web. */
export function isWebAddress(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** The text at an address, when the run may fetch. Throws a failure that says why there is none. */
export async function fetchForScript(url: string, parsed: Arguments, signal: AbortSignal): Promise<string> {
  if (parsed.values.has(OFFLINE_OPTION.name) || !parsed.values.has(FETCH_OPTION.name)) throw fetchingIsOff();
  try {
    return await fetchText(url, AbortSignal.any([signal, AbortSignal.timeout(LONGEST_FETCH_MS)]));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("source-unreadable", `"${url}" cannot be fetched: ${reason}.`, {
      place: { uri: url },
      cause,
    });
  }
}

function fetchingIsOff(): Failure {
  return new Failure("lookup-unavailable", "Scripts may not fetch from the web in this run.", {
    help: "Allow it: --fetch.",
  });
}

/** The text at an address, up to a limit. */
async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  if (!isWebAddress(url)) throw new Error("only http and https are fetched");
  const response = await fetch(url, { signal, redirect: "follow" });
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of response.body ?? []) {
    sizeBytes += piece.length;
    if (sizeBytes > LARGEST_TEXT_BYTES) throw new Error("the text is larger than 4 MiB");
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}
