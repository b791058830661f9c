import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DetectionReport } from "#detections";
import { runMain } from "../run-main.testing.ts";

let folder = "";
const START_S = Date.UTC(2026, 9, 1, 8) / 1000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-proxies-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function detect(lines: readonly string[]): Promise<DetectionReport> {
  await writeFile(join(folder, "proxy.log"), `${lines.join("\n")}\n`);
  const { stdout, stderr, exitCode } = await runMain(["detect", "proxy.log", "--format", "json"], { folder });
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

const sentences = ({ findings }: DetectionReport, rule: string) =>
  findings.flatMap(({ ruleId, sentence }) => (ruleId === rule ? [sentence] : []));

test("long and large tunnels are told out of Squid's times and sizes", async () => {
  const line = (second: number, ms: number, client: string, bytes: number, request: string) =>
    `${START_S + second}.000 ${String(ms).padStart(6)} ${client} TCP_TUNNEL/200 ${bytes} ${request} - HIER_DIRECT/198.51.100.7 -`;
  const report = await detect([
    ...Array.from({ length: 30 }, (_, index) =>
      line(index * 61, 90, `10.0.0.${index % 9}`, 4_000, `GET http://www.example.com/${index % 7}`),
    ),
    line(10, 7_200_000, "10.0.0.4", 5_000, "CONNECT shell.example.net:22"),
    line(20, 60_000, "10.0.0.3", 200_000_000, "CONNECT files.example.net:443"),
    line(30, 500, "10.0.0.2", 5_000, "CONNECT www.example.com:443"),
  ]);
  expect(sentences(report, "forensic-tunnel").sort()).toEqual([
    "10.0.0.3 moved 200 MB through 1 tunnel to files.example.net; the longest stood for 1 minute.",
    "10.0.0.4 moved 5.0 kB through 1 tunnel to shell.example.net:22; the longest stood for 2 hours.",
  ]);
});

test.each([
  [
    "Suricata",
    (second: number) =>
      JSON.stringify({
        timestamp: new Date((START_S + second) * 1000).toISOString(),
        flow_id: 1,
        event_type: "flow",
        src_ip: "10.0.0.7",
        src_port: 40_000,
        dest_ip: "198.51.100.9",
        dest_port: 443,
        proto: "TCP",
        flow: { pkts_toserver: 4, bytes_toserver: 300, bytes_toclient: 512 },
      }),
  ],
  [
    "CEF",
    (second: number) =>
      `${new Date((START_S + second) * 1000).toISOString()} gate CEF:0|Example|Gate|1|100|Traffic|3|src=10.0.0.7 spt=40000 dst=198.51.100.9 dpt=443 in=300 out=512`,
  ],
])("sizes of flows in logs of %s weigh in beacons", async (_, line) => {
  const report = await detect(Array.from({ length: 200 }, (__, index) => line(index * 60)));
  const [beacon] = report.findings.filter(({ ruleId }) => ruleId === "forensic-beacon");
  expect([beacon?.client, beacon?.key["destination"]]).toEqual(["10.0.0.7", "198.51.100.9:443"]);
  expect(beacon?.measures["size_score"]).toBe(1);
  expect(beacon?.measures["score"]).toBeGreaterThanOrEqual(0.99);
});
