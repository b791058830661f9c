import { describe, expect, test } from "vitest";
import { detectLog } from "../run/detect.testing.ts";
import { seeded } from "../run/six-phases.testing.ts";
import { lowerByPrevalence, scoreBeacon } from "./beacon-score.ts";

const DAY_MS = 86_400_000;
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

function everyMs(count: number, pauseMs: (index: number) => number): readonly number[] {
  const times = [0];
  for (let index = 1; index < count; index++) times.push((times[index - 1] ?? 0) + pauseMs(index));
  return times;
}

const toSeconds = (times: readonly number[]) => times.map((time) => Math.round(time / 1000) * 1000);

describe("the score of a beacon", () => {
  test("is nearly 1 for exactly 60 seconds, whatever the sizes", () => {
    for (const count of [20, 200, 5_000]) {
      const random = seeded(count);
      const timesMs = everyMs(count, () => 60_000);
      expect(scoreBeacon({ timesMs, sizes: [] })?.score).toBeGreaterThanOrEqual(0.99);
      expect(
        scoreBeacon({ timesMs, sizes: timesMs.map(() => random() * 9_000) })?.score,
      ).toBeGreaterThanOrEqual(0.99);
    }
  });

  test("is at least 0.9 for 300 seconds give or take 10 %", () => {
    for (const seed of SEEDS) {
      const random = seeded(seed);
      const timesMs = toSeconds(everyMs(288, () => 300_000 * (0.9 + 0.2 * random())));
      expect(scoreBeacon({ timesMs, sizes: timesMs.map(() => 512) })?.score).toBeGreaterThanOrEqual(0.9);
    }
  });

  test("is at most 0.5 for contacts at random, few or many, sizes the same or not", () => {
    for (const count of [25, 60, 288, 2_000]) {
      for (const seed of SEEDS) {
        const random = seeded(seed * 1_000 + count);
        const timesMs = toSeconds(Array.from({ length: count }, () => random() * DAY_MS)).toSorted(
          (a, b) => a - b,
        );
        expect(scoreBeacon({ timesMs, sizes: timesMs.map(() => 512) })?.score).toBeLessThanOrEqual(0.5);
        expect(
          scoreBeacon({ timesMs, sizes: timesMs.map(() => random() * 9_000) })?.score,
        ).toBeLessThanOrEqual(0.5);
      }
    }
  });

  test("stays high when some contacts are missing", () => {
    const random = seeded(3);
    const timesMs = everyMs(600, () => 60_000).filter(() => random() > 0.15);
    expect(scoreBeacon({ timesMs, sizes: [] })?.score).toBeGreaterThanOrEqual(0.9);
  });

  test("is low for people, who come in bursts", () => {
    const random = seeded(5);
    const timesMs = everyMs(400, () => (random() < 0.85 ? random() * 3_000 : random() * 1_800_000));
    expect(scoreBeacon({ timesMs, sizes: [] })?.score).toBeLessThanOrEqual(0.3);
  });

  test("needs a number of contacts", () => {
    expect(scoreBeacon({ timesMs: everyMs(19, () => 60_000), sizes: [] })).toBeNull();
  });

  test("is lowered for hosts that many clients contact", () => {
    expect(lowerByPrevalence(1, 2, 100)).toBe(1);
    expect(lowerByPrevalence(1, 50, 100)).toBeCloseTo(0.4);
    expect(lowerByPrevalence(1, 5, 5)).toBe(1);
  });
});

describe("a log of a proxy", () => {
  const line = (
    ms: number,
    ip: string,
    method: string,
    target: string,
    bytes: number,
    tookMs = 100,
    user = "-",
  ) =>
    `${(ms / 1000).toFixed(3)} ${tookMs} ${ip} TCP_MISS/200 ${bytes} ${method} ${target} ${user} HIER_DIRECT/192.0.2.1 -`;
  const start = Date.UTC(2026, 9, 1);
  const noise = (seed: number) => {
    const random = seeded(seed);
    return Array.from({ length: 1_500 }, () =>
      line(
        start + Math.floor(random() * DAY_MS),
        `10.0.0.${1 + Math.floor(random() * 20)}`,
        "GET",
        `http://www${Math.floor(random() * 30)}.example.com/`,
        900,
      ),
    );
  };

  test("tells the beacon among ordinary visits", () => {
    const beacon = Array.from({ length: 300 }, (_, index) =>
      line(start + index * 60_000, "10.0.0.7", "GET", "http://c2.example.net/poll", 64),
    );
    const { report } = detectLog([...noise(1), ...beacon].join("\n"));
    expect(report.findings.map(({ ruleId, key }) => [ruleId, key])).toEqual([
      ["forensic-beacon", { client: "10.0.0.7", destination: "c2.example.net" }],
    ]);
    expect(report.findings[0]?.measures["score"]).toBeGreaterThanOrEqual(0.99);
  });

  test("tells tunnels by size and by length, and hosts on lists with who contacted them", () => {
    const lists = {
      address: () => null,
      host: (host: string) =>
        host === "bad.example.org"
          ? { list: "bad hosts", date: "2026-09-30", count: 3, meaning: "malicious" as const }
          : null,
      url: null,
      notes: () => [],
    };
    const lines = [
      line(start, "10.0.0.3", "CONNECT", "files.example.net:443", 200_000_000, 60_000),
      line(start + 1_000, "10.0.0.4", "CONNECT", "shell.example.net:22", 5_000, 7_200_000),
      line(start + 2_000, "10.0.0.5", "GET", "http://bad.example.org/malware.exe", 70_000, 100, "alice"),
    ];
    const { report } = detectLog([...noise(2), ...lines].join("\n"), { lists });
    expect(report.findings.map(({ ruleId, client, sentence }) => `${ruleId} ${client} ${sentence}`)).toEqual([
      'list-bad-destination 10.0.0.5 10.0.0.5 (alice) contacted bad.example.org, which is on the list "bad hosts" of 2026-09-30, 1 time; 70.0 kB came back.',
      "forensic-tunnel 10.0.0.4 10.0.0.4 moved 5.0 kB through 1 tunnel to shell.example.net:22; the longest stood for 2 hours.",
      "forensic-tunnel 10.0.0.3 10.0.0.3 moved 200 MB through 1 tunnel to files.example.net; the longest stood for 1 minute.",
    ]);
  });

  test("tells who contacts far more hosts than others", () => {
    const lines = Array.from({ length: 400 }, (_, index) =>
      line(start + index * 50_000, "10.0.0.9", "GET", `http://h${index}.example.net/`, 10),
    );
    const { report } = detectLog([...noise(3), ...lines].join("\n"));
    expect(report.findings.map(({ ruleId, client }) => [ruleId, client])).toEqual([
      ["forensic-fan-out", "10.0.0.9"],
    ]);
  });
});
