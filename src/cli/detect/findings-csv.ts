/** Findings as comma-separated values, for spreadsheets. */
import type { Finding } from "#detections";
import { visibleText } from "#text";

type Cell = string | number | null;

/** The columns, and what they say of a finding. Their names and order stay as they are. */
const COLUMNS: readonly (readonly [name: string, cellOf: (finding: Finding) => Cell])[] = [
  ["severity", ({ severity }) => severity],
  ["client", ({ client }) => client],
  ["rule", ({ ruleId }) => ruleId],
  ["title", ({ title }) => title],
  ["phase", ({ phase }) => phase],
  ["outcome", ({ outcome }) => outcome],
  ["count", ({ count }) => count],
  ["first_time", ({ firstTimeMs }) => timeOf(firstTimeMs)],
  ["last_time", ({ lastTimeMs }) => timeOf(lastTimeMs)],
  ["techniques", ({ techniques }) => techniques.join(" ")],
  ["client_lists", ({ clientLists }) => clientLists?.join(" ") ?? null],
  ["sentence", ({ sentence }) => sentence],
  ["file", ({ evidence: [first] }) => first?.uri ?? null],
  ["offset", ({ evidence: [first] }) => first?.offset ?? null],
  ["matched", ({ evidence: [first] }) => first?.matchedText ?? null],
  ["record", ({ evidence: [first] }) => first?.rawText ?? null],
  ["id", ({ id }) => id],
];

/** What a spreadsheet takes for the beginning of a formula; blanks before it do not hinder some. */
const FORMULA = /^\s*[=+\-@]/;

/**
 * Lines by RFC 4180, the first with the names. Whoever writes into a log can put a formula there, so texts that begin like one get an
 * apostrophe before them; characters that steer terminals are written out.
 */
export function printFindingsCsv(findings: readonly Finding[]): string {
  const lines = findings.map((finding) => COLUMNS.map(([, cellOf]) => printCell(cellOf(finding))));
  return [COLUMNS.map(([name]) => name), ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
}

function printCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const visible = visibleText(cell);
  const safe = FORMULA.test(visible) ? `'${visible}` : visible;
  return /[",\r\n]/.test(safe) || safe === "" ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
