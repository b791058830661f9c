/** Words that rules choose from. */
import type { EventKind } from "../event.ts";
import type { Phase, Severity } from "../finding.ts";

/** The levels of severity, mildest first. */
export const SEVERITIES: readonly Severity[] = ["informational", "low", "medium", "high", "critical"];

/** The phases in the order of an attack. */
export const PHASES: readonly Phase[] = [
  "reconnaissance",
  "probe",
  "credential-access",
  "exploit",
  "upload",
  "access",
  "command-and-control",
  "exfiltration",
  "removal",
  "other",
];

/** All kinds of events. */
export const EVENT_KINDS: readonly EventKind[] = [
  "web",
  "proxy",
  "auth",
  "firewall",
  "cloud",
  "network",
  "other",
];
