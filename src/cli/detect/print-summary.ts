/** The summary of a report for people: who, how, whether it worked, when, and what to do. */

import { SEVERITIES } from "#actions";
import type { DetectionReport, Finding, Severity, Story } from "#detections";
import { readAddress } from "#language";
import { countOf, displayWidth, type PicturePaint, startOfWidth, visibleText } from "#text";
import { printShare, printSize } from "../sizes.ts";

/** Where it is shown. */
export interface SummaryOptions {
  readonly width: number;
  readonly paint: PicturePaint;
  readonly isTerminal: boolean;
}

const SHOWN_STORIES = 10;
const SHOWN_RULES = 12;
const SHOWN_INCIDENTS = 10;
const TIMELINE_CELLS = 60;

/** The summary. */
export function printSummary(report: DetectionReport, options: SummaryOptions): string {
  const { findings, stories, incidents } = report;
  const lines: string[] = [];
  const clients = new Set(findings.flatMap(({ client }) => client ?? []));
  lines.push(visibleText(printRead(report)), "");
  if (findings.length === 0) {
    lines.push("No signs of attack were found.");
    return `${lines.join("\n")}\n`;
  }
  lines.push(
    `${countOf(findings.length, "finding")} about ${countOf(clients.size, "client")}: ${printLevels(findings)}.`,
    ...printTimeline(findings, options),
  );
  const serious = stories.filter(
    ({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf("medium"),
  );
  const shown = (serious.length > 0 ? serious : stories).slice(0, SHOWN_STORIES);
  lines.push("", head("Clients", options), ...shown.flatMap((story) => printStory(story, options)));
  if (stories.length > shown.length)
    lines.push(`  and ${countOf(stories.length - shown.length, "client")} more (--findings shows all)`);
  lines.push("", head("What was seen", options), ...printRules(findings, options));
  const successes = findings.filter(
    ({ outcome, phase }) => outcome === "succeeded" && phase !== "reconnaissance",
  );
  if (successes.length > 0) {
    lines.push("", head("Signs that something worked", options));
    for (const { sentence } of successes.slice(0, SHOWN_RULES)) lines.push(cut(`  ${sentence}`, options));
    if (successes.length > SHOWN_RULES) lines.push(`  and ${successes.length - SHOWN_RULES} more`);
  }
  if (incidents.length > 0) {
    lines.push("", head("Incidents", options));
    for (const { title, client, count, severity } of incidents.slice(0, SHOWN_INCIDENTS))
      lines.push(cut(`  ${severity.padEnd(9)} ${client}  ${title}, ${countOf(count, "event")}`, options));
    if (incidents.length > SHOWN_INCIDENTS) lines.push(`  and ${incidents.length - SHOWN_INCIDENTS} more`);
  }
  lines.push("", head("What to do", options), ...recommend(report).map((line) => `  ${line}`));
  return `${lines.join("\n")}\n`;
}

function printRead({ account }: DetectionReport): string {
  const { files, bytes, records, unmatchedBytes, formats, firstTimeMs, lastTimeMs } = account;
  const span =
    firstTimeMs === null || lastTimeMs === null ? "" : `, ${timeOf(firstTimeMs)} to ${timeOf(lastTimeMs)}`;
  const unmatched = `${printShare(unmatchedBytes, bytes)} unmatched`;
  return `${countOf(records, "record")} in ${countOf(files, "file")} (${printSize(bytes)}, ${unmatched}), ${formats.join(", ")}${span}`;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

function head(text: string, { isTerminal, paint }: SummaryOptions): string {
  return isTerminal ? paint.frame(text) : text;
}

function printLevels(findings: readonly Finding[]): string {
  return [...SEVERITIES]
    .reverse()
    .flatMap((level) => {
      const count = findings.filter(({ severity }) => severity === level).length;
      return count === 0 ? [] : [`${count} ${level}`];
    })
    .join(", ");
}

/** Nothing of a log steers a terminal, and a line is a line. */
function cut(text: string, { width, isTerminal }: SummaryOptions): string {
  const visible = visibleText(text);
  return !isTerminal || displayWidth(visible) <= width ? visible : `${startOfWidth(visible, width - 1)}…`;
}

function paintLevel(severity: Severity, { paint, isTerminal }: SummaryOptions): string {
  const text = severity.padEnd(13);
  if (!isTerminal) return text;
  if (severity === "critical" || severity === "high") return paint.error(text);
  return severity === "medium" ? paint.warning(text) : text;
}

function printStory(story: Story, options: SummaryOptions): string[] {
  const { client, clientLists, severity, outcome, events, phases, firstTimeMs, lastTimeMs } = story;
  const when =
    firstTimeMs === null
      ? ""
      : `  ${timeOf(firstTimeMs)}${lastTimeMs === null ? "" : ` – ${timeOf(lastTimeMs)}`}`;
  const lists = clientLists === undefined ? "" : ` (on ${visibleText(clientLists.join(", "))})`;
  const steps = phases.map(({ phase }) => phase).join(" → ");
  const first = `  ${paintLevel(severity, options)} ${visibleText(client)}${lists}  ${outcome}, ${countOf(events, "event")}${when}`;
  return [
    first,
    cut(`                ${steps}`, options),
    ...story.sentences.slice(0, 4).map((line) => cut(`                ${line}`, options)),
  ];
}

function printRules(findings: readonly Finding[], options: SummaryOptions): string[] {
  const rules = new Map<
    string,
    { title: string; severity: Severity; techniques: readonly string[]; clients: Set<string>; count: number }
  >();
  for (const { ruleId, title, severity, techniques, client, count } of findings) {
    const known = rules.get(ruleId) ?? { title, severity, techniques, clients: new Set<string>(), count: 0 };
    rules.set(ruleId, known);
    known.count += count;
    if (client !== null) known.clients.add(client);
  }
  const sorted = [...rules.values()].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.count - a.count,
  );
  const lines = sorted.slice(0, SHOWN_RULES).map(({ title, severity, techniques, clients, count }) => {
    const whom = clients.size === 0 ? "" : ` by ${countOf(clients.size, "client")}`;
    const by = `${countOf(count, "event")}${whom}`;
    const what = `${title}${techniques.length === 0 ? "" : ` (${techniques.join(", ")})`}: ${by}`;
    return `  ${paintLevel(severity, options)} ${cut(what, { ...options, width: options.width - 16 })}`;
  });
  return sorted.length > SHOWN_RULES ? [...lines, `  and ${sorted.length - SHOWN_RULES} more`] : lines;
}

const LEVELS = " ▁▂▃▄▅▆▇█";

/** Findings over time, by when they began. */
function printTimeline(findings: readonly Finding[], { width }: SummaryOptions): string[] {
  const times = findings.flatMap(({ firstTimeMs }) => (firstTimeMs === null ? [] : [firstTimeMs]));
  if (times.length < 2) return [];
  const first = times.reduce((least, time) => Math.min(least, time));
  const last = times.reduce((greatest, time) => Math.max(greatest, time));
  const cells = Math.min(TIMELINE_CELLS, width - 2);
  const counts = Array.from({ length: cells }, () => 0);
  for (const time of times) {
    const cell = Math.min(cells - 1, Math.floor(((time - first) / Math.max(1, last - first)) * cells));
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const bars = counts
    .map((count) => LEVELS[count === 0 ? 0 : Math.max(1, Math.round((count / most) * 8))])
    .join("");
  return ["", `  ${bars}`, `  ${timeOf(first)}${" ".repeat(Math.max(1, cells - 40))}${timeOf(last)}`];
}

/** Whether a finding is about calls that the audit of a cloud tells of. */
function isOfCalls({ evidence }: Finding): boolean {
  return evidence.some(({ act }) => act !== undefined);
}

/** What follows from what was seen. */
function recommend({ findings, incidents }: DetectionReport): string[] {
  const lines: string[] = [];
  const severe = new Set(
    findings
      .filter(({ severity }) => severity === "high" || severity === "critical")
      .flatMap(({ client }) => (client === null || readAddress(client) === null ? [] : [client])),
  );
  const ofSites = findings.filter((finding) => !isOfCalls(finding));
  const hasShell = ofSites.some(({ phase, outcome }) => phase === "access" && outcome === "succeeded");
  const hasLeak = ofSites.some(({ phase }) => phase === "exfiltration");
  const hasCalls = findings.some((finding) => isOfCalls(finding) && finding.outcome === "succeeded");
  const hasLogin = findings.some(
    ({ phase, outcome }) => phase === "credential-access" && outcome === "succeeded",
  );
  if (hasShell)
    lines.push(
      'Look at the pages under "Signs that something worked" on the server now: remove what is not yours, and ask how it came there.',
    );
  if (hasCalls)
    lines.push(
      'Ask those who acted under "Signs that something worked" whether it was them; if not, change their keys and undo what was done.',
    );
  if (hasLeak) lines.push("Find out what was in the answers that grew: somebody may have copied data.");
  if (hasLogin)
    lines.push("Lock the accounts whose logins succeeded after failures, and change their secrets.");
  if (severe.size > 0) lines.push(`Block ${countOf(severe.size, "client")}: trawl blocklist FILE --preview`);
  if (incidents.length > 0)
    lines.push(
      `Hand on ${countOf(incidents.length, "incident")}: trawl detect FILE --incident stix -o incident.json`,
    );
  lines.push("Read the evidence: trawl detect FILE --report report.html");
  return lines;
}
