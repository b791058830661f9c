import { describe, expect, test } from "vitest";
import { readInventory } from "../forensics/inventory.ts";
import { eventsOfLog, TEST_RULES } from "../log-events.testing.ts";
import { detectEvents, detectLog, shippedOptions } from "./detect.testing.ts";
import { ATTACKER, combinedLine, SITE_FILES, sixPhasesLog } from "./six-phases.testing.ts";

const START_MS = Date.UTC(2026, 9, 1, 8);

describe("a web shell that comes, is used and goes", () => {
  const lines = sixPhasesLog();
  const { report } = detectLog(lines.join("\n"), { inventory: readInventory(SITE_FILES) });
  const story = report.stories.find(({ client }) => client === ATTACKER);

  test("is one story of all its phases", () => {
    expect(story?.phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(["reconnaissance", "exploit", "upload", "access", "exfiltration", "removal"]),
    );
    expect(story?.outcome).toBe("succeeded");
    expect(story?.severity).toBe("critical");
    expect(report.stories[0]).toBe(story);
  });

  test("is the first of the unlisted pages, ordinary new pages come behind", () => {
    const ranked = report.findings
      .filter(({ measures, key }) => measures["rank"] !== undefined && key["url.path"] !== undefined)
      .sort((a, b) => (a.measures["rank"] ?? 0) - (b.measures["rank"] ?? 0))
      .map(({ ruleId, key, measures }) => [ruleId, key["url.path"], measures["rank"]]);
    expect(ranked).toEqual([
      ["forensic-web-shell", "/images/x1.php", 1],
      ["forensic-unlisted-page", "/news.php", 2],
    ]);
  });

  test("shows which page gave in, and what was asked for just before", () => {
    const gaveIn = report.findings.filter(({ ruleId }) => ruleId === "forensic-page-gave-in");
    expect(gaveIn.map(({ client, key }) => [client, key["url.path"]])).toEqual([[ATTACKER, "/search.php"]]);
    expect(gaveIn[0]?.measures["answer_bytes"]).toBe(88_000);
    expect(gaveIn[0]?.evidence).toHaveLength(5);
  });

  test("accuses nobody else of anything but of looking around", () => {
    const others = report.findings.filter(
      ({ client, severity }) => client !== ATTACKER && severity !== "informational",
    );
    expect(others).toEqual([]);
  });

  test("is found without an inventory, too", () => {
    const { report: without } = detectLog(lines.join("\n"));
    const shells = without.findings.filter(({ ruleId }) => ruleId === "forensic-web-shell");
    expect(shells.map(({ key }) => key["url.path"])).toEqual(["/images/x1.php"]);
  });

  test("is the same story whatever order the lines come in", () => {
    const third = Math.floor(lines.length / 3);
    const pieces = [lines.slice(0, third), lines.slice(third, 2 * third), lines.slice(2 * third)];
    const files = pieces.map((piece, index) => eventsOfLog(piece.join("\n"), `log.${index}`, TEST_RULES));
    const options = { ...shippedOptions(), inventory: readInventory(SITE_FILES) };
    const summary = (order: readonly number[]) =>
      detectEvents(
        order.flatMap((index) => files[index] ?? []),
        options,
      ).report.findings.map(({ evidence: _, measures: __, ...rest }) => rest);
    const expected = summary([0, 1, 2]);
    expect(summary([2, 1, 0])).toEqual(expected);
    expect(summary([1, 2, 0])).toEqual(expected);
  });
});

describe("promotion", () => {
  const attempts = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      combinedLine("203.0.113.7", START_MS + index * 60_000, "GET /phpmyadmin/index.php", 404, 300),
    ).join("\n");

  test("makes no incident of ten attempts, and one of eleven", () => {
    expect(detectLog(attempts(10)).report.incidents).toEqual([]);
    const [incident, ...more] = detectLog(attempts(11)).report.incidents;
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ promotionId: "phpmyadmin", client: "203.0.113.7", count: 11 });
    expect(incident?.findingIds).toHaveLength(1);
  });

  test("gives the same ids in a second run", () => {
    expect(detectLog(attempts(40)).report).toEqual(detectLog(attempts(40)).report);
  });

  test("counts an event once that several of its rules match", () => {
    const line = combinedLine("203.0.113.7", START_MS, "GET /phpmyadmin/index.php", 404, 300);
    const events = eventsOfLog(`${line}\n`.repeat(10), "a.log", [...TEST_RULES, ...TEST_RULES]);
    expect(detectEvents(events, shippedOptions()).report.incidents).toEqual([]);
  });
});

test("lines that no pattern matches are findings of their own", () => {
  const { report } = detectLog("\\x16\\x03 ../../etc/passwd\n");
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0]).toMatchObject({
    client: null,
    key: { event: "unparsed" },
    ruleId: "traversal-dots",
  });
  expect(report.stories).toEqual([]);
});

test("a flood of distinct clients keeps the tables bounded, and the heavy client is counted exactly", () => {
  const limits = { clients: 1_000, pages: 1_000, matches: 500, bucketKeys: 500 };
  const lines = Array.from({ length: 20_000 }, (_, index) => {
    const ip = index % 20 === 0 ? "203.0.113.9" : `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    return combinedLine(ip, START_MS + index * 10, `GET /${index}/.env`, 404, 300);
  });
  const { report, notes } = detectLog(lines.join("\n"), { limits });
  const heavy = report.findings.find(
    ({ ruleId, client }) => ruleId === "secret-env" && client === "203.0.113.9",
  );
  expect(heavy?.count).toBe(1_000);
  const all = report.findings.filter(({ ruleId }) => ruleId === "secret-env");
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(20_000);
  expect(all.length).toBeLessThan(600);
  expect(notes.join("\n")).toContain("clients with few events were let go");
});
