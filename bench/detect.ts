/**
 * How well the shipped rules tell attacks from the rest: `npm run bench:detect -- FOLDER` (or the variable `DETECT_DATA`). The folder holds
 * labelled sets in the layouts that their makers publish them in; those that are missing are left out. Without a folder only the traffic
 * that is made up here is judged. Every set is shown in two halves, its even and its odd lines.
 */
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { matchRules, readyRules } from "../src/detections/rules/match-rules.ts";
import { type EventFields, eventOfFields, fieldsOfRequest } from "../src/detections/rules/request-event.ts";
import { shippedRuleSources } from "../src/detections/rules/shipped-rules.ts";
import { loadWrittenRules } from "../src/detections/rules/written-rules.ts";
import { madeUpTraffic } from "./detect-traffic.ts";

interface LabelledSet {
  readonly name: string;
  /** The share that must be found, or, for harmless sets, that may be. */
  readonly bar: number;
  readonly isAttack: boolean;
  readonly events: readonly EventFields[];
}

const COMBINED =
  /^(\S+) \S+ \S+ \[[^\]]*\] "((?:[^"\\]|\\.)*)" (\d+) \S+ "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"/;

const [folder = process.env["DETECT_DATA"], shown] = process.argv.slice(2);
// The shipped expressions are our own: the fast engine may run them here, where rules of strangers need the linear one.
const rules = readyRules(
  loadWrittenRules(shippedRuleSources()).rules.map(({ rule }) => rule),
  (expression, flags) => {
    const compiled = new RegExp(
      expression.replaceAll(/\\x\{([0-9a-f]+)\}/g, "\\u{$1}"),
      `${flags}${/\\x\{/.test(expression) ? "u" : ""}`,
    );
    return {
      find: (text) => {
        const match = compiled.exec(text);
        return match === null ? null : { start: match.index, end: match.index + match[0].length };
      },
    };
  },
);

const sets = [...madeUpTraffic(), ...(folder === undefined ? [] : await labelledSets(folder))];
if (folder === undefined) {
  console.log(
    "No folder of labelled sets: npm run bench:detect -- FOLDER. It may hold crs/crs_uri_only.json,",
  );
  console.log("http-params/payload_half.csv, libinjection/data/, elastic-examples/apache_logs.gz.\n");
}
console.log("set                                      lines    found   even    odd    bar");
for (const set of sets) report(set);

function report({ name, bar, isAttack, events }: LabelledSet): void {
  const found = events.map((fields) => matchRules(rules, eventOfFields("web", fields, null)));
  const share = (isWanted: (index: number) => boolean) => {
    const wanted = found.filter((_, index) => isWanted(index));
    return (100 * wanted.filter((matches) => matches.length > 0).length) / Math.max(1, wanted.length);
  };
  const all = share(() => true);
  const isMet = isAttack ? all >= bar : all <= bar;
  const cells = [all, share((index) => index % 2 === 0), share((index) => index % 2 === 1)];
  console.log(
    `${name.padEnd(40)} ${String(events.length).padStart(5)}  ${cells.map((cell) => cell.toFixed(2).padStart(6)).join(" ")}  ${isAttack ? "≥" : "≤"} ${bar} ${isMet ? "" : "NOT MET"}`,
  );
  if (shown === undefined || !name.includes(shown)) return;
  for (const [index, matches] of found.entries()) {
    if (isAttack === matches.length > 0) continue;
    const reasons = matches.map(({ rule, text }) => `${rule.id} ${JSON.stringify(text.slice(0, 60))}`);
    console.log(`    ${JSON.stringify(events[index])} ${reasons.join("; ")}`);
  }
}

async function labelledSets(path: string): Promise<readonly LabelledSet[]> {
  return [
    ...(existsSync(`${path}/crs/crs_uri_only.json`) ? requestSets(`${path}/crs/crs_uri_only.json`) : []),
    ...(existsSync(`${path}/http-params/payload_half.csv`)
      ? parameterSets(`${path}/http-params/payload_half.csv`)
      : []),
    ...(existsSync(`${path}/libinjection/data`) ? stringSets(`${path}/libinjection/data`) : []),
    ...(existsSync(`${path}/elastic-examples/apache_logs.gz`)
      ? [
          {
            name: "lines of a personal site, 19 of them probes",
            bar: 0.3,
            isAttack: false,
            events: await accessLog(`${path}/elastic-examples/apache_logs.gz`),
          },
        ]
      : []),
  ];
}

interface LabelledRequest {
  readonly method: string;
  readonly uri: string;
  readonly label: string;
  readonly visible_in_access_log: boolean;
  readonly headers: Readonly<Record<string, string>> | null;
}

function requestSets(path: string): readonly LabelledSet[] {
  const requests: readonly LabelledRequest[] = JSON.parse(readFileSync(path, "utf8"));
  const visible = requests.filter((one) => one.visible_in_access_log);
  const fieldsOf = ({ method, uri, headers }: LabelledRequest): EventFields => {
    const agent = headers?.["User-Agent"] ?? "";
    const referrer = headers?.["Referer"] ?? "";
    return {
      ...fieldsOfRequest(`${method} ${uri}`),
      ...(agent === "" ? {} : { "user_agent.original": agent }),
      ...(referrer === "" ? {} : { "http.request.referrer": referrer }),
    };
  };
  const events = (label: string, isWanted: (uri: string) => boolean) =>
    visible.filter((one) => one.label === label && isWanted(one.uri)).map(fieldsOf);
  return [
    {
      name: "requests: attacks with a query",
      bar: 75,
      isAttack: true,
      events: events("pos", (uri) => uri.includes("?")),
    },
    { name: "requests: all visible attacks", bar: 0, isAttack: true, events: events("pos", () => true) },
    { name: "requests: labelled as no attack", bar: 100, isAttack: false, events: events("neg", () => true) },
  ];
}

function parameterSets(path: string): readonly LabelledSet[] {
  const rows = [...readFileSync(path, "utf8").matchAll(/^"((?:[^"]|"")*)","\d+","([\w-]+)","\w+"\r?$/gm)];
  const events = (kind: string) =>
    rows
      .filter((row) => row[2] === kind)
      .map(([, value = ""]) => parameterEvent(value.replaceAll('""', '"')));
  return [
    { name: "parameters: SQL injection", bar: 99.5, isAttack: true, events: events("sqli") },
    { name: "parameters: cross-site scripting", bar: 99, isAttack: true, events: events("xss") },
    { name: "parameters: command injection", bar: 75, isAttack: true, events: events("cmdi") },
    { name: "parameters: path traversal", bar: 80, isAttack: true, events: events("path-traversal") },
    { name: "harmless: ordinary parameters", bar: 0.1, isAttack: false, events: events("norm") },
  ];
}

function parameterEvent(value: string): EventFields {
  return fieldsOfRequest(`GET /search?q=${encodeURIComponent(value)}`);
}

function stringSets(path: string): readonly LabelledSet[] {
  const lines = (isWanted: (name: string) => boolean) =>
    readdirSync(path)
      .filter(isWanted)
      .flatMap((name) => readFileSync(`${path}/${name}`, "utf8").split("\n"))
      .filter((line) => line.trim() !== "" && !line.startsWith("#"))
      .map((line) =>
        /%[0-9a-f]{2}/i.test(line) ? fieldsOfRequest(`GET /search?q=${line}`) : parameterEvent(line),
      );
  const harmless = lines((name) => name.startsWith("false"));
  return [
    {
      name: "strings: SQL injection",
      bar: 95,
      isAttack: true,
      events: lines((name) => name.startsWith("sqli")),
    },
    {
      name: "strings: cross-site scripting",
      bar: 95,
      isAttack: true,
      events: lines((name) => /xss/.test(name)),
    },
    ...(harmless.length > 0
      ? [{ name: "harmless: strings like SQL", bar: 5, isAttack: false, events: harmless }]
      : []),
  ];
}

async function accessLog(path: string): Promise<readonly EventFields[]> {
  const events: EventFields[] = [];
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
  for await (const line of lines) {
    const [, , request = "", status = "", referrer = "", agent = ""] = COMBINED.exec(line) ?? [];
    events.push({
      ...fieldsOfRequest(request.replace(/ HTTP\/[\d.]+$/, "")),
      "http.response.status_code": Number(status),
      "http.request.referrer": referrer,
      "user_agent.original": agent,
    });
  }
  return events;
}
