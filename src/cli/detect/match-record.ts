/** A matched record as one line of JSON. */

import { SEVERITIES } from "#actions";
import type { DetectionEvent, RuleMatch } from "#detections";
import { safeJson } from "./safe-json.ts";

/** The members and their order stay as they are. */
export function matchRecord(event: DetectionEvent, matches: readonly RuleMatch[]): string {
  const { place, timeMs } = event;
  const worst = matches.reduce((rank, { rule }) => Math.max(rank, SEVERITIES.indexOf(rule.severity)), 0);
  const client = event.value("source.ip") ?? event.value("source.domain");
  const record = {
    file: place.uri,
    offset: place.offset,
    length: place.length,
    time: timeMs === null ? null : new Date(timeMs).toISOString(),
    client_ip: client === null ? null : String(client),
    rules: matches.map(({ rule }) => rule.id),
    severity: SEVERITIES[worst],
    is_parsed: event.isParsed,
    matches: matches.map(({ rule, field, form, text }) => ({
      rule: rule.id,
      field,
      form,
      text: text.slice(0, 512),
    })),
  };
  return safeJson(JSON.stringify(record));
}
