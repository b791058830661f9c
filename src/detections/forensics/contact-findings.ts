/** Findings about who contacted what. */
import type { Evidence, Finding } from "../finding.ts";
import { compareTexts } from "../pass/evidence.ts";
import { bytesText, countText, durationText, shortText } from "../pass/words.ts";
import { lowerByPrevalence, scoreBeacon } from "./beacon-score.ts";
import type { Contact } from "./contact-table.ts";
import { forensicFinding } from "./forensic-finding.ts";
import type { ListEntry } from "./list-lookup.ts";
import { deviationsAbove, normOf, sortedNumbers } from "./robust.ts";

/** Requests for one URL that is on a list. */
export interface UrlHit {
  readonly client: string;
  readonly url: string;
  readonly entry: ListEntry;
  count: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
  readonly evidence: Evidence[];
  readonly users: string[];
}

/** Beacons below this score are chance. */
const TOLD_SCORE = 0.7;
const HIGH_SCORE = 0.9;
/** So many findings of a kind are told. */
const TOLD = 25;
/** Tunnels from this total, or of this length, are told. */
const LARGE_TUNNEL = 100_000_000;
const LONG_TUNNEL_MS = 3_600_000;
/** A client fans out when it contacts so many hosts on a day, and far more than others. */
const MANY_HOSTS = 100;
const FAR = 8;
const LEAST_RATIO = 4;
const FEWEST_CLIENTS = 5;
const DAY_MS = 86_400_000;

/** Contacts with hosts, addresses and URLs that are on a list. */
export function findBadDestinations(
  contacts: readonly Contact[],
  urls: readonly UrlHit[],
): readonly Finding[] {
  const hosts = contacts.flatMap((contact): UrlHit[] =>
    contact.entry?.meaning !== "malicious"
      ? []
      : [
          {
            client: contact.client,
            url: contact.host,
            entry: contact.entry,
            count: contact.count,
            bytes: contact.sizes.reduce((sum, size) => sum + size, 0),
            firstMs: contact.firstMs,
            lastMs: contact.lastMs,
            evidence: [...contact.evidence],
            users: contact.users,
          },
        ],
  );
  return [...hosts, ...urls].map((hit) => {
    const { client, url, entry, count, bytes, firstMs, lastMs, evidence, users } = hit;
    const of = entry.date === null ? `"${entry.list}"` : `"${entry.list}" of ${entry.date}`;
    const who = users.length === 0 ? client : `${client} (${[...users].sort().join(", ")})`;
    return forensicFinding({
      ruleId: "list-bad-destination",
      severity: "high",
      outcome: bytes > 0 ? "succeeded" : "attempted",
      client,
      about: { destination: url },
      firstTimeMs: firstMs,
      lastTimeMs: lastMs,
      count,
      measures: { answer_bytes: bytes, list_count: entry.count },
      sentence: `${who} contacted ${shortText(url)}, which is on the list ${of}, ${countText(count, "time")}; ${bytesText(bytes)} came back.`,
      evidence,
    });
  });
}

/** Pairs of client and host with contacts like a clock. */
export function findBeacons(contacts: readonly Contact[]): readonly Finding[] {
  const clients = new Set(contacts.map(({ client }) => client));
  const ofHost = new Map<string, number>();
  for (const { host } of contacts) ofHost.set(host, (ofHost.get(host) ?? 0) + 1);
  const scored = contacts.flatMap((contact) => {
    const found = scoreBeacon({ timesMs: sortedNumbers(contact.timesMs), sizes: contact.sizes });
    if (found === null) return [];
    const hostClients = ofHost.get(contact.host) ?? 1;
    const score = lowerByPrevalence(found.score, hostClients, clients.size);
    return score < TOLD_SCORE ? [] : [{ contact, found, hostClients, score }];
  });
  scored.sort(
    (a, b) =>
      b.score - a.score ||
      compareTexts(a.contact.client, b.contact.client) ||
      compareTexts(a.contact.host, b.contact.host),
  );
  return scored.slice(0, TOLD).map(({ contact, found, hostClients, score }) =>
    forensicFinding({
      ruleId: "forensic-beacon",
      severity: score >= HIGH_SCORE ? "medium" : "low",
      outcome: "unknown",
      client: contact.client,
      about: { destination: contact.host },
      firstTimeMs: contact.firstMs,
      lastTimeMs: contact.lastMs,
      count: contact.count,
      measures: {
        score: round(score),
        unlowered_score: round(found.score),
        period_ms: Math.round(found.periodMs),
        jitter: round(found.jitter),
        skewness: round(found.skewness),
        size_score: round(found.sizeScore),
        coverage: round(found.coverage),
        clients_of_host: hostClients,
      },
      sentence: `${contact.client} contacted ${shortText(contact.host)} ${countText(contact.count, "time")}, usually ${durationText(found.periodMs)} apart, give or take ${Math.round(found.jitter * 100)} %.`,
      evidence: contact.evidence,
    }),
  );
}

/** Pairs with large or long tunnels. */
export function findTunnels(contacts: readonly Contact[]): readonly Finding[] {
  const tunnels = contacts.filter(
    ({ tunnelBytes, longestTunnelMs }) => tunnelBytes >= LARGE_TUNNEL || longestTunnelMs >= LONG_TUNNEL_MS,
  );
  tunnels.sort(
    (a, b) =>
      b.tunnelBytes - a.tunnelBytes || b.longestTunnelMs - a.longestTunnelMs || compareTexts(a.host, b.host),
  );
  return tunnels.slice(0, TOLD).map((contact) =>
    forensicFinding({
      ruleId: "forensic-tunnel",
      severity: contact.longestTunnelMs >= LONG_TUNNEL_MS ? "medium" : "low",
      outcome: "unknown",
      client: contact.client,
      about: { destination: contact.host },
      firstTimeMs: contact.firstMs,
      lastTimeMs: contact.lastMs,
      count: contact.tunnels,
      measures: { tunnel_bytes: contact.tunnelBytes, longest_ms: Math.round(contact.longestTunnelMs) },
      sentence: `${contact.client} moved ${bytesText(contact.tunnelBytes)} through ${countText(contact.tunnels, "tunnel")} to ${shortText(contact.host)}; the longest stood for ${durationText(contact.longestTunnelMs)}.`,
      evidence: contact.evidence,
    }),
  );
}

/** Clients that contacted far more hosts on a day than other clients do. */
export function findFanOut(contacts: readonly Contact[]): readonly Finding[] {
  const hosts = new Map<string, Map<number, number>>();
  for (const { client, timesMs } of contacts) {
    const days = hosts.get(client) ?? new Map<number, number>();
    hosts.set(client, days);
    for (const day of new Set(timesMs.map((time) => Math.floor(time / DAY_MS))))
      days.set(day, (days.get(day) ?? 0) + 1);
  }
  if (hosts.size < FEWEST_CLIENTS) return [];
  const peaks = [...hosts].map(([client, days]) => {
    const [day = 0, count = 0] = [...days].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    return { client, day, count };
  });
  const norm = normOf(peaks.map(({ count }) => count));
  const far = peaks.filter(
    ({ count }) =>
      count >= MANY_HOSTS &&
      count >= norm.median * LEAST_RATIO &&
      deviationsAbove(count, norm, Math.max(1, norm.median * 0.1)) >= FAR,
  );
  far.sort((a, b) => b.count - a.count || compareTexts(a.client, b.client));
  return far.slice(0, TOLD).map(({ client, day, count }) =>
    forensicFinding({
      ruleId: "forensic-fan-out",
      severity: "medium",
      outcome: "unknown",
      client,
      about: {},
      firstTimeMs: day * DAY_MS,
      lastTimeMs: (day + 1) * DAY_MS - 1,
      count,
      measures: { distinct_hosts: count, median_hosts: Math.round(norm.median) },
      sentence: `${client} contacted ${count} different hosts on one day; usual are ${Math.round(norm.median)}.`,
      evidence: evidenceOfClient(contacts, client),
    }),
  );
}

function evidenceOfClient(contacts: readonly Contact[], client: string): readonly Evidence[] {
  return contacts
    .filter((contact) => contact.client === client)
    .slice(0, 10)
    .flatMap(({ evidence }) => evidence.slice(0, 1));
}

function round(number: number): number {
  return Math.round(number * 1000) / 1000;
}
