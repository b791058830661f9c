/** Events out of small logs, for tests: just enough of three formats, and signatures as plain expressions. */
import type { DetectionEvent, EventKind, EventValue } from "./event.ts";
import type { Phase, Severity } from "./finding.ts";
import type { EventRule, RuleMatch } from "./rule.ts";

/** An event, and what it matched. */
export interface TestEvent {
  readonly event: DetectionEvent;
  readonly matches: readonly RuleMatch[];
}

const COMBINED = /^(\S+) \S+ (\S+) \[([^\]]+)\] "([^"]*)" (\d{3}) (\d+|-)(?: "([^"]*)" "([^"]*)")?$/;
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

function timeOfCombined(text: string): number {
  const [, day = "", month = "", year = "", clock = ""] =
    /^(\d+)\/(\w+)\/(\d+):(\S+) \+0000$/.exec(text) ?? [];
  const number = String(MONTHS.indexOf(month) / 3 + 1).padStart(2, "0");
  return Date.parse(`${year}-${number}-${day}T${clock}Z`);
}

function fieldsOfCombined(
  line: string,
): { kind: EventKind; timeMs: number; fields: Record<string, EventValue | null> } | null {
  const [, ip = "", user = "", time = "", request = "", status = "", bytes = "", referrer, agent] =
    COMBINED.exec(line) ?? [];
  if (ip === "") return null;
  const [method = "", target = ""] = request.split(" ");
  const fields = {
    "source.ip": ip,
    "user.name": user === "-" ? null : user,
    "http.request.method": method,
    "url.original": target,
    "http.response.status_code": Number(status),
    "http.response.bytes": bytes === "-" ? null : Number(bytes),
    "http.request.referrer": referrer ?? null,
    "user_agent.original": agent ?? null,
  };
  return { kind: "web", timeMs: timeOfCombined(time), fields };
}

function fieldsOfSquid(
  line: string,
): { kind: EventKind; timeMs: number; fields: Record<string, EventValue | null> } | null {
  const [, time = "", took = "", ip = "", , status = "", bytes = "", method = "", target = "", user = ""] =
    /^(\d+\.\d+) +(\d+) (\S+) (\w+)\/(\d+) (\d+) (\w+) (\S+) (\S+)/.exec(line) ?? [];
  if (ip === "") return null;
  const fields = {
    "source.ip": ip,
    "event.duration": Number(took) * 1e6,
    "http.request.method": method,
    "url.original": target,
    "http.response.status_code": Number(status),
    "http.response.bytes": Number(bytes),
    "user.name": user === "-" ? null : user,
  };
  return { kind: "proxy", timeMs: Math.round(Number(time) * 1000), fields };
}

function fieldsOfPackets(
  line: string,
): { kind: EventKind; timeMs: number; fields: Record<string, EventValue | null> } | null {
  const time = /^(\w{3}) +(\d+) (\S+) /.exec(line);
  if (time === null || !line.includes("SRC=")) return null;
  const value = (name: string) => new RegExp(`${name}=(\\S+)`).exec(line)?.[1] ?? null;
  const number = String(MONTHS.indexOf(time[1] ?? "") / 3 + 1).padStart(2, "0");
  const flags = [...line.matchAll(/ (SYN|ACK|RST|FIN|PSH)(?= )/g)].map(([, flag]) => flag).join(" ");
  const fields = {
    "source.ip": value("SRC"),
    "destination.ip": value("DST"),
    "source.port": Number(value("SPT")),
    "destination.port": value("DPT") === null ? null : Number(value("DPT")),
    "network.transport": value("PROTO"),
    "tcp.flags": flags === "" ? null : flags,
  };
  return {
    kind: "firewall",
    timeMs: Date.parse(`2026-${number}-${(time[2] ?? "").padStart(2, "0")}T${time[3]}Z`),
    fields,
  };
}

function fieldsOfLogins(
  line: string,
): { kind: EventKind; timeMs: number; fields: Record<string, EventValue | null> } | null {
  const found = /^(\S+Z) (\S+) (\S+) (\S+)$/.exec(line);
  if (found === null) return null;
  const [, time = "", action = "", user = "", ip = ""] = found;
  return {
    kind: "auth",
    timeMs: Date.parse(time),
    fields: { "event.action": action, "user.name": user, "source.ip": ip, message: line },
  };
}

/**
 * The events of a log: combined, Squid, packets of iptables, or, for logins, `time action user address`. Lines of none are events that did
 * not parse.
 */
export function eventsOfLog(
  text: string,
  uri: string,
  rules: readonly TestRule[] = [],
): readonly TestEvent[] {
  let offset = 0;
  return text.split("\n").flatMap((line) => {
    const start = offset;
    offset += line.length + 1;
    if (line === "") return [];
    const found =
      fieldsOfCombined(line) ?? fieldsOfSquid(line) ?? fieldsOfPackets(line) ?? fieldsOfLogins(line);
    const fields = found?.fields ?? {};
    const event: DetectionEvent = {
      kind: found?.kind ?? "other",
      place: { uri, offset: start, length: line.length },
      isParsed: found !== null,
      timeMs: found?.timeMs ?? null,
      value: (field) => fields[field] ?? null,
      rawText: () => line,
    };
    return [{ event, matches: matchesOf(event, line, rules) }];
  });
}

/** A signature of a test. */
export interface TestRule {
  readonly rule: EventRule;
  readonly expression: RegExp;
}

/** A signature that looks for an expression in the bytes of events. */
export function testRule(id: string, phase: Phase, severity: Severity, expression: RegExp): TestRule {
  const rule: EventRule = {
    id,
    title: id,
    description: "",
    severity,
    phase,
    techniques: [],
    references: [],
    falsePositives: [],
    kinds: [],
    forms: "raw",
    condition: { kind: "all", conditions: [] },
    origin: "test",
  };
  return { rule, expression };
}

/** A few signatures. */
export const TEST_RULES: readonly TestRule[] = [
  testRule("sql-injection", "exploit", "high", /union(?:\+|%20)select/i),
  testRule("secret-env", "probe", "medium", /\/\.env\b/),
  testRule("traversal-dots", "exploit", "high", /\.\.\/\.\.\//),
  testRule("admin-phpmyadmin", "probe", "medium", /phpmyadmin/i),
  testRule("agent-web-scanner", "reconnaissance", "medium", /sqlmap|nikto/i),
  testRule("web-shell-command", "access", "critical", /[?&]cmd=/),
];

function matchesOf(event: DetectionEvent, line: string, rules: readonly TestRule[]): readonly RuleMatch[] {
  return rules.flatMap(({ rule, expression }) => {
    const found = expression.exec(line);
    if (found === null) return [];
    const field = event.isParsed ? "url.original" : null;
    return [{ rule, field, form: [], text: found[0], start: null, length: null }];
  });
}
