/** Incidents as a bundle of STIX 2.1 (OASIS standard, 10 June 2021). */
import { type DetectionReport, type Incident, nameId, stableId } from "#detections";
import { printAddress, readAddress } from "#language";
import { descriptionOf, timestampOf } from "./incident-clock.ts";

/** An object of STIX: its type and id, and what else the standard says of it. */
export interface StixObject {
  readonly type: string;
  readonly id: string;
  readonly [property: string]: unknown;
}

/** The name space of the standard for ids of observables (STIX 2.1, section 2.9). */
const OBSERVABLE_NAME_SPACE = Buffer.from("00abedb4aa42466c9c01fed23315a9b7", "hex");
/** The most that a count may be. */
const MOST_COUNTED = 999_999_999;
/** The identity that made the objects has been there since the beginning. */
const IDENTITY_TIME = "2026-01-01T00:00:00.000Z";

/** The bundle of all incidents of a report. The same report gives the same text. */
export function stixBundle(report: DetectionReport): string {
  const identity = sdo("identity", ["trawl"], IDENTITY_TIME, {
    name: "Trawl",
    description: "Finds attacks in logs.",
    identity_class: "system",
  });
  const objects = new Map<string, StixObject>([[identity.id, identity]]);
  for (const incident of report.incidents) {
    for (const object of objectsOf(incident, report, identity.id)) {
      if (!objects.has(object.id)) objects.set(object.id, object);
    }
  }
  const all = [...objects.values()];
  const id = `bundle--${stableId(["stix-bundle", ...all.map((object) => object.id)])}`;
  return `${JSON.stringify({ type: "bundle", id, objects: all }, null, 2)}\n`;
}

/** A domain or relationship object. */
function sdo(
  type: string,
  name: readonly string[],
  modified: string,
  properties: Readonly<Record<string, unknown>>,
): StixObject {
  const id = `${type}--${stableId(["stix", type, ...name])}`;
  return { type, spec_version: "2.1", id, created: modified, modified, ...properties };
}

function observableOf(client: string): StixObject {
  const address = readAddress(client);
  const value = address === null ? client : printAddress(address);
  const type = address === null ? "domain-name" : value.includes(":") ? "ipv6-addr" : "ipv4-addr";
  const id = `${type}--${nameId(OBSERVABLE_NAME_SPACE, JSON.stringify({ value }))}`;
  return { type, spec_version: "2.1", id, value };
}

function objectsOf(incident: Incident, report: DetectionReport, identityId: string): readonly StixObject[] {
  const first = timestampOf(incident.firstTimeMs);
  const last = timestampOf(incident.lastTimeMs);
  const count = Math.min(incident.count, MOST_COUNTED);
  const by = { created_by_ref: identityId };
  const observable = observableOf(incident.client);
  const quoted = String(observable["value"]).replace(/[\\']/g, "\\$&");
  const indicator = sdo("indicator", [incident.client], last, {
    ...by,
    name: `Attacker ${incident.client}`,
    indicator_types: ["malicious-activity"],
    pattern: `[${observable.type}:value = '${quoted}']`,
    pattern_type: "stix",
    valid_from: first,
  });
  const observed = sdo("observed-data", [incident.id], last, {
    ...by,
    first_observed: first,
    last_observed: last,
    number_observed: Math.max(1, count),
    object_refs: [observable.id],
  });
  const sighting = sdo("sighting", [incident.id], last, {
    ...by,
    first_seen: first,
    last_seen: last,
    count,
    sighting_of_ref: indicator.id,
    observed_data_refs: [observed.id],
    where_sighted_refs: [identityId],
  });
  const happened = sdo("incident", [incident.id], last, {
    ...by,
    name: `${incident.title}: ${incident.client}`,
    description: descriptionOf(incident, report),
    labels: [`severity:${incident.severity}`],
    external_references: [{ source_name: "trawl", external_id: incident.id }],
  });
  const techniques = incident.techniques.map((technique) => attackPattern(technique, identityId));
  return [
    observable,
    indicator,
    observed,
    sighting,
    happened,
    ...techniques,
    relationship("related-to", happened, indicator, last, identityId),
    ...techniques.map((technique) => relationship("indicates", indicator, technique, last, identityId)),
  ];
}

function attackPattern(technique: string, identityId: string): StixObject {
  return sdo("attack-pattern", [technique], IDENTITY_TIME, {
    created_by_ref: identityId,
    name: technique,
    external_references: [
      {
        source_name: "mitre-attack",
        external_id: technique,
        url: `https://attack.mitre.org/techniques/${technique.replace(".", "/")}`,
      },
    ],
  });
}

function relationship(
  type: string,
  source: StixObject,
  target: StixObject,
  modified: string,
  identityId: string,
): StixObject {
  return sdo("relationship", [type, source.id, target.id], modified, {
    created_by_ref: identityId,
    relationship_type: type,
    source_ref: source.id,
    target_ref: target.id,
  });
}
