/**
 * The benchmark: `npm run bench [-- --lines N] [--threads N] [--runs N] [--only WORD]`. Makes its logs under `bench/data`, runs Trawl
 * and its rival in turn, best of the runs, and prints seconds, MB/s and the ratio. Page cache warm: the first run warms it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Contest, contestsOver } from "./contests.ts";
import { makeAccessLog, makeGzipParts, makeWafLog } from "./make-logs.ts";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "2500000" },
    threads: { type: "string", default: "2" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});

const root = path.resolve(import.meta.dirname, "..");
const data = path.join(root, "bench", "data");
const trawl = path.join(root, "bin", "trawl.js");
const rival = path.join(import.meta.dirname, "rival.ts");

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

function runTrawl(script: string, threads: string): Measured {
  const args = [trawl, "query", "-e", script, "--threads", threads, "--stats", "json", "--format", "ndjson"];
  const { stderr, status } = timed(process.execPath, args);
  if (status !== 0) throw new Error(`trawl failed: ${stderr}`);
  const [, stats = "{}"] = /^(\{"files".*\})$/m.exec(stderr) ?? [];
  return { seconds: JSON.parse(stats).elapsedMs / 1000, peakMegabytes: peakOf(stderr) };
}

function runRival(sql: string, threads: string): Measured {
  const { stdout, stderr, status } = timed(process.execPath, ["--import", "tsx", rival, sql, threads]);
  if (status !== 0) throw new Error(`the rival failed: ${stderr}`);
  return { seconds: JSON.parse(stdout).elapsedMs / 1000, peakMegabytes: peakOf(stderr) };
}

const hasTime = fs.existsSync("/usr/bin/time");

function timed(command: string, args: readonly string[]) {
  const all = hasTime ? ["-f", "peak %M KB", command, ...args] : [...args];
  return spawnSync(hasTime ? "/usr/bin/time" : command, all, { encoding: "utf8", maxBuffer: 1 << 28 });
}

function peakOf(stderr: string): number {
  return Number(/peak (\d+) KB/.exec(stderr)?.[1] ?? 0) / 1024;
}

function best(runs: readonly Measured[]): Measured {
  return {
    seconds: Math.min(...runs.map((run) => run.seconds)),
    peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)),
  };
}

function measure(contest: Contest): string[] {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    ours.push(runTrawl(contest.script, values.threads));
    theirs.push(runRival(contest.sql, values.threads));
  }
  const [a, b] = [best(ours), best(theirs)];
  const rate = fs.statSync(contest.input).size / 1e6 / a.seconds;
  const ratio = b.seconds / a.seconds;
  return [
    contest.work,
    `${a.seconds.toFixed(2)} s`,
    `${rate.toFixed(0)} MB/s`,
    `${a.peakMegabytes.toFixed(0)} MB`,
    contest.rival,
    `${b.seconds.toFixed(2)} s`,
    `${ratio.toFixed(1)} ×`,
    `${contest.bar} × ${ratio >= contest.bar ? "reached" : "MISSED"}`,
  ];
}

function wordCount(file: string): number {
  const started = performance.now();
  execFileSync("wc", ["-l", file]);
  return (performance.now() - started) / 1000;
}

const lineCount = Number(values.lines);
const access = makeAccessLog(path.join(data, `access-${lineCount}.log`), lineCount);
const waf = makeWafLog(path.join(data, `waf-${lineCount}.log`), Math.floor(lineCount / 5));
const parts = makeGzipParts(access, 8);
const contests = contestsOver({ access, waf, parts }).filter((contest) => contest.work.includes(values.only));
const megabytes = (file: string) => `${(fs.statSync(file).size / 1e6).toFixed(0)} MB`;
process.stdout.write(
  `access log ${megabytes(access)}, WAF log ${megabytes(waf)}, ${values.threads} threads, best of ${values.runs}; wc -l: ${wordCount(access).toFixed(2)} s\n\n`,
);
process.stdout.write(
  "| work | Trawl | rate | peak | against | its time | ratio | bar |\n|---|---|---|---|---|---|---|---|\n",
);
for (const contest of contests) process.stdout.write(`| ${measure(contest).join(" | ")} |\n`);
