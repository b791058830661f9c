/** Incidents as an event of MISP. Source: the MISP core format (draft-dulaunoy-misp-core-format). */
import { type DetectionReport, type Severity, stableId } from "#detections";
import { readAddress } from "#language";
import { descriptionOf, timestampOf } from "./incident-clock.ts";

/** Threat levels of MISP: 1 high, 2 medium, 3 low, 4 undefined. */
const THREAT_LEVEL: Readonly<Record<Severity, string>> = {
  critical: "1",
  high: "1",
  medium: "2",
  low: "3",
  informational: "4",
};

/** One event with an attribute per client. The same report gives the same text. */
export function mispEvent(report: DetectionReport): string {
  const { incidents } = report;
  const last = Math.max(0, ...incidents.map(({ lastTimeMs }) => lastTimeMs ?? 0));
  const seconds = String(Math.floor(last / 1000));
  const worst = [...incidents.map(({ severity }) => THREAT_LEVEL[severity])].sort()[0] ?? "4";
  const techniques = [...new Set(incidents.flatMap((incident) => incident.techniques))].sort();
  const ids = incidents.map(({ id }) => id);
  const event = {
    uuid: stableId(["misp-event", ...ids]),
    info:
      incidents.length === 1 ? (incidents[0]?.title ?? "") : `${incidents.length} attackers found in logs`,
    date: new Date(last).toISOString().slice(0, 10),
    timestamp: seconds,
    threat_level_id: worst,
    analysis: "2",
    distribution: "0",
    published: false,
    Tag: ["tlp:amber", ...techniques.map((id) => `mitre-attack:${id}`)].map((name) => ({ name })),
    Attribute: incidents.map((incident) => ({
      uuid: stableId(["misp-attribute", incident.id]),
      type: readAddress(incident.client) === null ? "hostname" : "ip-src",
      category: "Network activity",
      value: incident.client,
      to_ids: true,
      distribution: "5",
      timestamp: seconds,
      comment: descriptionOf(incident, report),
      first_seen: timestampOf(incident.firstTimeMs),
      last_seen: timestampOf(incident.lastTimeMs),
    })),
  };
  return `${JSON.stringify({ Event: event }, null, 2)}\n`;
}
