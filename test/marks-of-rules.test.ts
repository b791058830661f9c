import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { disguisesOf } from "../src/detections/rules/evasions.ts";
import { loadRules } from "../src/detections/rules/load-rules.ts";
import { matchRules, readyRules } from "../src/detections/rules/match-rules.ts";
import { eventOfFields, fieldsOfRequest } from "../src/detections/rules/request-event.ts";
import { shippedRuleSources } from "../src/detections/rules/shipped-rules.ts";
import { ensureBuilt } from "./build.ts";
import { runTrawl } from "./run-trawl.ts";

/** What a line of a combined log holds as it was sent. */
const LOGGED = /^[A-Z]+ [!-~]+$/;

beforeAll(ensureBuilt, 120_000);

test("a scan marks every line in which a rule finds something", async () => {
  const { rules } = loadRules(shippedRuleSources());
  const examples = rules.flatMap(({ positives }) => positives.flatMap(({ request }) => request ?? []));
  const whole = examples.map((request) => (request.startsWith("/") ? `GET ${request}` : request));
  const disguised = whole.flatMap((request) => disguisesOf(request).map((one) => one.request));
  const requests = [...new Set([...whole, ...disguised])].filter(
    (request) => LOGGED.test(request) && !/["\\]/.test(request),
  );
  const lines = requests.map(
    (request) => `192.0.2.7 - - [01/Oct/2026:00:00:01 +0000] "${request} HTTP/1.1" 404 512 "-" "agent"\n`,
  );
  const starts = new Map<number, number>();
  lines.reduce((start, line, index) => {
    starts.set(start, index);
    return start + Buffer.byteLength(line);
  }, 0);

  const folder = mkdtempSync(join(tmpdir(), "trawl-marks-"));
  const log = join(folder, "access.log");
  writeFileSync(log, lines.join(""));
  const { stdout } = await runTrawl(["detect", "--matches", log], { folder });
  rmSync(folder, { recursive: true });

  const found = new Map<number, readonly string[]>();
  for (const line of stdout.trim().split("\n")) {
    const { offset, rules: ids } = JSON.parse(line);
    found.set(starts.get(offset) ?? -1, ids);
  }
  const plain = readyRules(rules.map(({ rule }) => rule));
  const missed = requests.filter((request, index) => {
    const fields = {
      ...fieldsOfRequest(request),
      "user_agent.original": "agent",
      "http.response.status_code": 404,
    };
    const ids = matchRules(plain, eventOfFields("web", fields, null)).map(({ rule }) => rule.id);
    return ids.some((id) => found.get(index)?.includes(id) !== true);
  });
  expect(requests.length).toBeGreaterThan(1000);
  expect(missed).toEqual([]);
}, 60_000);
