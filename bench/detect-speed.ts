/**
 * How fast signatures are: `npm run bench:detect-speed [-- --megabytes N] [--slice N] [--threads N] [--runs N]`. Makes its log under
 * `bench/data`, runs `trawl detect` and its rivals in turn over the same bytes, and prints the best of the runs, ratios and bars. Run
 * `npm run build` first. Times are those of whole processes, in seconds of the clock, page cache warm: other work on the machine falsifies them.
 *
 * Rivals: the same scan without signatures (the same command with a single rule that no line matches); ripgrep, if it is installed, with the literals that the
 * shipped rules need; the expressions of the shipped rules as one RegExp after the other, on a slice of the log and scaled.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { needsOf } from "../src/detections/engine/required-literals.ts";
import type { EventRule, RuleCondition } from "../src/detections/rule.ts";
import { loadRules } from "../src/detections/rules/load-rules.ts";
import { shippedRuleSources } from "../src/detections/rules/shipped-rules.ts";
import { makeFloodLog, makeVisitorLog } from "./make-logs.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "500" },
    slice: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    runs: { type: "string", default: "3" },
  },
});

const BYTES_PER_LINE = 245;
/** What the bar for whole runs is about. */
const [VISIT_LINES, VISIT_SECONDS] = [450_000, 1.5];
const [SCAN_RATIO, EXPRESSION_RATIO, RIPGREP_RATIO] = [4, 25, 0.5];

const root = path.resolve(import.meta.dirname, "..");
const data = path.join(root, "bench", "data");
const trawl = path.join(root, "bin", "trawl.js");

/** Somebody who reads the log. */
interface Contestant {
  readonly name: string;
  readonly file: string;
  /** Gives what was found; null: it cannot be run here. */
  readonly command: readonly [string, ...string[]];
  /** Exit codes that mean that it ran. */
  readonly goodCodes: readonly number[];
}

interface Result {
  readonly seconds: number;
  readonly found: number;
}

function run({ name, command: [program, ...args], goodCodes }: Contestant): Result | null {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  const seconds = (performance.now() - started) / 1000;
  if (error !== undefined && "code" in error && error.code === "ENOENT") return null;
  if (status === null || !goodCodes.includes(status)) throw new Error(`${name} failed: ${stderr}`);
  return { seconds, found: /^\d+\s*$/.test(stdout) ? Number(stdout) : stdout.split("\n").length - 1 };
}

/** Best of the runs; all take turns, so that what disturbs the machine disturbs each. */
function runInTurn(contestants: readonly Contestant[]): readonly (Result | null)[] {
  const best: (Result | null)[] = contestants.map(() => null);
  for (let round = 0; round < Number(values.runs); round++) {
    for (const [index, contestant] of contestants.entries()) {
      const result = run(contestant);
      const before = best[index] ?? null;
      if (result !== null && (before === null || result.seconds < before.seconds)) best[index] = result;
    }
  }
  return best;
}

/** All texts that rules need, as a scan looks for them; those that ripgrep reads from a file of lines. */
function literalsOf(rules: readonly EventRule[]): readonly string[] {
  const texts = rules.flatMap((rule) => (needsOf(rule)?.scan ?? []).flatMap((need) => need.texts));
  return [...new Set(texts)].filter((text) => /^[ -~]+$/.test(text));
}

/** The expressions of a rule's tests; what looks for a plain text becomes one. */
function expressionsOf(condition: RuleCondition): readonly RegExp[] {
  if (condition.kind === "all" || condition.kind === "any")
    return condition.conditions.flatMap(expressionsOf);
  if (condition.kind === "not") return expressionsOf(condition.condition);
  const { test } = condition;
  if (test.kind === "matches") return [nativeOf(test.expression, test.flags)];
  if (test.kind !== "contains" && test.kind !== "starts-with" && test.kind !== "ends-with") return [];
  return [new RegExp(test.text.replace(/[^\w\s]/g, "\\$&"), test.isCased ? "" : "i")];
}

function nativeOf(expression: string, flags: string): RegExp {
  const written = expression.replaceAll(/\\x\{([0-9a-f]+)\}/g, "\\u{$1}");
  return new RegExp(written, `${flags}${/\\x\{/.test(expression) ? "u" : ""}`);
}

/** Seconds per byte of one expression after the other over the lines of a slice, all of them over every line. */
function secondsOfExpressions(file: string, expressions: readonly RegExp[]): number {
  const bytes = Buffer.alloc(Number(values.slice) * 1_000_000);
  const handle = fs.openSync(file, "r");
  const length = fs.readSync(handle, bytes, 0, bytes.length, 0);
  fs.closeSync(handle);
  const lines = bytes.toString("latin1", 0, length).split("\n");
  const started = performance.now();
  let found = 0;
  for (const line of lines) for (const expression of expressions) if (expression.test(line)) found++;
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`(${expressions.length} expressions over ${lines.length} lines: ${found} found)\n`);
  return seconds / length;
}

function printRow(name: string, seconds: number, bytes: number, found: string, ratio: string): void {
  const cells = [name, `${seconds.toFixed(2)} s`, `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`, found, ratio];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

function verdict(isReached: boolean): string {
  return isReached ? "reached" : "MISSED";
}

const lines = Math.max(1, Math.round((Number(values.megabytes) * 1e6) / BYTES_PER_LINE));
const log = makeVisitorLog(path.join(data, `visitors-${lines}.log`), lines);
const visits = makeVisitorLog(path.join(data, `visitors-${VISIT_LINES}.log`), VISIT_LINES);
const flood = makeFloodLog(path.join(data, `flood-${VISIT_LINES}.log`), VISIT_LINES);
const { rules } = loadRules(shippedRuleSources());
const conditions = rules.map(({ rule }) => rule.condition);
const literals = literalsOf(rules.map(({ rule }) => rule));
const literalFile = path.join(data, "literals.txt");
fs.writeFileSync(literalFile, `${literals.join("\n")}\n`);

const detect = (...args: string[]) =>
  [process.execPath, trawl, "detect", "--threads", values.threads, ...args] as const;
/** A rule that no line matches: what is left is the scan. */
const neverFile = path.join(data, "never.yml");
fs.writeFileSync(
  neverFile,
  `rules:
  - id: never
    title: What nobody asks for
    severity: low
    phase: probe
    match:
      url.original|contains: no-visitor-asks-for-this
`,
);
const contestants: readonly Contestant[] = [
  { name: "`trawl detect --matches`", file: log, command: detect("--matches", log), goodCodes: [0] },
  {
    name: "the same scan without signatures",
    file: log,
    command: detect("--matches", "--only-rules", "--rules", neverFile, log),
    goodCodes: [0],
  },
  {
    name: "`rg -c -F -f literals`",
    file: log,
    command: ["rg", "-c", "-F", "-f", literalFile, log],
    goodCodes: [0, 1],
  },
  { name: "`trawl detect`", file: log, command: detect("--findings", log), goodCodes: [0] },
  {
    name: `\`trawl detect --matches\`, ${VISIT_LINES} lines`,
    file: visits,
    command: detect("--matches", visits),
    goodCodes: [0],
  },
  {
    name: `\`trawl detect\`, ${VISIT_LINES} lines`,
    file: visits,
    command: detect("--findings", visits),
    goodCodes: [0],
  },
  {
    name: `\`trawl detect\`, ${VISIT_LINES} lines of a flood, a client each`,
    file: flood,
    command: detect("--findings", flood),
    goodCodes: [0],
  },
];

process.stdout.write(
  `log of ${(fs.statSync(log).size / 1e6).toFixed(0)} MB, ${rules.length} rules, ${literals.length} literals, ${values.threads} threads, best of ${values.runs}\n`,
);
const [matches = null, scan = null, ripgrep = null, whole = null, ...others] = runInTurn(contestants);
const perByte = secondsOfExpressions(log, conditions.flatMap(expressionsOf));
if (matches === null || scan === null || whole === null) throw new Error("trawl did not run");
const bytes = fs.statSync(log).size;
process.stdout.write(
  "\n| who | time | rate | found | `trawl detect --matches` against it, bar |\n|---|---|---|---|---|\n",
);
printRow("`trawl detect --matches`", matches.seconds, bytes, String(matches.found), "");
const times = matches.seconds / scan.seconds;
printRow(
  "the same scan without signatures",
  scan.seconds,
  bytes,
  String(scan.found),
  `${times.toFixed(1)} × its time; at most ${SCAN_RATIO}: ${verdict(times <= SCAN_RATIO)}`,
);
if (ripgrep === null) process.stdout.write("| `rg -c -F -f literals` | not installed | | | |\n");
else {
  const rate = ripgrep.seconds / matches.seconds;
  printRow(
    "`rg -c -F -f literals`",
    ripgrep.seconds,
    bytes,
    String(ripgrep.found),
    `${rate.toFixed(2)} of its rate; at least ${RIPGREP_RATIO}: ${verdict(rate >= RIPGREP_RATIO)}`,
  );
}
const faster = (perByte * bytes) / matches.seconds;
printRow(
  "one JS RegExp after the other (scaled)",
  perByte * bytes,
  bytes,
  "",
  `${faster.toFixed(0)} × as fast; at least ${EXPRESSION_RATIO}: ${verdict(faster >= EXPRESSION_RATIO)}`,
);
printRow("`trawl detect`", whole.seconds, bytes, String(whole.found), "");
for (const [index, result] of others.entries()) {
  const { name, file } = contestants[contestants.length - others.length + index] ?? { name: "", file: log };
  if (result === null) throw new Error("trawl did not run");
  const isReached = result.seconds <= VISIT_SECONDS;
  printRow(
    name,
    result.seconds,
    fs.statSync(file).size,
    String(result.found),
    `whole process; at most ${VISIT_SECONDS} s: ${verdict(isReached)}`,
  );
}
