/** Incidents as a bundle of CTIM, the Cisco Threat Intelligence Model, as Cisco XDR imports it. Source: the model's published schema. */
import { type DetectionReport, type Incident, type Severity, stableId } from "#detections";
import { readAddress } from "#language";
import { descriptionOf, timestampOf } from "./incident-clock.ts";

/** The version of the model that the objects follow. */
const SCHEMA_VERSION = "1.3.9";
/** Marks objects as made here: nothing else is ever deleted. */
export const CTIM_SOURCE = "Trawl";
/** External ids of objects that were made here begin so. */
export const CTIM_ID_PREFIX = "trawl:";

/** The kinds of objects in a bundle, in an order in which they can be deleted. */
export const CTIM_KINDS = ["relationship", "sighting", "judgement", "indicator", "incident"] as const;

/** A kind of object in a bundle. */
export type CtimKind = (typeof CTIM_KINDS)[number];

/** An object of the model. */
export interface CtimObject {
  readonly type: CtimKind;
  readonly id: string;
  readonly external_ids: readonly string[];
  readonly [property: string]: unknown;
}

/** What a bundle says besides the report. */
export interface CtimOptions {
  /** The host that was attacked, as its name or address; null: not told. */
  readonly target: string | null;
  /** How long after its last event a client counts as malicious. */
  readonly judgedForMs: number;
}

/** How long texts of the model may be, in UTF-16 units. */
const LONGEST = { title: 1024, shortDescription: 2048, description: 5000, reason: 1024 } as const;

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

const LEVEL: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  informational: "Info",
};

/** Machines judge with 90 at most: people come first. */
const PRIORITY: Readonly<Record<Severity, number>> = {
  critical: 90,
  high: 85,
  medium: 70,
  low: 50,
  informational: 10,
};

/** The bundle of all incidents of a report. The same report gives the same text. */
export function ctimBundle(report: DetectionReport, options: CtimOptions): string {
  return `${JSON.stringify(ctimObjects(report, options), null, 2)}\n`;
}

/** A bundle of the model. */
export interface CtimBundle {
  readonly type: "bundle";
  readonly schema_version: string;
  readonly source: string;
  readonly external_ids: readonly string[];
  readonly incidents: readonly CtimObject[];
  readonly sightings: readonly CtimObject[];
  readonly judgements: readonly CtimObject[];
  readonly indicators: readonly CtimObject[];
  readonly relationships: readonly CtimObject[];
}

/** The bundle as data. */
export function ctimObjects(report: DetectionReport, options: CtimOptions): CtimBundle {
  const objects = eachOnce(report.incidents.flatMap((incident) => objectsOf(incident, report, options)));
  const of = (kind: CtimKind) => objects.filter(({ type }) => type === kind);
  return {
    type: "bundle",
    schema_version: SCHEMA_VERSION,
    source: CTIM_SOURCE,
    external_ids: [`${CTIM_ID_PREFIX}bundle:${stableId(["ctim-bundle", ...objects.map(({ id }) => id)])}`],
    incidents: of("incident"),
    sightings: of("sighting"),
    judgements: of("judgement"),
    indicators: of("indicator"),
    relationships: of("relationship"),
  };
}

/** Incidents share indicators, and a client of several incidents is judged once: by the worst of them. */
function eachOnce(objects: readonly CtimObject[]): readonly CtimObject[] {
  const byId = new Map<string, CtimObject>();
  for (const object of objects) {
    const known = byId.get(object.id);
    if (known === undefined || Number(object["priority"] ?? 0) > Number(known["priority"] ?? 0))
      byId.set(object.id, object);
  }
  return [...byId.values()];
}

function objectOf(
  type: CtimKind,
  name: readonly string[],
  timestamp: string,
  properties: Readonly<Record<string, unknown>>,
): CtimObject {
  const id = stableId(["ctim", type, ...name]);
  return {
    type,
    // Ids within a bundle; the server gives its own and keeps ours as external ids.
    id: `transient:${CTIM_ID_PREFIX}${type}:${id}`,
    external_ids: [`${CTIM_ID_PREFIX}${type}:${id}`],
    schema_version: SCHEMA_VERSION,
    source: CTIM_SOURCE,
    timestamp,
    tlp: "amber",
    ...properties,
  };
}

function objectsOf(incident: Incident, report: DetectionReport, options: CtimOptions): readonly CtimObject[] {
  const first = timestampOf(incident.firstTimeMs);
  const last = timestampOf(incident.lastTimeMs);
  const until = timestampOf((incident.lastTimeMs ?? 0) + options.judgedForMs);
  const observable = observableOf(incident.client);
  const target = options.target === null ? null : observableOf(options.target);
  const observedTime = { start_time: first, end_time: last };
  const common = { confidence: "High", severity: LEVEL[incident.severity] };
  const title = shortened(`${incident.title}: ${incident.client}`, LONGEST.title);
  const about = objectOf("incident", [incident.id], last, {
    ...common,
    title,
    short_description: shortened(incident.title, LONGEST.shortDescription),
    description: shortened(descriptionOf(incident, report), LONGEST.description),
    status: "New",
    incident_time: { opened: last, discovered: first },
    discovery_method: "Log Review",
    promotion_method: "Automated",
    ...(incident.techniques.length === 0 ? {} : { techniques: incident.techniques }),
  });
  const sighting = objectOf("sighting", [incident.id], last, {
    ...common,
    title,
    description: `Seen in ${report.account.files} log files.`,
    count: Math.max(1, incident.count),
    observed_time: observedTime,
    sensor: "network.sensor",
    observables: target === null ? [observable] : [observable, target],
    ...(target === null
      ? {}
      : {
          targets: [{ type: "endpoint", observables: [target], observed_time: observedTime }],
          relations: [{ origin: CTIM_SOURCE, relation: "Connected_To", source: observable, related: target }],
        }),
  });
  const judgement = objectOf("judgement", [incident.client], last, {
    ...common,
    observable,
    disposition: 2,
    disposition_name: "Malicious",
    priority: PRIORITY[incident.severity],
    reason: shortened(incident.title, LONGEST.reason),
    valid_time: { start_time: first, end_time: until },
  });
  const indicator = objectOf("indicator", [incident.promotionId], IDENTITY_TIME, {
    ...common,
    title: shortened(incident.title, LONGEST.title),
    description: `Clients that the promotion rule ${incident.promotionId} made incidents of.`,
    producer: CTIM_SOURCE,
    indicator_type: ["IP Watchlist"],
    valid_time: { start_time: IDENTITY_TIME, end_time: NEVER },
  });
  return [
    about,
    sighting,
    judgement,
    indicator,
    relationshipOf("member-of", sighting, about, last),
    relationshipOf("sighting-of", sighting, indicator, last),
    relationshipOf("element-of", judgement, indicator, last),
  ];
}

/** Indicators are the same for every log. */
const IDENTITY_TIME = "2026-01-01T00:00:00.000Z";
/** The model's word for no end. */
const NEVER = "2525-01-01T00:00:00.000Z";

function observableOf(text: string) {
  if (readAddress(text) === null) return { type: "hostname", value: text };
  return { type: text.includes(":") ? "ipv6" : "ip", value: text };
}

function relationshipOf(type: string, source: CtimObject, target: CtimObject, timestamp: string): CtimObject {
  return objectOf("relationship", [type, source.id, target.id], timestamp, {
    relationship_type: type,
    source_ref: source.id,
    target_ref: target.id,
  });
}
