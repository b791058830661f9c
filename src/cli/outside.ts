/** What queries may ask of other machines. */
import type { Settings } from "#config";
import { dnsLookups, nothingInstalled, OFFLINE_LOOKUPS, type OutsideLookups, tableLookups } from "#relations";
import { type OutboundPolicy, outboundRequest, readBody } from "#sources";
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

/** Where requests of this run may go. */
export function policyOf({ outboundAllow, outboundDeny }: Settings): OutboundPolicy {
  return { allow: outboundAllow, deny: outboundDeny };
}

/** Who answers the questions of this run: tables on this machine, and other machines unless it keeps to itself. */
export function lookupsOf(
  { arguments: parsed, surroundings, settings }: Invocation,
  nowMs: number,
): OutsideLookups {
  // Loaded only when a script asks: most do not.
  return tableLookups(networkLookups(parsed, settings), async () => {
    const { geoOf, knownLists } = await import("./enrichment/places.ts");
    return { geo: geoOf(surroundings), lists: () => knownLists(surroundings), nowMs };
  });
}

function networkLookups(parsed: Arguments, settings: Settings): OutsideLookups {
  const policy = policyOf(settings);
  if (parsed.values.has(OFFLINE_OPTION.name)) return OFFLINE_LOOKUPS;
  const mayFetch = parsed.values.has(FETCH_OPTION.name);
  const fetching: OutsideLookups = {
    answer: async (question, signal) => {
      const [url] = question.arguments;
      if (question.function !== "fetch" || typeof url !== "string") throw nothingInstalled(question.function);
      if (!mayFetch) throw fetchingIsOff();
      return await fetchText(url, policy, signal);
    },
  };
  return dnsLookups(fetching, { servers: settings.nameServers });
}

/** Whether a path of a script is an address of the web. */
export function isWebAddress(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** The text at an address, when the run may fetch. Throws a failure that says why there is none. */
export async function fetchForScript(
  url: string,
  { arguments: parsed, settings }: Invocation,
  signal: AbortSignal,
): Promise<string> {
  if (parsed.values.has(OFFLINE_OPTION.name) || !parsed.values.has(FETCH_OPTION.name)) throw fetchingIsOff();
  const limit = AbortSignal.timeout(LONGEST_FETCH_MS);
  try {
    return await fetchText(url, policyOf(settings), AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error;
    throw new Failure("outbound-timeout", `"${url}" was not there within ${LONGEST_FETCH_MS / 1000} s.`, {
      place: { uri: url },
    });
  }
}

function fetchingIsOff(): Failure {
  return new Failure("lookup-unavailable", "Scripts may not fetch from the web in this run.", {
    help: "Allow it: --fetch.",
  });
}

/** The text at an address, up to a limit. */
async function fetchText(url: string, policy: OutboundPolicy, signal: AbortSignal): Promise<string> {
  const answer = await outboundRequest({ url, policy, signal, maxBytes: LARGEST_TEXT_BYTES });
  if (answer.status < 200 || answer.status > 299) {
    answer.discard();
    throw new Failure("outbound-failed", `"${url}" cannot be fetched: the server answers ${answer.status}.`, {
      place: { uri: url },
    });
  }
  return new TextDecoder().decode(await readBody(answer, LARGEST_TEXT_BYTES));
}
