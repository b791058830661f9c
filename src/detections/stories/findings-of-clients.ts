/** Findings sorted by whom they are about. */
import type { Finding } from "../finding.ts";

/** Client → its findings, in the order they are given. Findings about nobody are left out. */
export function findingsOfClients(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const ofClient = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.client === null) continue;
    const own = ofClient.get(finding.client);
    if (own === undefined) ofClient.set(finding.client, [finding]);
    else own.push(finding);
  }
  return ofClient;
}

/** The earliest time of findings; null when none tells one. */
export function firstTimeOf(findings: readonly Finding[]): number | null {
  return findings.reduce<number | null>((first, { firstTimeMs: time }) => {
    if (time === null || first === null) return first ?? time;
    return Math.min(first, time);
  }, null);
}

/** The latest time of findings; null when none tells one. */
export function lastTimeOf(findings: readonly Finding[]): number | null {
  return findings.reduce<number | null>((last, { lastTimeMs: time }) => {
    if (time === null || last === null) return last ?? time;
    return Math.max(last, time);
  }, null);
}
