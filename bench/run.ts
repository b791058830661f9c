/**
 * The benchmark: `npm run bench [-- --lines N] [--threads N] [--runs N] [--only WORD] [--no-clickhouse]`. Makes its logs under `bench/data`,
 * runs Trawl and its rivals in turn, and prints seconds, MB/s and ratios, best of the runs. Page cache warm: the first run warms it.
 *
 * Times are those inside the processes: of Trawl from reading the script to the last row written, of rivals from opening the database.
 * `in a session` is the best of several runs in one process, for both sides; the bars are those of a session.
 */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Contest, contestsOver, type Rival } from "./contests.ts";
import { makeAccessLog, makeGzipParts, makeWafLog } from "./make-logs.ts";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "2500000" },
    threads: { type: "string", default: "2" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    "no-clickhouse": { type: "boolean", default: false },
  },
});

const root = path.resolve(import.meta.dirname, "..");
const data = path.join(root, "bench", "data");
const packages = path.join(data, "rivals");
const trawl = path.join(root, "bin", "trawl.js");
const here = (name: string) => path.join(import.meta.dirname, name);

interface Measured {
  readonly seconds: number;
  readonly sessionSeconds: number;
  readonly peakMegabytes: number;
}

function runTrawl({ script }: Contest, threads: string): Measured {
  const args = [trawl, "query", "-e", script, "--threads", threads, "--stats", "json", "--format", "ndjson"];
  const { stderr, status } = timed(process.execPath, args);
  if (status !== 0) throw new Error(`trawl failed: ${stderr}`);
  const [, stats = "{}"] = /^(\{"files".*\})$/m.exec(stderr) ?? [];
  return {
    seconds: JSON.parse(stats).elapsedMs / 1000,
    sessionSeconds: Number.NaN,
    peakMegabytes: peakOf(stderr),
  };
}

interface Session {
  readonly bestMs: number;
  readonly firstCompileMs: number;
  readonly laterCompileMs: number;
}

function runSession({ script }: Contest, threads: string): Session {
  const args = ["--import", "tsx", here("session.ts"), script, threads, "5"];
  const { stdout, stderr, status } = timed(process.execPath, args);
  if (status !== 0) throw new Error(`the session failed: ${stderr}`);
  return JSON.parse(stdout);
}

function runRival(rival: Rival, contest: Contest): Measured {
  if (!("sql" in rival)) {
    if (rival.engine === "itself") {
      return { ...runTrawl(contest, "1"), sessionSeconds: runSession(contest, "1").bestMs / 1000 };
    }
    const seconds = wordCount(contest.input);
    return { seconds, sessionSeconds: seconds, peakMegabytes: 0 };
  }
  const { engine, sql } = rival;
  const args = ["--import", "tsx", here("rival.ts"), engine, sql, values.threads, "3", `${packages}/`];
  const { stdout, stderr, status } = timed(process.execPath, args);
  if (status !== 0) throw new Error(`${rival.name} failed: ${stderr}`);
  const { elapsedMs, bestMs } = JSON.parse(stdout);
  return { seconds: elapsedMs / 1000, sessionSeconds: bestMs / 1000, peakMegabytes: peakOf(stderr) };
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
    sessionSeconds: Math.min(...runs.map((run) => run.sessionSeconds)),
    peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)),
  };
}

function measure(contest: Contest): string[] {
  const rivals = contest.rivals.filter((rival) => rival.engine !== "clickhouse" || hasClickhouse);
  const ours: Measured[] = [];
  const theirs: Measured[][] = rivals.map(() => []);
  for (let run = 0; run < Number(values.runs); run++) {
    ours.push(runTrawl(contest, values.threads));
    for (const [index, rival] of rivals.entries()) theirs[index]?.push(runRival(rival, contest));
  }
  const session = runSession(contest, values.threads);
  compileTimes.push(session);
  const own = { ...best(ours), sessionSeconds: session.bestMs / 1000 };
  return rivals.map((rival, index) => lineOf(contest, own, rival, best(theirs[index] ?? [])));
}

function lineOf(contest: Contest, own: Measured, rival: Rival, their: Measured): string {
  const rate = fs.statSync(contest.input).size / 1e6 / own.seconds;
  const ratio = their.seconds / own.seconds;
  const inSession = their.sessionSeconds / own.sessionSeconds;
  const cells = [
    contest.work,
    `${own.seconds.toFixed(2)} s`,
    `${rate.toFixed(0)} MB/s`,
    `${own.peakMegabytes.toFixed(0)} MB`,
    rival.name,
    `${their.seconds.toFixed(2)} s`,
    `${printRatio(ratio)} ×`,
    `${printRatio(inSession)} × (${own.sessionSeconds.toFixed(2)} s)`,
    `${rival.bar} × ${inSession >= rival.bar ? "reached" : "MISSED"}${ratio >= rival.bar ? ", in a fresh process too" : ""}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function printRatio(ratio: number): string {
  return ratio.toFixed(ratio < 1 ? 2 : 1);
}

function wordCount(file: string): number {
  const started = performance.now();
  execFileSync("wc", ["-l", file]);
  return (performance.now() - started) / 1000;
}

/** ClickHouse as a library has 550 MB: it is fetched for the benchmark, into its data folder, and is no dependency. */
function installClickhouse(): boolean {
  if (values["no-clickhouse"]) return false;
  if (fs.existsSync(path.join(packages, "node_modules", "chdb"))) return true;
  fs.mkdirSync(packages, { recursive: true });
  const install = [
    "install",
    "--prefix",
    packages,
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "chdb@3.4.0",
  ];
  const { status, stderr } = spawnSync("npm", install, { encoding: "utf8" });
  if (status !== 0) process.stderr.write(`ClickHouse is left out, it cannot be installed: ${stderr}\n`);
  return status === 0;
}

const compileTimes: Session[] = [];
const hasClickhouse = installClickhouse();
const lineCount = Number(values.lines);
const access = makeAccessLog(path.join(data, `access-${lineCount}.log`), lineCount);
const wafCount = Math.floor((lineCount * 11) / 50);
const waf = makeWafLog(path.join(data, `waf-${wafCount}.log`), wafCount);
const parts = makeGzipParts(access, 8);
const contests = contestsOver({ access, waf, parts }).filter((contest) => contest.work.includes(values.only));
const megabytes = (file: string) => `${(fs.statSync(file).size / 1e6).toFixed(0)} MB`;
process.stdout.write(
  `access log ${megabytes(access)}, WAF log ${megabytes(waf)}, ${values.threads} threads, best of ${values.runs}\n\n`,
);
process.stdout.write(
  "| work | Trawl | rate | peak | against | its time | ratio | in a session | bar |\n|---|---|---|---|---|---|---|---|---|\n",
);
for (const contest of contests) for (const line of measure(contest)) process.stdout.write(`${line}\n`);
const slowest = (of: (session: Session) => number) => Math.max(...compileTimes.map(of)).toFixed(0);
process.stdout.write(
  `\nFrom a script's text to a module: ${slowest((session) => session.firstCompileMs)} ms the first time, ${slowest((session) => session.laterCompileMs)} ms later (the slowest of these scripts).\n`,
);
