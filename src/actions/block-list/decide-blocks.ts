/** Whom the findings of a report block, and whom something stronger spares. */
import type { DetectionReport, Finding, Severity } from "#detections";
import { readAddress } from "#language";
import { type AllowedNetwork, reasonToAllow } from "./allow-list.ts";

/** A client with its findings. */
export interface BlockCandidate {
  readonly client: string;
  readonly address: bigint;
  readonly severity: Severity;
  /** Titles of its findings, the most severe first. */
  readonly reasons: readonly string[];
  /** Events that its findings stand for. */
  readonly events: number;
  readonly hasSucceeded: boolean;
  readonly isIncident: boolean;
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
}

/** Who is blocked and who is not. */
export interface BlockDecision {
  readonly blocked: readonly BlockCandidate[];
  readonly spared: readonly { readonly candidate: BlockCandidate; readonly reason: string }[];
  /** Clients with findings that are no addresses: names that a log writes in their place. */
  readonly unnamed: readonly string[];
}

/** What decides. */
export interface BlockOptions {
  /** Findings below it block nobody. */
  readonly leastSeverity: Severity;
  /** Only clients of incidents. */
  readonly onlyIncidents: boolean;
  readonly allowed: readonly AllowedNetwork[];
  /** Why else a client is spared, such as a verified crawler; null: no reason. Absent: nobody is asked. */
  readonly reasonToSpare?: (candidate: BlockCandidate) => Promise<string | null>;
}

/** The levels from harmless to worst. */
export const SEVERITIES: readonly Severity[] = ["informational", "low", "medium", "high", "critical"];

/** Decides. The same report gives the same answer; clients are in the order of their addresses. */
export async function decideBlocks(report: DetectionReport, options: BlockOptions): Promise<BlockDecision> {
  const { candidates, unnamed } = candidatesOf(report, options);
  const allowedByList = new Map(
    report.findings.flatMap(({ ruleId, client, key }) =>
      ruleId === "list-allowed" && client !== null
        ? [[client, `on the list "${key["list"]}" of those that are allowed`] as const]
        : [],
    ),
  );
  const blocked: BlockCandidate[] = [];
  const spared: { candidate: BlockCandidate; reason: string }[] = [];
  for (const candidate of candidates) {
    const reason =
      reasonToAllow(candidate.address, options.allowed) ??
      allowedByList.get(candidate.client) ??
      (await options.reasonToSpare?.(candidate)) ??
      null;
    if (reason === null) blocked.push(candidate);
    else spared.push({ candidate, reason });
  }
  return { blocked, spared, unnamed };
}

function candidatesOf(report: DetectionReport, { leastSeverity, onlyIncidents }: BlockOptions) {
  const least = SEVERITIES.indexOf(leastSeverity);
  const incidents = new Set(report.incidents.map(({ client }) => client));
  const byClient = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const { client } = finding;
    if (client === null || SEVERITIES.indexOf(finding.severity) < least) continue;
    if (onlyIncidents && !incidents.has(client)) continue;
    const known = byClient.get(client);
    if (known === undefined) byClient.set(client, [finding]);
    else known.push(finding);
  }
  // An incident is reason enough, whatever its findings are.
  for (const { client } of report.incidents) if (!byClient.has(client)) byClient.set(client, []);
  const candidates: BlockCandidate[] = [];
  const unnamed: string[] = [];
  for (const [client, findings] of byClient) {
    const address = readAddress(client);
    if (address === null) unnamed.push(client);
    else candidates.push(candidateOf(client, address, findings, report));
  }
  candidates.sort((a, b) => (a.address < b.address ? -1 : 1));
  return { candidates, unnamed: unnamed.sort() };
}

function candidateOf(
  client: string,
  address: bigint,
  findings: readonly Finding[],
  report: DetectionReport,
): BlockCandidate {
  const incidents = report.incidents.filter((incident) => incident.client === client);
  const all = [...findings, ...incidents].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.title < b.title ? -1 : 1),
  );
  const times = all
    .flatMap(({ firstTimeMs, lastTimeMs }) => [firstTimeMs, lastTimeMs])
    .filter((time) => time !== null);
  return {
    client,
    address,
    severity: all[0]?.severity ?? "informational",
    reasons: [...new Set(all.map(({ title }) => title))],
    events: Math.max(
      findings.reduce((sum, { count }) => sum + count, 0),
      ...incidents.map(({ count }) => count),
    ),
    hasSucceeded: findings.some(({ outcome }) => outcome === "succeeded"),
    isIncident: incidents.length > 0,
    firstTimeMs: times.reduce<number | null>(
      (first, time) => (first === null || time < first ? time : first),
      null,
    ),
    lastTimeMs: times.reduce<number | null>(
      (last, time) => (last === null || time > last ? time : last),
      null,
    ),
  };
}
